from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine
from tests.installation import SITE, SOURCE, Installation, installation

SENT = {"Vorname": "Ada", "E-Mail-Adresse": "ada@example.org", "Telefon": "0171 1234567", "x": "1"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def command(site: Installation) -> CommandLine:
    return CommandLine(site.settings.data_dir)


def linked(command: CommandLine) -> str:
    made = command.json(
        *("destination", "create", "webhook", "--name", "CRM", "--capture", SOURCE),
        *("--set", "url=https://crm.example.com/in"),
    )
    found: str = made["id"]
    return found


def test_a_suggestion_is_shown_saved_and_previewed(
    site: Installation, command: CommandLine
) -> None:
    destination = linked(command)
    site.post(SENT)
    suggested = command.json("mapping", "suggest", SOURCE, "--country", "DE")
    assert [rule["to"] for rule in suggested["rules"]] == ["first_name", "email", "phone"]
    assert command.json("capture", "show", SOURCE)["mapping"] is None
    command.run("mapping", "suggest", SOURCE, "--country", "DE", "--save")
    assert command.json("mapping", "show", SOURCE) == suggested
    after = {
        "first_name": "Ada",
        "email": "ada@example.org",
        "phone": "+491711234567",
        "x": "1",
    }
    (event,) = site.events()
    assert command.json("mapping", "preview", SOURCE) == {
        "event": event.id,
        "test": False,
        "before": SENT,
        "mapped": {"fields": after, "errors": {}},
        "lead_type": {},
        "destinations": [
            {
                "id": destination,
                "kind": "webhook",
                "name": "CRM",
                "after": {"fields": after, "errors": {}},
            }
        ],
    }


def test_a_preview_says_what_would_be_refused(site: Installation, command: CommandLine) -> None:
    site.post(SENT)
    command.run("lead-type", "create", "T", "--required", "last_name")
    command.run("lead-type", "apply", "T", "--capture", SOURCE)
    command.run("mapping", "add", SOURCE, "phone", "--from", "Telefon")
    found = command.json("mapping", "preview", SOURCE)
    assert "country" in found["mapped"]["errors"]["phone"]
    assert found["lead_type"] == {"last_name": "Please fill this in."}
    destination = linked(command)
    text = command.run("mapping", "preview", SOURCE).stdout
    for said in ("! phone", "the lead type refuses last_name", f"({destination}), refused"):
        assert said in text
    [event] = site.events()
    assert command.json("mapping", "preview", SOURCE, "--event", event.id) == (
        command.json("mapping", "preview", SOURCE)
    )


def test_rules_are_added_replaced_and_removed(command: CommandLine) -> None:
    add = ("mapping", "add", SOURCE)
    command.run(*add, "email", "--from", "Mail", "--from", "E-Mail", "--transform", "trim")
    command.run(*add, "phone", "--from", "Tel", "--transform", "phone:DE", "--otherwise", "keep")
    command.run(*add, "company", "--value", "ACME")
    command.run(*add, "phone", "--from", "Telefon")
    command.run("mapping", "options", SOURCE, "--unmapped", "drop", "--country", "DE")
    assert command.json("mapping", "show", SOURCE) == {
        "rules": [
            {"to": "email", "from": ["Mail", "E-Mail"], "transforms": [{"do": "trim"}]},
            {"to": "company", "value": "ACME"},
            {"to": "phone", "from": ["Telefon"]},
        ],
        "unmapped": "drop",
        "country": "DE",
    }
    text = command.run("mapping", "show", SOURCE).stdout
    assert "Mail, E-Mail" in text
    assert "Fields without a rule: drop. Country: DE" in text
    command.run("mapping", "remove", SOURCE, "phone")
    assert len(command.json("mapping", "show", SOURCE)["rules"]) == 2
    assert (
        "no rule fills phone" in command.run("mapping", "remove", SOURCE, "phone", code=1).output
    )
    command.run("mapping", "clear", SOURCE)
    assert command.json("mapping", "show", SOURCE) == {}


def test_a_destination_has_its_own(command: CommandLine) -> None:
    destination = linked(command)
    of_link = ("--destination", destination)
    command.run("mapping", "add", SOURCE, "LeadSource", "--value", "Web", *of_link)
    assert command.json("mapping", "show", SOURCE, *of_link)["rules"] == [
        {"to": "LeadSource", "value": "Web"}
    ]
    assert command.json("mapping", "show", SOURCE) == {}
    command.run("mapping", "clear", SOURCE, *of_link)
    assert command.json("mapping", "show", SOURCE, *of_link) == {}


def test_a_mapping_is_set_from_a_file_or_stdin(command: CommandLine, tmp_path: Path) -> None:
    wanted: dict[str, Any] = {"rules": [{"to": "email", "from": "Mail"}]}
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(wanted))
    command.run("mapping", "set", SOURCE, str(file))
    assert command.json("mapping", "show", SOURCE) == wanted
    command.run("mapping", "set", SOURCE, "-", typed=json.dumps({"unmapped": "drop"}))
    assert command.json("mapping", "show", SOURCE) == {"unmapped": "drop"}


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "said"),
    [
        (("set", SOURCE, "-"), "{", 2, "Expecting"),
        (("set", SOURCE, "-"), '{"rules": [{"to": 1}]}', 2, "rules[0].to"),
        (("set", SOURCE, "-"), '{"rules": [{"to": "x", "value": 1}]}', 1, "no field x"),
        (("add", SOURCE, "email", "--from", "a", "--transform", "shout"), None, 2, "shout"),
        (("add", SOURCE, "email"), None, 1, "where the value comes from"),
        (("add", SOURCE, "email", "--attribution", "age"), None, 1, "'age'"),
        (("options", SOURCE, "--country", "Germany"), None, 1, "no country"),
        (("show", "nowhere"), None, 1, "no capture nowhere"),
        (("suggest", SOURCE), None, 1, "no event yet"),
        (("preview", SOURCE), None, 1, "no such event"),
        (("preview", "nowhere"), None, 1, "no capture nowhere"),
        (("add", SOURCE, "a", "--value", "b", "--destination", "d"), None, 1, "no destination d"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_saved(
    command: CommandLine, arguments: tuple[str, ...], typed: str | None, code: int, said: str
) -> None:
    assert said in command.run("mapping", *arguments, code=code, typed=typed).stderr
    assert command.json("capture", "show", SOURCE)["mapping"] is None


def test_a_stored_event_stays_as_it_came(site: Installation, command: CommandLine) -> None:
    site.post(SENT, headers={"referer": f"{SITE}/?gclid=Ab+c"})
    before = site.events()
    command.run("mapping", "suggest", SOURCE, "--save")
    assert site.events() == before
