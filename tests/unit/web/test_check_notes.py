from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.storage.check_reports import read_reports
from collector.web import check_notes
from collector.web.check_notes import CheckNotes
from tests.installation import SITE, SOURCE, Installation, in_store, installation


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def kept(site: Installation, code: str) -> list[str]:
    found = in_store(site.settings, lambda store: store.read(read_reports, code))
    return [one.kind for one in found]


def services(site: Installation) -> Any:
    return site.client.app_state["services"]


def test_what_comes_with_a_code_is_written_by_the_end(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        code, _ = services(site).intake.check_codes.make(SOURCE, site.clock.at)
        site.touch(SITE, check=code)
        site.touch(SITE)
        site.touch(SITE, check="1-forged")
    assert kept(site, code) == ["view"]
    assert kept(site, "1-forged") == []


def test_a_flush_returns_when_what_another_took_is_written_too(site: Installation) -> None:
    notes = services(site).check_notes
    code, _ = services(site).intake.check_codes.make(SOURCE, site.clock.at)

    async def flush_beside_another() -> None:
        notes.note(code, site.clock.at, "view", {})
        other = asyncio.create_task(notes.flush())
        await asyncio.sleep(0)
        await notes.flush()
        assert other.done()

    site.client.portal.call(flush_beside_another)  # type: ignore[union-attr]
    assert kept(site, code) == ["view"]


def test_a_flood_takes_bounded_memory() -> None:
    notes = CheckNotes(None, None, None, lambda: None)  # type: ignore[arg-type]
    for _ in range(check_notes.MOST_WAITING + 10):
        notes.note("1-x", 0, "view", {})
    assert len(notes._noted) == check_notes.MOST_WAITING


def test_a_code_names_its_capture_as_long_as_it_is_good(site: Installation) -> None:
    code, expires_at = services(site).intake.check_codes.make(SOURCE, site.clock.at)
    source_of = services(site).check_notes.source_of
    assert source_of(code, site.clock.at) == SOURCE
    assert source_of(code, expires_at + 1) is None
    assert source_of("1-forged", site.clock.at) is None
