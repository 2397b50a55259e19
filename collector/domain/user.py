"""Users of the console: who they are, what their role allows, which captures they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from email_validator import EmailNotValidError, validate_email

from collector.domain.errors import InputError

Role = Literal["viewer", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""In the order of what they allow: each may do all that those before it may."""

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may sign in. `source_ids` limits them to some captures, None is all.

    `password` is its argon2id hash; without one nobody signs in by password.
    """

    id: str
    email: str
    role: Role
    source_ids: tuple[str, ...] | None = None
    password: str | None = field(default=None, repr=False)
    created_at: int
    disabled_at: int | None = None

    def is_at_least(self, role: Role) -> bool:
        """Whether the person may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def may_see(self, source_id: str) -> bool:
        """Whether the capture is among those of the person."""
        return self.source_ids is None or source_id in self.source_ids


def parse_user_email(text: str) -> str:
    """Read an address to sign in with; letter case does not count. Raises InputError."""
    try:
        found = validate_email(text.strip()[: MAX_EMAIL + 1], check_deliverability=False)
    except EmailNotValidError as error:
        raise InputError("this is not an e-mail address", field="email") from error
    return found.normalized.lower()


def check_reach(role: Role, source_ids: Sequence[str] | None) -> None:
    """Refuse an admin of some captures only: settings are those of all. Raises InputError."""
    if role == "admin" and source_ids is not None:
        raise InputError("an admin sees every capture: name none", field="role")
