"""The stored naming rules of campaign links, and templates of the installation's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules
from collector.domain.link_rules_text import MOST, check_rules, check_template
from collector.domain.link_templates import TEMPLATES
from collector.domain.said import Said
from collector.storage.link_tables import link_rules, link_templates

_ONE: Final = "rules"
_INSERTS: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_decode: Final = msgspec.json.Decoder(LinkRules).decode
_decode_template: Final = msgspec.json.Decoder(dict[str, str]).decode

Templates = dict[str, dict[str, str]]


def find_link_rules(connection: Connection) -> LinkRules | None:
    """Read the rules alone; None where none were ever stored."""
    document = connection.execute(select(link_rules.c.document)).scalar()
    return None if document is None else _decode(document)


def read_link_rules(connection: Connection) -> LinkRules:
    """Read the rules with all templates; where none were stored, every value is allowed.

    A template of the installation's own stands instead of one that comes with the program.
    """
    shipped = {name: dict(values) for name, values in TEMPLATES.items()}
    templates = shipped | own_templates(connection)
    rules = find_link_rules(connection) or LinkRules()
    return msgspec.structs.replace(rules, templates=templates)


def own_templates(connection: Connection) -> Templates:
    """Read the templates that were stored, by name."""
    rows = connection.execute(select(link_templates).order_by(link_templates.c.name))
    return {row.name: _decode_template(row.document) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveLinkRules:
    """Keep rules instead of those before, and their templates beside those before.

    Own domains are not kept: they tell of a list of links that it stands on one's own pages.
    Raises InputError.
    """

    rules: LinkRules
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Keep each; the last one stays."""
        for write in writes:
            check_rules(write.rules)
            bare = msgspec.structs.replace(write.rules, templates={}, own_domains=frozenset())
            _keep(connection, link_rules, _ONE, bare, write.now)
            for name, values in write.rules.templates.items():
                _keep_template(connection, name, values, write.now)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTemplate:
    """Keep a template; it replaces the one of that name. Raises InputError."""

    name: str
    values: Mapping[str, str]
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Keep each."""
        for write in writes:
            _keep_template(connection, write.name, write.values, write.now)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTemplate:
    """Forget a template; one that is gone already is fine."""

    name: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Forget each."""
        names = [write.name for write in writes]
        connection.execute(delete(link_templates).where(link_templates.c.name.in_(names)))
        return [None] * len(writes)


def _keep_template(connection: Connection, name: str, values: Mapping[str, str], now: int) -> None:
    check_template(name, values)
    _keep(connection, link_templates, name, dict(values), now)
    kept = connection.execute(select(func.count()).select_from(link_templates)).scalar_one()
    if kept > MOST:
        raise InputError(
            Said("at most {count} templates are kept: delete one first", count=MOST), field="name"
        )


def _keep(connection: Connection, table: Table, key: str, document: Any, now: int) -> None:
    """Write the row of a key, whether it is there or not, whoever else writes it now."""
    (primary,) = table.primary_key
    text = msgspec.json.encode(document).decode()
    row = {"document": text, "changed_at": now}
    insert = _INSERTS[connection.dialect.name](table).values({primary.name: key, **row})
    connection.execute(insert.on_conflict_do_update(index_elements=[primary], set_=row))
