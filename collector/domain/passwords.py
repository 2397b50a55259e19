"""Which passwords are taken (NIST SP 800-63B-4, 3.1.1: long, not common, no rules of make-up)."""

from __future__ import annotations

import unicodedata

from collector.domain.errors import InputError
from collector.domain.said import Said

MIN_LENGTH = 12
MAX_LENGTH = 256
"""Longer ones would only cost time to hash."""

_MIN_DIFFERENT = 5
_COMMON = (
    *("password", "passwort", "geheim", "qwertz", "qwerty", "letmein", "welcome", "willkommen"),
    *("collector", "driftrock", "iloveyou", "changeme", "administrator", "1234567", "abcdefg"),
)
_REST_OF_COMMON = 6
"""How much a password must hold beside a common word."""


def parse_password(text: str, email: str) -> str:
    """Read a new password, in the one form its characters have (NFC).

    Raises InputError naming the cure.
    """
    password = normalise(text)
    if len(password) < MIN_LENGTH:
        said = Said("a password has at least {count} characters", count=MIN_LENGTH)
        raise InputError(said, field="password")
    if len(password) > MAX_LENGTH:
        said = Said("a password has at most {count} characters", count=MAX_LENGTH)
        raise InputError(said, field="password")
    if len(set(password)) < _MIN_DIFFERENT or _is_common(password.lower(), email):
        raise InputError(
            "this password is easily guessed: take several words that do not belong together",
            field="password",
        )
    return password


def normalise(text: str) -> str:
    """Write a password in one form, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", text)


def _is_common(password: str, email: str) -> bool:
    name = email.partition("@")[0].lower()
    words = (*_COMMON, name) if len(name) > _MIN_DIFFERENT else _COMMON
    rests = (len(password.replace(word, "")) for word in words if word in password)
    return any(rest < _REST_OF_COMMON for rest in rests)
