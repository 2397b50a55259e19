"""`collector apply`: from a file to an installation, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine

EXAMPLE = Path(__file__).parents[3] / "docs" / "setup.example.toml"
SECRET = "drift-key-0123456789"
SOURCE = "01990000-0000-7000-8000-0000000000a1"


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "data", DRIFTROCK_API_KEY=SECRET)


class File:
    """A file that a test writes again and again."""

    def __init__(self, command: CommandLine, folder: Path) -> None:
        self.command = command
        self.path = folder / "setup.toml"

    def apply(self, text: str) -> list[dict[str, Any]]:
        self.path.write_text(text, encoding="utf-8")
        found: list[dict[str, Any]] = self.command.json("apply", str(self.path), "--yes")[
            "changes"
        ]
        assert self.command.json("apply", str(self.path), "--yes")["changes"] == []
        return found

    def fails(self, text: str, code: int = 1) -> str:
        self.path.write_text(text, encoding="utf-8")
        return self.command.run("apply", str(self.path), "--yes", code=code).stderr


@pytest.fixture
def file(command: CommandLine, tmp_path: Path) -> File:
    return File(command, tmp_path)


def test_the_example_applies_and_then_changes_nothing(command: CommandLine) -> None:
    done = command.json("apply", str(EXAMPLE), "--yes")
    assert done["applied"] is True
    assert [(one["action"], one["kind"], one["name"]) for one in done["changes"]] == [
        ("create", "field", "car_model"),
        ("create", "field", "fb_click"),
        ("create", "lead type", "Test drive"),
        ("create", "destination", "Driftrock"),
        ("create", "destination", "CRM"),
        ("create", "capture", "Test drive form"),
        ("create", "capture", "Newsletter"),
    ]
    shown = command.json("capture", "show", SOURCE)
    assert shown["lead_type"] == "Test drive"
    assert shown["event_name"] == "Test drive requested"
    assert len(shown["mapping"]["rules"]) == 6
    assert len(shown["destinations"]) == 2
    crm = next(one["id"] for one in command.json("destination", "list") if one["name"] == "CRM")
    assert len(command.json("mapping", "show", SOURCE, "--destination", crm)["rules"]) == 4
    newsletter = command.json("capture", "list")[1]
    assert (newsletter["name"], newsletter["store_only"]) == ("Newsletter", True)
    again = command.json("apply", str(EXAMPLE), "--yes")
    assert again == {"applied": False, "changes": []}
    assert "Nothing to change." in command.run("apply", str(EXAMPLE)).stdout


def test_a_dry_run_shows_all_and_changes_nothing(command: CommandLine) -> None:
    text = command.run("apply", str(EXAMPLE), "--dry-run").stdout
    assert "+ capture Test drive form" in text
    assert command.json("apply", str(EXAMPLE), "--dry-run")["applied"] is False
    assert command.json("capture", "list") == command.json("destination", "list") == []
    assert command.json("field", "list", "--custom") == []


@pytest.mark.parametrize(("typed", "code", "count"), [("y\n", 0, 2), ("n\n", 1, 0), ("", 1, 0)])
def test_without_yes_it_asks(command: CommandLine, typed: str, code: int, count: int) -> None:
    done = command.run("apply", str(EXAMPLE), typed=typed, code=code)
    assert "Make these changes?" in done.stderr
    assert len(command.json("capture", "list")) == count


def test_json_does_not_ask(command: CommandLine) -> None:
    command.run("apply", str(EXAMPLE), "--json", code=2)


def test_a_secret_is_sealed_and_never_printed(command: CommandLine, tmp_path: Path) -> None:
    printed = command.run("apply", str(EXAMPLE), "--yes").output
    command.env["DRIFTROCK_API_KEY"] = other = "another-key-9876543210"
    changed = command.json("apply", str(EXAMPLE), "--yes")
    printed += str(changed) + command.run("apply", str(EXAMPLE), "--yes").output
    assert [one["differences"] for one in changed["changes"]] == [
        {"api_key": {"before": "(secret)", "after": "(another secret)"}}
    ]
    for secret in (SECRET, other):
        assert secret not in printed
        assert not [
            path
            for path in (tmp_path / "data").rglob("collector.db*")
            if secret.encode() in path.read_bytes()
        ]


CAPTURE = '[captures.web]\nname = "Web"\norigins = ["https://a.example"]\n'
HOOK = '[destinations.crm]\nkind = "webhook"\nsettings.url = "https://crm.example.com/in"\n'


def test_what_differs_is_changed_and_what_is_not_named_stays(file: File) -> None:
    file.apply(CAPTURE + 'event_name = "Inquiry"\n')
    [change] = file.apply(CAPTURE + 'redirect = "https://a.example/thanks"\n')
    assert (change["action"], change["differences"]) == (
        "change",
        {"redirect": {"before": None, "after": "https://a.example/thanks"}},
    )
    [shown] = file.command.json("capture", "list")
    assert shown["event_name"] == "Inquiry"


def test_every_member_of_a_capture_can_change(file: File) -> None:
    file.apply(CAPTURE)
    more = (
        'kind = "webhook"\nstate = "paused"\nevent_type = "action"\nevent_name = "E"\n'
        'attribution_model = "first"\nutm_keyword_from = "utm_term"\nderive_utm = true\n'
        "refuse_other_origins = true\n"
    )
    file.apply(CAPTURE.replace("a.example", "b.example") + more)
    [shown] = file.command.json("capture", "list")
    assert shown["origins"] == ["https://b.example"]
    assert (shown["kind"], shown["state"], shown["event_type"]) == ("webhook", "paused", "action")
    file.apply(CAPTURE + 'state = "active"\n')
    assert file.command.json("capture", "list")[0]["state"] == "active"


def test_a_source_id_names_a_capture_whatever_it_is_called(file: File) -> None:
    file.apply(f'{CAPTURE}source_id = "{SOURCE.upper()}"\n')
    [change] = file.apply(f'[captures.x]\nsource_id = "{SOURCE}"\nname = "Renamed"\n')
    assert change["differences"] == {"name": {"before": "Web", "after": "Renamed"}}
    assert len(file.command.json("capture", "list")) == 1


def test_links_are_those_of_the_file(file: File) -> None:
    other = HOOK.replace("crm", "erp")
    file.apply(HOOK + other + CAPTURE + 'destinations = ["crm", "erp"]\n')
    ids = {one["name"]: one["id"] for one in file.command.json("destination", "list")}
    [change] = file.apply(HOOK + other + CAPTURE + 'destinations = ["erp"]\n')
    assert change["differences"]["destinations"]["after"] == [ids["erp"]]
    linked = {one["name"]: one["captures"] for one in file.command.json("destination", "list")}
    assert linked["crm"] == []
    file.apply(HOOK + other + CAPTURE + "destinations = []\nstore_only = true\n")
    assert file.command.json("capture", "list")[0]["store_only"] is True
    file.apply(HOOK + CAPTURE + 'destinations = ["crm"]\nstore_only = false\n')
    assert file.command.json("capture", "list")[0]["store_only"] is False


def test_a_mapping_of_a_link_stays_unless_it_is_named(file: File) -> None:
    link = CAPTURE + "[captures.web.destinations.crm.mapping]\nunmapped = 'drop'\n"
    file.apply(HOOK + link)
    assert file.apply(HOOK + CAPTURE + 'destinations = ["crm"]\n') == []
    [change] = file.apply(HOOK + link.replace("drop", "pass"))
    assert list(change["differences"]) == [next(iter(change["differences"]))]


def test_a_secret_that_is_there_can_be_left_out(file: File) -> None:
    kept = '[destinations.d]\nkind = "driftrock"\nsettings.source_id = "s"\n'
    assert "destinations.d.settings.api_key: missing" in file.fails(kept)
    file.apply(f'{kept}settings.api_key = "{SECRET}"\n')
    [change] = file.apply(kept.replace('"s"', '"t"'))
    assert change["differences"] == {"source_id": {"before": "s", "after": "t"}}


WRONG = {
    "a form without origins": ("[captures.a]\n", "captures.a.origins: missing"),
    "an origin that is none": (
        "[captures.a]\norigins = ['a.example']",
        "captures.a.origins: 'a.example' is not an origin",
    ),
    "a redirect elsewhere": (
        CAPTURE + "redirect = 'https://evil.example/'",
        "captures.web.redirect",
    ),
    "a source_id that is none": (CAPTURE + "source_id = 'x'", "captures.web.source_id: 'x'"),
    "an unknown lead type": (CAPTURE + "lead_type = 'T'", "captures.web.lead_type"),
    "an unknown field of a type": (
        "[lead_types.T]\nrequired = ['nickname']",
        "lead_types.T.required: there is no field nickname",
    ),
    "an unknown field of a mapping": (
        CAPTURE + "mapping.rules = [{to = 'x', value = 1}]",
        "captures.web.mapping.rules[0].to: there is no field x",
    ),
    "an unknown destination": (
        CAPTURE + "destinations = ['d']",
        "captures.web.destinations.d: the file has no destinations.d",
    ),
    "stored only, and sent": (
        HOOK + CAPTURE + "destinations = ['crm']\nstore_only = true",
        "captures.web.store_only",
    ),
    "an unknown kind": ("[destinations.d]\nkind = 'pigeon'", "destinations.d.kind"),
    "an unknown id": (HOOK + "id = 'x'", "destinations.crm"),
    "a private address": (
        HOOK.replace("crm.example.com", "10.0.0.1"),
        "destinations.crm.settings.url",
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_by_its_path_and_nothing_is_changed(
    file: File, text: str, said: str
) -> None:
    good = "[fields.colour]\n"
    assert said in file.fails(good + text)
    assert file.command.json("field", "list", "--custom") == []
    assert file.command.json("capture", "list") == file.command.json("destination", "list") == []


def test_what_cannot_be_told_apart_is_said(file: File) -> None:
    for _ in range(2):
        file.command.run("capture", "create", "Web", "--origin", "https://a.example")
        settings = ("--name", "crm", "--set", "url=https://crm.example.com/in")
        file.command.run("destination", "create", "webhook", *settings)
    assert "captures.web: several captures are called Web" in file.fails(CAPTURE)
    assert "destinations.crm: several destinations are called crm" in file.fails(HOOK)


def test_types_and_kinds_stay(file: File) -> None:
    file.apply("[fields.colour]\n" + HOOK)
    assert "fields.colour.type: it is text" in file.fails("[fields.colour]\ntype = 'number'\n")
    wrong = HOOK.replace("webhook", "driftrock")
    assert "destinations.crm.kind: it is webhook" in file.fails(wrong)


def test_a_file_that_cannot_be_read_is_wrong_use(file: File) -> None:
    assert "captures.a.kind" in file.fails("[captures.a]\nkind = 'fax'", code=2)


def test_fields_and_lead_types_change_in_place(file: File) -> None:
    choice = "[fields.car]\ntype = 'choice'\nchoices = ['A']\n"
    file.apply(choice + "[lead_types.T]\nrequired = ['car']\n")
    changes = file.apply(
        choice.replace("'A'", "'A', 'B'") + "[lead_types.T]\noptional = ['car']\n"
    )
    assert [(one["action"], one["kind"]) for one in changes] == [
        ("change", "field"),
        ("change", "lead type"),
    ]
    assert changes[0]["differences"] == {"choices": {"before": ["A"], "after": ["A", "B"]}}
