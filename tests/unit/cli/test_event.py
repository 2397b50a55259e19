from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from tests.installation import SITE, Installation, installation


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


@pytest.mark.parametrize(
    ("sent", "cell"),
    [
        ('=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'),
        ("+cmd|' /c calc'!A1", "'+cmd|' /c calc'!A1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("+49 30 901820", "+49 30 901820"),
        ("plain", "plain"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(
    tmp_path: Path, sent: str, cell: str
) -> None:
    with installation(tmp_path) as site:
        site.post({"n": "1", "_person_id": sent})
        rows = list(csv.DictReader(StringIO(run(site, "export", "--format", "csv"))))
        assert rows[0]["person_id"] == cell


def test_a_release_of_an_origin_concludes_again(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        page = "https://shop.example.net/?utm_source=google&gclid=Cj0KCQ_a-Z"
        headers = {"origin": "https://shop.example.net"}
        site.post({"email": "a@b.de", "_page": page}, headers=headers)
        assert json.loads(run(site, "release", "--mark", "origin", "--json")) == {"released": 0}
