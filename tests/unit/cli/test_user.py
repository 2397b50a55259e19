from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import CommandLine

PASSWORD = "correct horse battery staple\n"


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def create(cli: CommandLine, email: str, *arguments: str, code: int = 0) -> str:
    asked = ("user", "create", email, *arguments, "--password-stdin")
    return cli.run(*asked, code=code, typed=PASSWORD).output


def test_users_are_created_listed_and_disabled(cli: CommandLine) -> None:
    assert "user create" in cli.run("user", "list").stderr
    create(cli, "Ada@Example.com", "--role", "admin")
    (listed,) = cli.json("user", "list")
    assert (listed["email"], listed["role"], listed["captures"]) == (
        "ada@example.com",
        "admin",
        None,
    )
    assert "password" not in listed
    assert "exists" not in create(cli, "bo@example.com", "--role", "viewer")
    cli.run("user", "disable", "Bo@example.com")
    assert cli.json("user", "list")[1]["disabled_at"]
    assert "no user" in cli.run("user", "disable", "bo@example.com", code=1).stderr


def test_a_user_may_be_limited_to_captures_that_exist(cli: CommandLine) -> None:
    source_id = cli.json("capture", "create", "Shop", "--origin", "https://example.com")[
        "source_id"
    ]
    create(cli, "bo@example.com", "--role", "viewer", "--capture", source_id)
    assert cli.json("user", "list")[0]["captures"] == [source_id]
    said = create(cli, "c@example.com", "--role", "viewer", "--capture", "nowhere", code=1)
    assert "there is no capture nowhere" in said


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("ada", "--role", "admin"), PASSWORD, "not an e-mail address"),
        (("a@example.com", "--role", "boss"), PASSWORD, "is not one of"),
        (("a@example.com", "--role", "admin"), "short", "at least 12"),
        (("a@example.com", "--role", "admin", "--capture", "x"), PASSWORD, "every capture"),
    ],
)
def test_wrong_use_is_2(
    cli: CommandLine, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    done = cli.run("user", "create", *arguments, "--password-stdin", code=2, typed=typed)
    assert said in done.stderr


def test_the_password_is_asked_for_twice_when_it_is_not_piped(cli: CommandLine) -> None:
    cli.run("user", "create", "a@example.com", "--role", "editor", typed=PASSWORD * 2)
    assert len(cli.json("user", "list")) == 1
