"""What `collector link` is given: naming rules, and links from arguments, lists and tables."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from collector.cli.session import is_set_up, run
from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules, parse_link_rules
from collector.storage.link_rules import read_link_rules

_DELIMITERS = ",;\t"
_HEADINGS = ("final url", "url", "link", "landing", "address", "adresse", "ziel")
"""What the column of links is called in exports of ad platforms and in people's tables."""


def read_rules_file(path: Path) -> LinkRules:
    """Read naming rules from TOML. Raises click.UsageError."""
    try:
        return parse_link_rules(tomllib.loads(path.read_text("utf-8")))
    except (InputError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: {error}") from error


def read_rules(path: Path | None, own_domains: Sequence[str]) -> LinkRules:
    """Read the naming rules: those of a file, else those that are stored here."""
    rules = read_rules_file(path) if path else _stored_rules()
    own = rules.own_domains | {domain.lower() for domain in own_domains}
    return msgspec.structs.replace(rules, own_domains=own)


def _stored_rules() -> LinkRules:
    """Read the rules of the installation; where there is none yet, every value is allowed."""
    if not is_set_up():
        return LinkRules()
    return run(lambda session: session.store.read(read_link_rules))


def read_links(text: str, column: str | None) -> list[str]:
    """Read a pasted list, one link a line, or a table with a heading.

    Raises click.UsageError where a table has no column of links.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    if column is None and ("://" in first or not any(sign in first for sign in _DELIMITERS)):
        bare = (line.strip().strip("\"'<>") for line in lines)
        return [line for line in bare if line and line.lower() not in _HEADINGS]
    delimiter = max(_DELIMITERS, key=first.count)
    heading, *rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    place = _column_of(heading, column)
    return [row[place].strip() for row in rows if len(row) > place and row[place].strip()]


def _column_of(heading: Sequence[str], column: str | None) -> int:
    names = [name.strip().lower() for name in heading]
    if column is not None:
        if column.lower() in names:
            return names.index(column.lower())
        raise click.UsageError(f"no column is called {column!r}; there are: {', '.join(heading)}")
    for wanted in _HEADINGS:
        for place, name in enumerate(names):
            if wanted in name:
                return place
    raise click.UsageError(f"which column holds the links? --column one of {', '.join(heading)}")
