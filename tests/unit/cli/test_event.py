from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.domain.lead_type import LeadType
from collector.storage.lead_types import ApplyLeadType, SaveLeadType
from collector.web.limits import RateLimit
from tests.installation import SITE, SOURCE, Installation, in_store, installation


def run(site: Installation, *arguments: str) -> str:
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    found = CliRunner().invoke(main, ["event", *arguments], env=env)
    assert found.exit_code == 0, found.output
    return found.stdout


def test_events_are_listed_beside_a_running_server(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        site.post({"email": "a@b.de"})
        site.post({"email": "spam@b.de", "_gotcha": "x"})
        listed: list[Any] = json.loads(run(site, "list", "--json"))
        assert [one["fields"]["email"] for one in listed] == ["spam@b.de", "a@b.de"]
        assert list(listed[0])[:5] == ["id", "event_id", "event_type", "event_name", "source_id"]
        marked = json.loads(run(site, "list", "--mark", "spam", "--json"))
        assert [one["marks"] for one in marked] == [{"spam": "honeypot"}]


def test_an_export_holds_every_event_oldest_first(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        for number in range(3):
            site.post({"n": str(number)}, headers={"referer": f"{SITE}/?gclid=Cj0KCQ{number}"})
        lines = [json.loads(line) for line in run(site, "export").splitlines()]
        assert [one["metadata"]["gclid"] for one in lines] == ["Cj0KCQ0", "Cj0KCQ1", "Cj0KCQ2"]
        rows = list(csv.DictReader(StringIO(run(site, "export", "--format", "csv"))))
        assert [row["gclid"] for row in rows] == ["Cj0KCQ0", "Cj0KCQ1", "Cj0KCQ2"]


def test_a_release_of_an_origin_concludes_again(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        page = "https://shop.example.net/?utm_source=google&gclid=Cj0KCQ_a-Z"
        headers = {"origin": "https://shop.example.net"}
        site.post({"email": "a@b.de", "_page": page}, headers=headers)
        assert json.loads(run(site, "release", "--mark", "origin", "--json")) == {"released": 0}


# ---- the shapes that scripts rely on --------------------------------------------------------

MEMBERS = (
    *("id", "event_id", "event_type", "event_name", "source_id", "person_id", "affiliate_id"),
    *("created_at", "received_at", "fields", "metadata", "attribution", "consent", "device"),
    "marks",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a destination, for tests that look only at events of their own."""
    with installation(tmp_path_factory.mktemp("events")) as opened:
        env = {"COLLECTOR_DATA_DIR": str(opened.settings.data_dir)}
        given = ("--name", "Hook", "--set", "url=https://hooks.example.com/in")
        made = CliRunner().invoke(
            main, ["destination", "create", "webhook", *given, "--capture", SOURCE], env=env
        )
        assert made.exit_code == 0, made.output
        yield opened


def failing(site: Installation, *arguments: str, code: int) -> str:
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    found = CliRunner().invoke(main, ["event", *arguments], env=env)
    assert (found.exit_code, found.stdout) == (code, ""), found.output
    return found.stderr


def post(site: Installation, **more: Any) -> str:
    """Post a lead that nobody posted before; answers our id of it."""
    headers = {"accept": "application/json", **more.pop("headers", {})}
    answer = site.post({"n": str(site.clock.at), **more}, headers=headers)
    own_id: str = answer.json()["id"]
    return own_id


def states(site: Installation) -> list[tuple[str, str | None]]:
    """State and reason of the newest delivery, as an operator reads them."""
    return site.deliveries()[-1:]


def test_an_event_reads_alike_in_a_listing_and_in_an_export(shop: Installation) -> None:
    shop.touch(f"{SITE}/?gclid=Cj0KCQ_a-Z", cookies={"_ga": "GA1.1.1.2"})
    own_id = post(shop, _consent="granted:tcf", _event_id="mine", _created_at="2026-11-20")
    listed = json.loads(run(shop, "list", "--json"))[0]
    assert listed == json.loads(run(shop, "export").splitlines()[-1])
    assert tuple(listed) == MEMBERS
    assert (listed["id"], listed["event_id"], listed["source_id"]) == (own_id, "mine", SOURCE)
    assert listed["created_at"] == "2026-11-20T00:00:00.000Z"
    assert listed["metadata"] == {"gclid": "Cj0KCQ_a-Z", "ga_client_id": "1.2"}
    assert listed["consent"] == {"state": "granted", "by": "tcf"}
    assert set(listed["device"]) == {"class", "browser", "os"}
    assert {"first", "last", "touches", "reason"} <= set(listed["attribution"])
    assert listed["marks"] == {}
    assert own_id in run(shop, "list")


def test_a_listing_and_an_export_are_narrowed_by_capture_and_mark(shop: Installation) -> None:
    own_id = post(shop, _gotcha="x")
    post(shop)
    for arguments in (("--mark", "spam", "--capture", SOURCE), ("--mark", "spam")):
        assert (
            json.loads(run(shop, "list", *arguments, "--limit", "1", "--json"))[0]["id"] == own_id
        )
        assert json.loads(run(shop, "export", *arguments).splitlines()[-1])["id"] == own_id
    assert json.loads(run(shop, "list", "--capture", "nowhere", "--json")) == []
    assert run(shop, "export", "--capture", "nowhere") == ""
    assert "is not one of" in failing(shop, "list", "--mark", "funny", code=2)


CELLS = {
    "a formula": ('=HYPERLINK("http://evil")', "'"),
    "a command": ("=cmd|' /c calc'!A1", "'"),
    "a plus": ("+cmd|' /c calc'!A1", "'"),
    "a minus": ("-2+3", "'"),
    "an at": ("@SUM(A1)", "'"),
    "a tab": ("\t=1+1", "'"),
    "a carriage return": ("\r=1+1", "'"),
    "a full-width equals": ("＝1+1", "'"),
    "a full-width plus": ("＋1+1", "'"),
    "a full-width minus": ("－1+1", "'"),
    "a full-width at": ("＠SUM(A1)", "'"),
    "a phone number": ("+49 30 901820", ""),
    "another": ("+44 20 7946 0000", ""),
    "a negative number": ("-12.5", ""),
    "a cell that would end early": ('x";=1+1', ""),
    "a comma": ("a,b", ""),
    "two lines": ("a\r\nb", ""),
    "letters": ("Zoë 🙂", ""),
}


def test_no_cell_of_a_spreadsheet_runs_and_every_other_stays_as_it_was(
    tmp_path: Path,
) -> None:
    with installation(tmp_path) as site:
        for text, _ in CELLS.values():
            site.post({"n": text, "_person_id": text, "_event_name": text})
        env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
        done = CliRunner().invoke(main, ["event", "export", "--format", "csv"], env=env)
        exported = done.stdout_bytes.decode()
        rows = list(csv.DictReader(StringIO(exported, newline=""), strict=True))
    for (name, (text, quote)), row in zip(CELLS.items(), rows, strict=True):
        assert row["person_id"] == quote + text, name
        assert row["event_name"] == quote + text, name
        assert json.loads(row["fields"]) == {"n": text}, name
    assert exported.count("\r\n") == len(CELLS) + 1 + 2  # two cells of a row have one inside
    assert list(rows[0]) == [
        *MEMBERS[:9],
        *("fbclid", "ga_client_id", "gclid", "utm_campaign", "utm_content", "utm_keyword"),
        *("utm_medium", "utm_source", "utm_term", "channel", "marks", "fields"),
    ]


# ---- releasing ------------------------------------------------------------------------------

FOREIGN = "https://shop.example.net"
WITHHELD: dict[str, dict[str, Any]] = {
    "spam": {"_gotcha": "x"},
    "origin": {"headers": {"origin": FOREIGN}},
}


@pytest.mark.parametrize(("mark", "sent"), WITHHELD.items(), ids=WITHHELD)
@pytest.mark.parametrize("by", ["its id", "its mark", "mark and capture"])
def test_a_released_event_goes_to_its_destinations(
    shop: Installation, mark: str, sent: dict[str, Any], by: str
) -> None:
    own_id = post(shop, **sent)
    assert states(shop) == [("held", mark)]
    which = {
        "its id": (own_id,),
        "its mark": ("--mark", mark),
        "mark and capture": ("--mark", mark, "--capture", SOURCE),
    }[by]
    assert json.loads(run(shop, "release", *which, "--json"))["released"] >= 1
    assert states(shop) == [("ready", None)]
    assert json.loads(run(shop, "release", *which, "--json")) == {"released": 0}
    assert list(json.loads(run(shop, "list", "--limit", "1", "--json"))[0]["marks"]) == [mark]


def test_leads_over_the_rate_limit_are_released_by_hand_too(shop: Installation) -> None:
    services = shop.client.app_state["services"]
    shop.client.app_state["services"] = replace(services, form_limit=RateLimit(1))
    try:
        due, over = post(shop), post(shop)
    finally:
        shop.client.app_state["services"] = services
    assert due != over
    assert states(shop) == [("held", "rate")]
    assert json.loads(run(shop, "release", "--mark", "rate", "--json")) == {"released": 1}
    assert states(shop) == [("ready", None)]


def test_a_release_of_one_mark_leaves_what_another_withholds(shop: Installation) -> None:
    post(shop, _gotcha="x")
    run(shop, "release", "--mark", "origin")
    run(shop, "release", "--mark", "spam", "--capture", "nowhere")
    assert states(shop) == [("held", "spam")]
    run(shop, "release", "--mark", "spam")


def test_a_released_origin_is_attributed_as_if_it_had_been_allowed(shop: Installation) -> None:
    shop.client.cookies.clear()
    page = f"{FOREIGN}/?utm_source=google&utm_medium=cpc&gclid=Cj0KCQ_a-Z"
    own_id = post(shop, _page=page, headers={"origin": FOREIGN})
    before = json.loads(run(shop, "list", "--limit", "1", "--json"))[0]
    assert before["metadata"] == {}
    run(shop, "release", own_id)
    after = json.loads(run(shop, "list", "--limit", "1", "--json"))[0]
    assert after["metadata"] == {
        "gclid": "Cj0KCQ_a-Z",
        "utm_source": "google",
        "utm_medium": "cpc",
    }
    assert after["attribution"]["last"]["channel"] == "Paid Search"
    same = set(MEMBERS) - {"metadata", "attribution"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_an_origin_is_attributed_again_where_leads_are_only_stored(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        page = f"{FOREIGN}/?utm_source=google&gclid=Cj0KCQ_a-Z"
        own_id = post(site, _page=page, headers={"origin": FOREIGN})
        run(site, "release", own_id)
        assert json.loads(run(site, "list", "--json"))[0]["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_what_a_release_means_has_to_be_said(shop: Installation) -> None:
    assert "--mark or --capture" in failing(shop, "release", code=2)
    assert "is not one of" in failing(shop, "release", "--mark", "test", code=2)


def test_an_event_that_is_not_there_cannot_be_released(shop: Installation) -> None:
    unknown = "01990000-0000-7000-8000-00000000000e"
    assert unknown in failing(shop, "release", unknown, code=1)


def test_events_are_listed_by_the_lead_type_they_came_under(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        typed = LeadType(name="Contact", required=("email",))
        site.post({"email": "before@b.de"})
        for write in (
            SaveLeadType(lead_type=typed, now=1),
            ApplyLeadType(source_id=SOURCE, name="Contact"),
        ):
            in_store(site.settings, lambda store, one=write: store.write(one))
        site.change_capture(event_name="Contact")
        site.post({"email": "after@b.de"})
        listed = json.loads(run(site, "list", "--lead-type", "Contact", "--json"))
        assert [one["fields"]["email"] for one in listed] == ["after@b.de"]
        assert json.loads(run(site, "list", "--lead-type", "Other", "--json")) == []
