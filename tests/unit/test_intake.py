from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from collector.domain.capture import Capture
from collector.intake import conclude_again
from collector.storage.captures import get_capture
from collector.storage.events import get_evidence
from tests.installation import SOURCE, Installation, in_store, installation

OTHER = "https://shop.example.net"


def read(site: Installation, event_id: str) -> tuple[str, Capture]:
    def query(connection: Connection) -> tuple[str, Capture]:
        return get_evidence(connection, event_id), get_capture(connection, SOURCE)

    found: tuple[str, Capture] = in_store(site.settings, lambda store: store.read(query))
    return found


def test_an_event_of_a_foreign_origin_is_concluded_again_as_if_it_had_been_allowed(
    tmp_path: Path,
) -> None:
    with installation(tmp_path) as site:
        page = f"{OTHER}/?utm_source=google&gclid=Cj0KCQ_a-Z"
        site.post({"email": "a@b.de", "_page": page}, headers={"origin": OTHER})
        (event,) = site.events()
        assert event.metadata == {}
        concluded = conclude_again(event, *read(site, event.id))
        assert '"gclid":"Cj0KCQ_a-Z"' in concluded["metadata"]
        assert "concluded again" in concluded["attribution"]


def test_the_evidence_of_a_refused_consent_holds_nothing(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        site.post({"email": "a@b.de", "_consent": "denied:gpc", "_page": f"{OTHER}/?gclid=x"})
        evidence, _ = read(site, site.events()[0].id)
        assert OTHER not in evidence
        assert "gclid" not in evidence
