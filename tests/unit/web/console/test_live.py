from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.api_key import digest_of
from collector.storage.sessions import CloseSession
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in
from tests.stream_reader import Reader

OTHER = SOURCE[:-1] + "2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures) as opened:
        yield opened


def test_a_stream_tells_of_what_arrives_and_can_be_resumed(site: Installation) -> None:
    ada = sign_in(site)
    reader = Reader(ada)
    reader.wait_for(1)
    site.post({"n": "1"})
    assert reader.wait_for(2) == ["ready", "arrival"]
    assert reader.ids == [site.events()[0].id]
    reader.leave()
    site.post({"n": "2"})
    again = Reader(ada, last=reader.ids[0])
    assert again.wait_for(2) == ["ready", "arrival"]
    assert again.ids == [site.events()[0].id]
    again.leave()


def test_a_stream_tells_nobody_of_others_captures(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer", SOURCE))
    reader = Reader(bo)
    narrowed = Reader(sign_in(site), f"/live/stream?capture={SOURCE}")
    reader.wait_for(1), narrowed.wait_for(1)
    site.post({"n": "1"}, source=OTHER)
    site.post({"n": "2"})
    reader.wait_for(2), narrowed.wait_for(2)
    assert reader.ids == narrowed.ids == [site.events()[0].id]
    reader.leave()
    narrowed.leave()


def test_a_stream_ends_when_its_person_is_signed_out(site: Installation) -> None:
    ada = sign_in(site)
    reader = Reader(ada)
    reader.wait_for(1)
    ended = CloseSession(digest=digest_of(ada.cookie))
    in_store(site.settings, lambda store: store.write(ended))
    assert reader.wait_for(2) == ["ready", "end"]


def test_a_stream_is_for_those_who_are_signed_in(site: Installation) -> None:
    assert Person(site).get("/live/stream").status_code == 303


def test_the_page_lists_tests_and_spam_too(site: Installation) -> None:
    ada = sign_in(site)
    assert "Nothing has come yet" in ada.text("/live")
    site.post({"name": "Ada", "_gotcha": "x"})
    site.post({"name": "Bo"}, source=OTHER)
    page = ada.text("/live")
    assert "Ada spam" in page
    assert "Trade fair" in page
    assert "Bo" not in sign_in(site, new_user("viewer", SOURCE)).text("/live")
