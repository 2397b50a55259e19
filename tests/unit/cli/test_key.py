from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from tests.installation import SOURCE, Installation, installation
from tests.sender import EVENT, Sender, basic


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def run(site: Installation, *arguments: str, code: int = 0, stdin: str = "") -> Result:
    env = {"COLLECTOR_DATA_DIR": str(site.settings.data_dir)}
    found = CliRunner().invoke(main, ["key", *arguments], env=env, input=stdin)
    assert found.exit_code == code, found.output
    return found


def create(site: Installation, *arguments: str, stdin: str = "") -> dict[str, Any]:
    made: dict[str, Any] = json.loads(
        run(site, "create", "Shop", *arguments, "--json", stdin=stdin).stdout
    )
    return made


def status(site: Installation, key: str, path: str = "/v2/event") -> int:
    code: int = Sender(site, path, key).send(EVENT).status_code
    return code


def test_a_new_key_works_at_once_is_shown_once_and_ends_at_once(site: Installation) -> None:
    made = create(site)
    assert status(site, f"Bearer {made['key']}") == 200
    assert status(site, basic(made["id"], made["key"]), "/webhooks/events") == 200
    (listed,) = json.loads(run(site, "list", "--json").stdout)
    assert made["key"] not in json.dumps(listed)
    assert made["key"].startswith(listed["prefix"])
    unchanged = ("id", "name", "prefix", "scopes", "capture", "created_at")
    assert {name: listed[name] for name in unchanged} == {name: made[name] for name in unchanged}
    assert (listed["scopes"], listed["capture"]) == (["events:write"], None)
    assert listed["last_used_at"] == "2026-11-24T02:15:01.000Z"
    run(site, "revoke", made["id"])
    assert status(site, f"Bearer {made['key']}") == 401
    assert json.loads(run(site, "list", "--json").stdout)[0]["revoked_at"]
    folder = site.settings.data_dir
    kept = b"".join(file.read_bytes() for file in Path(folder).iterdir())
    assert made["key"].encode() not in kept


def test_a_key_that_a_sender_uses_is_taken_over(site: Installation) -> None:
    made = create(site, "--value-stdin", stdin="sk_live_the-old-key-of-a-sender\n")
    assert made["key"] == "sk_live_the-old-key-of-a-sender"
    assert status(site, "Bearer sk_live_the-old-key-of-a-sender") == 200
    again = run(site, "create", "B", "--value-stdin", stdin=made["key"], code=1)
    assert "such a key already" in again.stderr


def test_a_basic_pair_that_a_sender_uses_is_taken_over_with_its_user(site: Installation) -> None:
    made = create(site, "--id", "PUBLIC", "--value-stdin", stdin="the-old-secret-of-it")
    assert made["id"] == "PUBLIC"
    assert status(site, basic("PUBLIC", "the-old-secret-of-it"), "/webhooks/events") == 200
    assert status(site, basic("OTHER", "the-old-secret-of-it"), "/webhooks/events") == 401


def test_a_key_that_can_be_guessed_is_taken_over_with_a_warning(site: Installation) -> None:
    short = run(site, "create", "Old", "--value-stdin", "--json", stdin="hunter2")
    assert "can be guessed" in short.stderr
    assert json.loads(short.stdout)["prefix"] == "h"


def test_a_key_may_be_for_one_capture_or_for_an_admin(site: Installation) -> None:
    assert create(site, "--capture", SOURCE)["capture"] == SOURCE
    assert create(site, "--scope", "admin")["scopes"] == ["admin"]
    unknown = run(site, "create", "K", "--capture", "nowhere", code=1)
    assert "there is no capture nowhere" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scope", "admin", "--capture", SOURCE), "name none"),
        (("--scope", "everything"), "is not one of"),
        (("--id", "a:b"), "without spaces and colons"),
        (("--value-stdin",), "visible ASCII"),
    ],
)
def test_wrong_use_is_2(site: Installation, arguments: tuple[str, ...], said: str) -> None:
    done = run(site, "create", "K", *arguments, code=2)
    assert said in done.stderr
    assert done.stdout == ""


def test_people_get_id_and_key_as_lines_and_a_hint_when_there_is_none(site: Installation) -> None:
    assert "collector key create" in run(site, "list").stderr
    lines = run(site, "create", "Shop").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["id", "key"]
    assert "Shop" in run(site, "list").stdout
    assert "there is no key x" in run(site, "revoke", "x", code=1).stderr
