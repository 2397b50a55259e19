from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.cli.session import now
from collector.domain.check_code import LIFETIME, CheckCodes
from collector.domain.times import SECOND, parse_time
from tests.command_line import commands_of

ORIGINS = ("--origin", "https://www.example.com", "--origin", "https://example.com")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def command(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(main, arguments, env={"COLLECTOR_DATA_DIR": str(tmp_path)})
        assert found.exit_code == code, found.output
        return found

    return command


def every_command(group: click.Group) -> list[click.Command]:
    return [
        inner
        for _, one in commands_of(group)
        for inner in (every_command(one) if isinstance(one, click.Group) else [one])
    ]


@pytest.mark.parametrize("command", every_command(main), ids=lambda one: str(one.name))
def test_every_command_explains_itself_with_an_example(command: click.Command) -> None:
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert "collector" in shown.output


def test_a_capture_is_created_listed_shown_and_archived(run: Any) -> None:
    made = json.loads(run("capture", "create", "Website", *ORIGINS, "--json").stdout)
    source_id = made["source_id"]
    assert made["origins"] == ["https://www.example.com", "https://example.com"]
    listed = json.loads(run("capture", "list", "--json").stdout)
    assert [one["source_id"] for one in listed] == [source_id]
    shown = json.loads(run("capture", "show", source_id, "--json").stdout)
    assert f'data-source="{source_id}"' in shown["script"]
    run("capture", "pause", source_id)
    run("capture", "resume", source_id)
    run("capture", "archive", source_id)
    assert json.loads(run("capture", "show", source_id, "--json").stdout)["state"] == "archived"


def test_a_source_id_is_taken_over(run: Any) -> None:
    own = "018f7a5e-0000-7000-8000-000000000001"
    made = run("capture", "create", "W", *ORIGINS, "--source-id", own.upper(), "--json")
    assert json.loads(made.stdout)["source_id"] == own
    assert (
        "exists already"
        in run("capture", "create", "W", *ORIGINS, "--source-id", own, code=1).output
    )


def test_a_check_code_comes_with_its_link_and_its_end(run: Any) -> None:
    source_id = json.loads(run("capture", "create", "W", *ORIGINS, "--json").stdout)["source_id"]
    made = json.loads(run("capture", "check", source_id, "--json").stdout)
    assert set(made) == {"code", "url", "expires_at"}
    assert made["url"] == f"https://www.example.com/?_check={made['code']}"


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "W", "--origin", "www.example.com"),
        ("create", "W"),
        ("create", "W", *ORIGINS, "--source-id", "x"),
        ("create", "W", *ORIGINS, "--redirect", "https://evil.example/"),
        ("create", "W", *ORIGINS, "--kind", "fax"),
    ],
)
def test_wrong_use_is_2(run: Any, arguments: tuple[str, ...]) -> None:
    run("capture", *arguments, code=2)


def test_what_is_not_there_is_1(run: Any) -> None:
    assert "there is no capture" in run("capture", "show", "x", code=1).output


def test_a_forgotten_twin_is_named_on_stderr(run: Any) -> None:
    made = run("capture", "create", "W", "--origin", "https://www.example.com")
    assert "https://example.com is not allowed" in made.stderr


# ---- the shapes that scripts rely on --------------------------------------------------------

CREATED: dict[str, Any] = {
    "name": "Website",
    "kind": "form",
    "state": "active",
    "origins": ["https://www.example.com", "https://example.com"],
    "redirect": None,
    "event_type": "lead",
    "event_name": "Lead",
    "attribution_model": "last_campaign",
    "utm_keyword_from": None,
    "derive_utm": False,
    "refuse_other_origins": False,
    "stage": "new",
    "last_event_at": None,
    "lead_type": None,
    "store_only": False,
    "problems": [],
}


def create(run: Any, *more: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(
        run("capture", "create", "Website", *ORIGINS, *more, "--json").stdout
    )
    return made


def test_what_is_created_is_what_is_listed_and_shown(run: Any) -> None:
    made = create(run)
    parse_time(made["created_at"])
    assert made == CREATED | {name: made[name] for name in ("source_id", "created_at")}
    assert UUID(made["source_id"]).version == 7
    assert json.loads(run("capture", "list", "--json").stdout) == [made]
    shown = json.loads(run("capture", "show", made["source_id"], "--json").stdout)
    assert made.items() <= shown.items()
    assert set(shown) - set(made) == {"mapping", "destinations", "script", "form"}


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        (("--kind", "webhook"), {"kind": "webhook"}),
        (("--kind", "affiliate"), {"kind": "affiliate"}),
        (("--redirect", "https://example.com/ok"), {"redirect": "https://example.com/ok"}),
        (
            ("--origin", "HTTPS://*.Example.org", "--origin", "https://example.com/"),
            {"origins": [*CREATED["origins"], "https://*.example.org"]},
        ),
    ],
    ids=["for servers", "for affiliates", "a redirect", "origins as browsers write them, once"],
)
def test_options_are_kept(run: Any, more: tuple[str, ...], changed: dict[str, Any]) -> None:
    made = create(run, *more)
    assert (CREATED | changed).items() <= made.items()


def test_two_captures_may_have_one_name(run: Any) -> None:
    assert create(run)["source_id"] != create(run)["source_id"]


def test_without_json_nothing_but_the_source_id_is_printed(run: Any) -> None:
    done = run("capture", "create", "Website", "--origin", "https://www.example.com")
    assert done.stdout == f"{UUID(done.stdout.strip())}\n"


def test_a_warning_does_not_spoil_json_and_names_the_option_that_cures_it(run: Any) -> None:
    done = run("capture", "create", "W", "--origin", "https://example.com", "--json")
    assert json.loads(done.stdout)["origins"] == ["https://example.com"]
    assert "--origin https://www.example.com" in done.stderr


def test_no_twin_is_missed_that_is_there(run: Any) -> None:
    assert run("capture", "create", "W", *ORIGINS).stderr == ""


@pytest.mark.parametrize("verb", ["show", "check", "pause", "resume", "archive"])
def test_an_unknown_capture_is_named_and_nothing_is_printed(run: Any, verb: str) -> None:
    done = run("capture", verb, "01990000-0000-7000-8000-000000000009", code=1)
    assert done.stdout == ""
    said = "Error: there is no capture 01990000-0000-7000-8000-000000000009\n"
    assert done.stderr == said


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("www.example.com", "scheme, host and port"),
        ("https://example.com/contact", "scheme, host and port"),
        ("ftp://example.com", "scheme, host and port"),
        ("null", "scheme, host and port"),
        ("*", "scheme, host and port"),
        ("", "scheme, host and port"),
    ],
)
def test_what_is_no_origin_is_refused_with_how_to_write_one(
    run: Any, origin: str, said: str
) -> None:
    done = run("capture", "create", "W", "--origin", origin, code=2)
    assert said in done.stderr
    assert repr(origin) in done.stderr
    assert json.loads(run("capture", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("verb", "state"), [("pause", "paused"), ("resume", "active"), ("archive", "archived")]
)
def test_a_change_of_state_says_so_on_stderr(run: Any, verb: str, state: str) -> None:
    source_id = create(run)["source_id"]
    done = run("capture", verb, source_id)
    assert done.stdout == ""
    assert f"{source_id} is {state}" in done.stderr
    assert json.loads(run("capture", "list", "--json").stdout)[0]["state"] == state


def test_show_gives_what_is_pasted_into_a_page(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLECTOR_BASE_URL", "https://www.example.com/_lc")
    source_id = create(run)["source_id"]
    shown = json.loads(run("capture", "show", source_id, "--json").stdout)
    assert shown["script"] == (
        f'<script async src="https://www.example.com/_lc/t.js" data-source="{source_id}"></script>'
    )
    action = f"https://www.example.com/_lc/f/{source_id}"
    assert shown["form"] == f'<form method="post" action="{action}">'
    text = run("capture", "show", source_id).stdout
    assert shown["script"] in text
    assert "https://www.example.com, https://example.com" in text


def test_the_code_of_a_check_makes_a_test_of_its_capture_for_half_an_hour(
    run: Any, tmp_path: Path
) -> None:
    source_id = create(run)["source_id"]
    before = now()
    made = json.loads(run("capture", "check", source_id, "--json").stdout)
    keys = (tmp_path / "secret_keys").read_text().split()
    codes = CheckCodes(keys)
    assert codes.refusal(made["code"], source_id, before) is None
    ends = parse_time(made["expires_at"])
    assert ends - LIFETIME <= now()
    assert ends - LIFETIME >= before - SECOND
    assert codes.refusal(made["code"], source_id, ends + SECOND) == "expired"
    text = run("capture", "check", source_id).stdout
    assert "https://www.example.com/?_check=" in text


def test_a_capture_may_say_that_it_only_stores(run: Any) -> None:
    source_id = create(run)["source_id"]
    done = run("capture", "store-only", source_id)
    assert done.stderr == f"{source_id} stores only\n"
    assert json.loads(run("capture", "show", source_id, "--json").stdout)["store_only"] is True


def test_a_capture_whose_mapping_breaks_its_lead_type_is_flagged(run: Any) -> None:
    source_id = create(run)["source_id"]
    run("lead-type", "create", "T", "--required", "email")
    run("lead-type", "apply", "T", "--capture", source_id)
    run("mapping", "options", source_id, "--unmapped", "drop")
    flagged = ["email is required, and no rule of the mapping fills it"]
    [listed] = json.loads(run("capture", "list", "--json").stdout)
    assert listed["problems"] == flagged
    assert json.loads(run("capture", "show", source_id, "--json").stdout)["problems"] == flagged
    assert flagged[0] in run("capture", "list").stdout
    run("mapping", "add", source_id, "email", "--from", "Mail")
    assert json.loads(run("capture", "list", "--json").stdout)[0]["problems"] == []


# ---- changes --------------------------------------------------------------------------------


def test_what_is_set_is_changed_at_once_and_all_else_stays(run: Any) -> None:
    made = create(run, "--redirect", "https://example.com/ok")
    source_id = made["source_id"]
    given = {
        "name": ("--name", "Shop"),
        "kind": ("--kind", "webhook"),
        "event_type": ("--event-type", "action"),
        "event_name": ("--event-name", "Order"),
        "attribution_model": ("--attribution-model", "first"),
        "utm_keyword_from": ("--utm-keyword-from", "utm_term"),
    }
    arguments = [part for pair in given.values() for part in pair]
    changed = run("capture", "set", source_id, *arguments, "--derive-utm", "--json")
    expected = made | {name: pair[1] for name, pair in given.items()} | {"derive_utm": True}
    assert json.loads(changed.stdout) == expected
    assert json.loads(run("capture", "list", "--json").stdout) == [expected]
    run("capture", "set", source_id, "--redirect", "", "--origin", "https://example.org")
    shown = json.loads(run("capture", "show", source_id, "--json").stdout)
    assert (shown["redirect"], shown["origins"]) == (None, ["https://example.org"])
    assert shown["name"] == "Shop"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", ""), "name: expected"),
        (("--origin", "example.org"), "is not an origin"),
        (("--redirect", "https://evil.example/"), "on an allowed origin"),
        (("--utm-keyword-from", "page"), "a kept parameter"),
        (("--attribution-model", "best"), "is not one of"),
        (("--event-type", "sale"), "is not one of"),
    ],
)
def test_what_cannot_be_set_is_wrong_use_and_changes_nothing(
    run: Any, arguments: tuple[str, ...], said: str
) -> None:
    made = create(run)
    done = run("capture", "set", made["source_id"], *arguments, "--event-name", "X", code=2)
    assert said in done.stderr
    assert json.loads(run("capture", "list", "--json").stdout) == [made]


def test_a_capture_for_servers_needs_no_origin_and_an_archived_one_comes_back(run: Any) -> None:
    done = run("capture", "create", "API", "--kind", "webhook", "--json")
    source_id = json.loads(done.stdout)["source_id"]
    run("capture", "archive", source_id)
    run("capture", "resume", source_id)
    assert json.loads(run("capture", "list", "--json").stdout)[0]["state"] == "active"
    assert "there is no capture nowhere" in run("capture", "set", "nowhere", code=1).stderr
