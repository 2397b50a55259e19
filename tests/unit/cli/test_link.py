from __future__ import annotations

import csv
import io
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from tests.command_line import CommandLine

GOOD = "https://example.com/?utm_source=google&utm_medium=cpc"
BAD = "https://example.com/?utm_source=google?utm_medium=cpc"


def run(*arguments: str, code: int = 0, stdin: str = "") -> Result:
    found = CliRunner().invoke(main, ["link", *arguments], input=stdin)
    assert found.exit_code == code, found.output
    return found


@pytest.fixture
def rules(tmp_path: Path) -> str:
    file = tmp_path / "links.toml"
    file.write_text(
        '[sources]\nnewsletter = []\n[templates.mail]\nutm_source = "newsletter"\n'
        'utm_medium = "email"\nutm_campaign = "issue-<issue>"\n'
    )
    return str(file)


def test_a_link_is_built_from_a_template(rules: str) -> None:
    options = ("--rules", rules, "--template", "mail", "--set", "issue=42")
    built = run("build", "https://example.com/", *options).stdout
    query = "utm_source=newsletter&utm_medium=email&utm_campaign=issue-42"
    assert built == f"https://example.com/?{query}\n"


def test_a_link_that_breaks_the_rules_is_not_built(rules: str) -> None:
    options = ("--rules", rules, "--source", "elsewhere", "--medium", "email")
    assert "unknown_source" in run("build", "https://example.com/", *options, code=1).stderr
    assert "--set issue=" in run(
        "build", "https://example.com/", "--rules", rules, "--template", "mail", code=2
    ).output  # fmt: skip


def test_links_are_checked_as_arguments_and_from_stdin() -> None:
    assert run("lint", GOOD).stdout == ""
    assert "double_question" in run("lint", BAD, code=1).stdout
    found = json.loads(run("lint", "--json", code=1, stdin=f"{GOOD}\n{BAD}\n").stdout)
    assert [one["link"] for one in found] == [GOOD, BAD]
    assert found[1]["corrected"] == GOOD


def test_a_table_goes_in_and_a_harmless_one_comes_out(tmp_path: Path) -> None:
    file = tmp_path / "ads.csv"
    file.write_text(f"Ad,Final URL\na,{BAD}\nb,=HYPERLINK(1)\n")
    out = run("lint", "--file", str(file), "--format", "csv", code=1).stdout
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["code"] for row in rows] == ["double_question", "not_a_link"]
    assert rows[0]["corrected"] == GOOD
    assert rows[1]["link"] == "'=HYPERLINK(1)"


def test_utms_on_an_own_page_are_named() -> None:
    assert "own_domain" in run("lint", GOOD, "--own-domain", "example.com", code=1).stdout


def test_rules_are_kept_printed_and_used_where_no_file_is_given(
    tmp_path: Path, rules: str
) -> None:
    line = CommandLine(tmp_path)
    odd = "https://example.com/?utm_source=News-Letter&utm_medium=email"
    assert "unknown" not in line.run("link", "lint", odd, code=0).stdout
    assert not (tmp_path / "collector.db").exists()
    assert "newsletter = []" in line.run("link", "rules", "--file", rules).stdout
    printed = tomllib.loads(line.run("link", "rules").stdout)
    assert printed["templates"]["mail"]["utm_campaign"] == "issue-<issue>"
    assert printed["templates"]["meta-ads"]["utm_campaign"] == "{{campaign.name}}"
    assert "spelling" in line.run("link", "lint", odd).stdout
    other = "https://example.com/?utm_source=other&utm_medium=email"
    assert "unknown_source" in line.run("link", "lint", other, code=1).stdout
    options = ("--template", "mail", "--set", "issue=42")
    assert "utm_source=newsletter" in line.run("link", "build", "https://a.test/", *options).stdout
    assert line.json("link", "rules")["sources"] == {"newsletter": []}
