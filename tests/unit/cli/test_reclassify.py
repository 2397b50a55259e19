"""`collector event reclassify`, beside a server that was started with other tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, update

from collector.cli import main
from collector.storage.tables import deliveries, events
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture

OTHER = SOURCE[:-1] + "2"
AWIN = {"COLLECTOR_PARAMETERS": "zanpid=click:awin/affiliate"}
PAGE = f"{SITE}/?zanpid=7"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Other", created_at=2))
    with installation(tmp_path, *captures) as opened:
        yield opened


def reclassify(site: Installation, *arguments: str, **env: str) -> Result:
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir), **env}
    return CliRunner().invoke(main, ["event", "reclassify", *arguments], env=env)


def told(site: Installation, *arguments: str, **env: str) -> dict[str, Any]:
    done = reclassify(site, *arguments, "--json", **env)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def post(site: Installation, page: str, **more: Any) -> str:
    """Post a lead from a page that was left for the form; answers our id of it."""
    headers = {"accept": "application/json"}
    source = more.pop("source", SOURCE)
    fields = {"n": str(site.clock.at), "_page": page, **more}
    own_id: str = site.post(fields, headers=headers, source=source).json()["id"]
    return own_id


def rows(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(events.select()).mappings()]


def stored(site: Installation) -> dict[str, dict[str, Any]]:
    found = in_store(site.settings, lambda store: store.read(rows))
    return {row["id"]: row for row in found}


def test_a_dry_run_shows_what_would_change_and_changes_nothing(site: Installation) -> None:
    changed, _ = post(site, PAGE), post(site, f"{SITE}/?gclid=1")
    before = stored(site)
    answer = told(site, "--dry-run", **AWIN)
    assert stored(site) == before
    counts = {name: answer[name] for name in ("events", "without_receipt", "changed", "written")}
    assert counts == {"events": 2, "without_receipt": 0, "changed": 1, "written": 0}
    (change,) = answer["changes"]
    assert (change["id"], change["source_id"], change["sent"]) == (changed, SOURCE, False)
    assert change["table_version"]["now"].startswith(change["table_version"]["was"] + "+")
    last = change["changes"]["last"]
    origin = ("source", "medium", "channel", "channel_rule")
    assert [last["was"][name] for name in origin] == ["(direct)", "(none)", "Direct", "direct"]
    assert [last["now"][name] for name in origin] == [
        "awin",
        "affiliate",
        "Affiliates",
        "affiliate",
    ]


def test_in_words_each_change_is_a_line(site: Installation) -> None:
    own_id = post(site, PAGE)
    done = reclassify(site, "--dry-run", **AWIN)
    assert done.exit_code == 0
    line = next(line for line in done.stdout.splitlines() if "  last  " in line)
    assert line.startswith(f"{own_id}  2026-11-24T02:15:01.000Z  last      Direct: ")
    assert line.endswith(
        "Direct: (direct) / (none) (rule direct) -> Affiliates: awin / affiliate (rule affiliate)"
    )
    assert done.stderr == "1 of 1 events would change\n"
    assert reclassify(site, **AWIN).stderr == "1 of 1 events changed\n"
    again = reclassify(site, **AWIN)
    assert (again.stdout, again.stderr) == ("", "0 of 1 events changed\n")


def test_events_are_concluded_again_and_keep_fields_and_evidence(site: Installation) -> None:
    own_id, same = post(site, PAGE), post(site, f"{SITE}/?gclid=1")
    before = stored(site)
    assert told(site, **AWIN)["written"] == 1
    after = stored(site)
    assert after[same] == before[same]
    differing = {name for name, value in after[own_id].items() if before[own_id][name] != value}
    assert differing == {"attribution"}
    last = json.loads(after[own_id]["attribution"])["last"]
    assert (last["channel"], last["reason"]) == ("Affiliates", "zanpid")
    assert told(site, **AWIN)["changed"] == 0


def test_without_the_own_table_the_old_conclusion_comes_back(site: Installation) -> None:
    own_id = post(site, PAGE)
    before = stored(site)[own_id]
    told(site, **AWIN)
    assert told(site)["written"] == 1
    assert stored(site)[own_id] == before


def test_metadata_that_were_sent_stay_what_was_sent(site: Installation) -> None:
    site.change_capture(derive_utm=True)
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    given = ("webhook", "--name", "Hook", "--set", "url=https://hooks.example.com/in")
    linked = ["destination", "create", *given, "--capture", SOURCE]
    assert CliRunner().invoke(main, linked, env=env).exit_code == 0
    page = f"{PAGE}&utm_id=1"
    sent, waiting = post(site, page), post(site, page)

    class Sent:
        @classmethod
        def run(cls, connection: Connection, writes: Any) -> list[None]:
            connection.execute(
                update(deliveries).where(deliveries.c.event == sent).values(body="{}")
            )
            return [None] * len(writes)

    in_store(site.settings, lambda store: store.write(Sent()))
    answer = told(site, **AWIN)
    assert {one["id"]: one["sent"] for one in answer["changes"]} == {sent: True, waiting: False}
    parts = {one["id"]: set(one["changes"]) for one in answer["changes"]}
    assert "metadata" in parts[waiting]
    assert "metadata" not in parts[sent]
    metadata = {own_id: json.loads(row["metadata"]) for own_id, row in stored(site).items()}
    assert metadata == {sent: {}, waiting: {"utm_source": "awin", "utm_medium": "affiliate"}}
    assert told(site, **AWIN)["changed"] == 0


def test_it_is_narrowed_by_capture_and_time(site: Installation) -> None:
    first = post(site, PAGE)
    site.clock.at += 3_600 * 10**6
    second, other = post(site, PAGE), post(site, PAGE, source=OTHER)

    def ids(*arguments: str) -> list[str]:
        answer = told(site, "--dry-run", *arguments, **AWIN)
        return [one["id"] for one in answer["changes"]]

    assert ids() == [first, second, other]
    assert ids("--since", "2026-11-24T03:00:00Z") == [second, other]
    assert ids("--since", "2026-11-24T03:00:00Z", "--capture", SOURCE) == [second]
    refused = reclassify(site, "--since", "yesterday")
    assert refused.exit_code == 2
    assert "write a time such as" in refused.stderr


def test_a_changed_setting_of_the_capture_changes_no_past_event(site: Installation) -> None:
    post(site, f"{SITE}/?gclid=1")
    site.change_capture(attribution_model="first", derive_utm=True, utm_keyword_from="utm_term")
    assert told(site, "--dry-run")["changed"] == 0


def test_an_event_without_a_receipt_is_counted_and_left_alone(site: Installation) -> None:
    own_id = post(site, PAGE)

    class Erase:
        @classmethod
        def run(cls, connection: Connection, writes: Any) -> list[None]:
            connection.execute(update(events).values(evidence="{}"))
            return [None] * len(writes)

    in_store(site.settings, lambda store: store.write(Erase()))
    before = stored(site)[own_id]
    done = reclassify(site, **AWIN)
    assert done.stderr == "0 of 1 events changed; 1 were not concluded by rules\n"
    assert stored(site)[own_id] == before
