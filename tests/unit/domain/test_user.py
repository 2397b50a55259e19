from __future__ import annotations

from dataclasses import replace

import pytest

from collector.domain.errors import InputError
from collector.domain.user import ROLES, Role, User, check_reach, parse_user_email


def user(role: Role = "viewer", *source_ids: str) -> User:
    return User(
        id="1", email="ada@example.com", role=role, source_ids=source_ids or None, created_at=1
    )


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("viewer", ["viewer"]),
        ("editor", ["viewer", "editor"]),
        ("admin", ["viewer", "editor", "admin"]),
    ],
)
def test_each_role_allows_what_those_before_it_allow(role: Role, allowed: list[str]) -> None:
    assert [one for one in ROLES if user(role).is_at_least(one)] == allowed


def test_a_limited_user_sees_some_captures_and_others_all() -> None:
    assert [user("viewer", "a", "b").may_see(one) for one in "abc"] == [True, True, False]
    assert user().may_see("c")


@pytest.mark.parametrize("text", ["Ada@Example.COM", " ada@example.com\n"])
def test_an_address_is_the_same_in_any_case(text: str) -> None:
    assert parse_user_email(text) == "ada@example.com"


@pytest.mark.parametrize("text", ["", "ada", "ada@", "a b@example.com", "a" * 300 + "@x.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_user_email(text)
    assert refused.value.field == "email"


def test_an_admin_of_some_captures_is_refused() -> None:
    with pytest.raises(InputError):
        check_reach("admin", ["a"])
    check_reach("admin", None)
    check_reach("editor", ["a"])


def test_the_password_is_never_written_with_the_user() -> None:
    assert "secret-hash" not in repr(replace(user(), password="secret-hash"))
