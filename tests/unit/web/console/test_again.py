from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY, MINUTE
from collector.storage.audit import newest_deeds
from collector.storage.deletion import DeleteDestination
from collector.storage.destinations import ChangeLane
from tests.installation import (
    SOURCE,
    Installation,
    delivery_becomes,
    in_store,
    installation,
    new_capture,
)
from tests.people import Person, add_destination, sign_in, text_of
from tests.unit.web.console.test_deliveries import Insert

WITHHELD = ("spam", "test", "rate", "origin", "incomplete")
BUTTONS = {"spam": "Send it although it is spam", "test": "Send it although it is a test"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, new_capture(), rate_limit="0") as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        for name in ("Ada", "Bo"):
            opened.post({"name": name})
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def lane_becomes(site: Installation, state: str) -> None:
    write = ChangeLane(destination_id="to-Sales", state=state, now=1)
    in_store(site.settings, lambda store: store.write(write))


def pages_of_ada(site: Installation) -> dict[str, tuple[str, str]]:
    """Both places where one delivery is tried again, with the name of its form's field."""
    lead = next(one.id for one in site.events() if one.fields["name"] == "Ada")
    return {
        "/deliveries?delivery=1": ("/deliveries?delivery=1", "id"),
        f"/leads/{lead}": (f"/leads/{lead}/retry", "delivery"),
    }


@pytest.mark.parametrize("reason", [*WITHHELD, "paused"])
def test_several_at_once_leave_alone_what_a_mark_or_a_pause_withholds(
    site: Installation, ada: Person, reason: str
) -> None:
    delivery_becomes(site, 1, state="held", reason=reason)
    delivery_becomes(site, 2, state="refused", reason="rejected")
    told = text_of(ada.post("/deliveries?tab=held", {"id": ["1", "2"]}).text)
    why = "Its capture is paused." if reason == "paused" else "Its mark withholds it."
    assert f"1 of 2 done Ada : {why}" in told
    assert site.deliveries() == [("held", reason), ("ready", None)]


@pytest.mark.parametrize("reason", BUTTONS)
def test_one_that_a_mark_withholds_is_sent_by_a_button_that_says_so(
    site: Installation, ada: Person, reason: str
) -> None:
    for page, (address, field) in pages_of_ada(site).items():
        delivery_becomes(site, 1, state="held", reason=reason)
        shown = ada.text(page)
        assert BUTTONS[reason] in shown
        assert "Try again now" not in shown
        stale = ada.post(address, {field: "1"})
        assert stale.status_code == 422
        assert "Its mark withholds it." in text_of(stale.text)
        assert site.deliveries()[0] == ("held", reason)
        ada.post(address, {field: "1", "although": reason})
        assert site.deliveries()[0] == ("ready", None)
        [deed] = in_store(site.settings, lambda store: store.read(newest_deeds, 1))
        assert (deed["deed"], deed["subject"]) == ("delivery.retry", "1")
        assert reason in str(deed["details"])


@pytest.mark.parametrize("state", ["held", "paused"])
def test_nothing_is_called_done_that_its_destination_holds(
    site: Installation, ada: Person, state: str
) -> None:
    lane_becomes(site, state)
    delivery_becomes(site, 2, state="refused", reason="rejected")
    why = f"Its destination is {state}: resume it first."
    told = text_of(ada.post("/deliveries", {"id": ["1", "2"]}).text)
    assert f"0 of 2 done Ada : {why} Bo : {why}" in told
    ids = [one.id for one in site.events()]
    told = text_of(ada.post("/leads", {"deed": "retry", "id": ids}).text)
    assert f"0 of 2 done Bo : {why} Ada : {why}" in told
    assert site.deliveries() == [("ready", None), ("refused", "rejected")]
    for page, (address, field) in pages_of_ada(site).items():
        shown = ada.text(page)
        assert f"The destination is {state}. Resume it first" in shown
        assert "/console/destinations/to-Sales" in ada.get(page).text
        assert "Try again now" not in shown
        forged = ada.post(address, {field: "1"})
        assert forged.status_code == 422
        assert why in text_of(forged.text)
    lane_becomes(site, "active")
    assert "1 of 1 done" in text_of(ada.post("/deliveries", {"id": "2"}).text)


def test_why_one_failed_stands_beside_when_it_is_tried_again(
    site: Installation, ada: Person
) -> None:
    delivery_becomes(site, 1, reason="connect", attempts=1, next_at=site.clock.at + 5 * MINUTE)
    tried = {"delivery_id": 1, "number": 1, "generation": 1, "started_at": site.clock.at - DAY}
    in_store(site.settings, lambda store: store.write(Insert({**tried, "reason": "connect"})))
    told = "No connection to the destination could be made. Next try in 5 minutes"
    assert told in ada.text("/deliveries")
    for page in pages_of_ada(site):
        shown = ada.text(page)
        assert re.search("Next try in 5 minutes.*No connection|" + told, shown)
        assert "23 Nov 2026, 02:15:" in shown
    site.clock.at += 6 * MINUTE
    assert "could be made. Due now" in ada.text("/deliveries")


def test_what_went_to_a_deleted_destination_has_no_button(site: Installation, ada: Person) -> None:
    delivery_becomes(site, 1, state="refused", reason="rejected")
    gone = DeleteDestination(destination_id="to-Sales", cancel=True, now=1)
    in_store(site.settings, lambda store: store.write(gone))
    for page, (address, field) in pages_of_ada(site).items():
        shown = ada.text(page)
        assert "Try again now" not in shown
        assert "Resume it first" not in shown
        assert "Its destination was deleted." in text_of(ada.post(address, {field: "1"}).text)
