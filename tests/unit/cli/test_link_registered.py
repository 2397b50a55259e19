from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import CommandLine

AD = "https://www.example.com/offer?utm_source=google&utm_medium=cpc&utm_campaign={campaignid}"
MAIL = "https://www.example.com/offer?utm_source=news&utm_medium=email"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.run("capture", "create", "Offer", "--origin", "https://www.example.com")
    return made


def test_links_are_registered_listed_and_forgotten(line: CommandLine) -> None:
    assert "collector link register" in line.run("link", "list").stderr
    typed = f"Final URL\n{AD}\n{MAIL}\n"
    said = line.run("link", "register", "--file", "-", "--name", "Spring", typed=typed).stderr
    assert "new: 2, there already: 0" in said
    assert line.json("link", "register", MAIL) == {"new": 0, "same": 1}
    rows = line.json("link", "list", "--never-touched")
    assert {row["link"] for row in rows} == {AD, MAIL}
    assert {row["name"] for row in rows} == {"Spring"}
    assert {(row["touches"], row["leads"], row["last_day"]) for row in rows} == {(0, 0, None)}
    line.run("link", "forget", rows[0]["id"])
    assert (
        "there is no registered link" in line.run("link", "forget", rows[0]["id"], code=1).stderr
    )
    assert len(line.json("link", "list")) == 1


def test_what_could_never_be_counted_is_refused(line: CommandLine) -> None:
    assert "click_id" in line.run("link", "register", f"{MAIL}&gclid=x", code=1).stderr
    other = MAIL.replace("example.com", "example.org")
    assert (
        "none of the captures' own domains" in line.run("link", "register", other, code=1).stderr
    )
    assert "name a link" in line.run("link", "register", code=2).stderr
    assert line.json("link", "list") == []
