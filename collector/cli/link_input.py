"""What `collector link` is given: naming rules, and links from arguments, lists and tables."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from collector.cli.session import is_set_up, run
from collector.domain.errors import InputError
from collector.domain.link_list import decode_list, read_list
from collector.domain.link_rules import LinkRules, parse_link_rules
from collector.storage.link_rules import read_link_rules


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


def read_links(raw: bytes, column: str | None) -> list[str]:
    """Read a list or a table, in whatever encoding. Raises click.UsageError."""
    try:
        return read_list(decode_list(raw), column)
    except InputError as error:
        raise click.UsageError(f"{error}; choose one with --column") from error
