"""A list of erasures: what a backup that is put back must forget again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collector.domain.errors import InputError
from collector.domain.ids import parse_uuid


class Erasures(NamedTuple):
    """Events by their id, and people by their e-mail address."""

    ids: Sequence[str] = ()
    emails: Sequence[str] = ()


def parse_erasures(text: str) -> Erasures:
    """Read what each line begins with: an event's id or an e-mail address; `#` begins a remark.

    Raises InputError naming the line, not what it holds.
    """
    ids: list[str] = []
    emails: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = next(iter(line.partition("#")[0].split()), "")
        if own_id := parse_uuid(word):
            ids.append(own_id)
        elif "@" in word.strip("@"):
            emails.append(word)
        elif word:
            raise InputError(f"line {number} of the list is neither an id nor an e-mail address")
    return Erasures(ids, emails)
