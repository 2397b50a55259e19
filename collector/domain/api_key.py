"""API keys: how one is made, recognised, and what it may do."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from collector.domain.errors import InputError

Scope = Literal["events:write", "admin"]
SCOPES: tuple[str, ...] = get_args(Scope)

VALUE_BYTES = 32
"""How many random bytes one key takes: 256 bits, so that a fast hash is as good as a slow one."""

SHORT = 20
"""A taken-over key with fewer characters can be guessed."""

_PREFIX_LENGTH = 8
_VALUE = re.compile(r"[!-~]{1,512}")
_ID = re.compile(r"[!-9;-~]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is kept of a key; `source_id` names the one capture it is for, None means all."""

    id: str
    name: str
    prefix: str
    digest: str
    scopes: tuple[str, ...] = ("events:write",)
    source_id: str | None = None
    created_at: int
    last_used_at: int | None = None
    revoked_at: int | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether the key may be used for this; an admin's may for everything."""
        return scope in self.scopes or "admin" in self.scopes

    def may_write_to(self, source_id: str) -> bool:
        """Whether events of this capture may come with the key."""
        return self.source_id in (None, source_id)


def new_key(  # noqa: PLR0913  (what one key is)
    value: str, *, key_id: str, name: str, scope: Scope, source_id: str | None, now: int
) -> ApiKey:
    """Make what is kept of a key. Raises InputError for what no key may be."""
    if not name.strip():
        raise InputError("a key needs a name, so that people know whose it is", field="name")
    if source_id and scope == "admin":
        raise InputError("an admin's key is for every capture: name none", field="capture")
    return ApiKey(
        id=key_id,
        name=name.strip(),
        prefix=prefix_of(value),
        digest=digest_of(value),
        scopes=(scope,),
        source_id=source_id,
        created_at=now,
    )


def make_value(random: bytes) -> str:
    """Write 32 random bytes as a key."""
    return "lc_" + urlsafe_b64encode(random).decode().rstrip("=")


def parse_value(text: str) -> str:
    """Read a key that a sender already uses. Raises InputError when no header can carry it."""
    value = text.strip()
    if not _VALUE.fullmatch(value):
        raise InputError(
            "a key is 1 to 512 visible ASCII characters on one line, without spaces", field="key"
        )
    return value


def parse_key_id(text: str) -> str:
    """Read the user name of a Basic pair (RFC 7617: it holds no colon). Raises InputError."""
    if not _ID.fullmatch(text):
        raise InputError(
            "an id is 1 to 255 visible ASCII characters, without spaces and colons", field="id"
        )
    return text


def digest_of(value: str) -> str:
    """Fingerprint a key: what is stored in its place."""
    return sha256(value.encode()).hexdigest()


def prefix_of(value: str) -> str:
    """Take what people may see of a key: at most a quarter of a short one."""
    return value[: min(_PREFIX_LENGTH, len(value) // 4)]
