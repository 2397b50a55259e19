"""One line of a self-test: what was looked at, how it stands, and what cures it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, NamedTuple

State = Literal["ok", "warn", "bad"]


class Finding(NamedTuple):
    """`warn` works and should be mended; `bad` loses something, or soon will."""

    about: str
    state: State
    said: str
    cure: str = ""


Findings = AsyncIterator[Finding]
"""Found one after another, so that the first are told while the last are looked for."""


def ok(about: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(about, "ok", said)


def warn(about: str, said: str, cure: str) -> Finding:
    """Worth mending."""
    return Finding(about, "warn", said, cure)


def bad(about: str, said: str, cure: str) -> Finding:
    """To be mended now."""
    return Finding(about, "bad", said, cure)
