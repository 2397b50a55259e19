from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.storage.erasure import EraseEvents
from tests.installation import SITE, Installation, in_store, installation

DAYS = ("--since", "2026-11-24", "--until", "2026-11-24")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        opened.touch(f"{SITE}/a?utm_source=Google&utm_medium=cpc&gclid=x")
        opened.post({"email": "ada@example.org"})
        opened.touch(f"{SITE}/b?utm_source=google&utm_medium=cpc&gclid=y")
        opened.client.portal.call(opened.client.app_state["services"].touch_counts.flush)  # type: ignore[union-attr]
        yield opened


def run(site: Installation, *arguments: str) -> str:
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    found = CliRunner().invoke(main, ["report", *arguments, *DAYS], env=env)
    assert found.exit_code == 0, found.output
    return found.stdout


def test_touches_and_leads_stand_side_by_side(site: Installation) -> None:
    (row,) = json.loads(run(site, "channels", "--json"))
    assert row == {
        "channel": "Paid Search",
        "touches": 2,
        "first": 1,
        "last": 1,
        "last_paid": 1,
        "rate": 0.5,
    }
    rows = json.loads(run(site, "sources", "--by", "landing_page", "--model", "first", "--json"))
    assert {(row["source"], row["landing_page"], row["rate"]) for row in rows} == {
        ("Google", "www.example.com/a", 1.0),
        ("google", "www.example.com/b", 0.0),
    }


def test_spellings_are_added_up_by_rules(site: Installation, tmp_path: Path) -> None:
    rules = tmp_path / "links.toml"
    rules.write_text('case = "lower"\n')
    rows = list(
        csv.DictReader(io.StringIO(run(site, "sources", "--rules", str(rules), "--format", "csv")))
    )
    assert [(row["source"], row["touches"], row["last"]) for row in rows] == [("google", "2", "1")]


def test_coverage_and_journeys_come_from_the_same_leads(site: Installation) -> None:
    (day,) = json.loads(run(site, "coverage", "--json"))
    assert day == {
        "day": "2026-11-24",
        "leads": 1,
        "click_id": 1.0,
        "ga_client_id": 0.0,
        "first_touch": 1.0,
    }
    assert {row["measure"] for row in json.loads(run(site, "journeys", "--json"))} == {
        "time:10m",
        "touches:1",
    }
    run(site, "recount")
    assert json.loads(run(site, "coverage", "--json")) == [day]


def test_a_recount_says_how_many_days_stay_as_they_were(site: Installation) -> None:
    before = json.loads(run(site, "channels", "--json"))
    [event] = site.events()
    in_store(site.settings, lambda store: store.write(EraseEvents(ids=[event.id], now=1)))
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    told = CliRunner().invoke(main, ["report", "recount"], env=env).stderr
    assert "1 day stays as it was counted" in told
    assert json.loads(run(site, "channels", "--json")) == before


def test_what_is_counted_alone_is_not_split(site: Installation) -> None:
    (row,) = json.loads(run(site, "mediums", "--json"))
    assert row == {
        "medium": "cpc",
        "touches": 2,
        "first": 1,
        "last": 1,
        "last_paid": 1,
        "rate": 0.5,
    }
    (row,) = json.loads(run(site, "terms", "--json"))
    assert (row["term"], row["touches"]) == ("(none)", 2)
    assert json.loads(run(site, "destinations", "--json")) == []
    refused = CliRunner().invoke(main, ["report", "terms", "--by", "day"])
    assert refused.exit_code == 2
    assert "cannot be split further" in refused.output
