"""A mapping as a form: one row for each rule, and a few empty ones for more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from typing import Any, Final

from collector.domain.errors import FieldsRefused, InputError
from collector.domain.mapping import UNREADABLE, Mapping, Rule, parse_mapping
from collector.domain.said import Said
from collector.domain.transform_notation import parse_transforms, render_transforms
from collector.web.console.visit import Visit

COLUMNS: Final = ("to", "from", "transforms", "value", "otherwise")
EMPTY_ROWS: Final = 3
_PLACE = re.compile(r"rules\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule as it is written; `errors` are what is wrong with it."""

    texts: Values[str, str]
    errors: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing but a choice stands in it."""
        return not any(self.texts[name].strip() for name in COLUMNS[:-1])


def rows_of(mapping: Mapping) -> list[Row]:
    """Write a mapping's rules as rows."""
    return [Row(texts=_texts(rule)) for rule in mapping.rules]


def empty_rows() -> list[Row]:
    """Give rows to write more rules into."""
    blank = dict.fromkeys(COLUMNS, "") | {"otherwise": "keep"}
    return [Row(texts=blank) for _ in range(EMPTY_ROWS)]


def _texts(rule: Rule) -> dict[str, str]:
    return {
        "to": rule.to,
        "from": f"@{rule.attribution}" if rule.attribution else _render_names(rule.names),
        "transforms": render_transforms(rule.transforms),
        "value": _render_value(rule.value),
        "otherwise": rule.otherwise,
    }


def _render_names(names: tuple[str, ...]) -> str:
    plain = ", ".join(names)
    return plain if _parse_names(plain) == list(names) else json.dumps(list(names))


def _parse_names(text: str) -> list[str]:
    if text.lstrip().startswith("["):
        found = json.loads(text)
        return found if isinstance(found, list) else [text]
    return [name.strip() for name in text.split(",") if name.strip()]


def _render_value(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def read_rows(visit: Visit) -> list[Row]:
    """Read the rows of a form; a row without a name to fill and without a source is gone."""
    columns = [visit.all_said(name) for name in COLUMNS]
    rows = [
        Row(texts=dict(zip(COLUMNS, texts, strict=True))) for texts in zip(*columns, strict=False)
    ]
    return [row for row in rows if not row.is_empty]


def mapping_of(rows: list[Row], before: Mapping, unmapped: str, country: str) -> Mapping:
    """Make the mapping that a form says. Raises FieldsRefused, naming rules by their number.

    A value that is no text, as a file may give one, stays what it is while nobody changes it.
    """
    values = {one.to: one.value for one in before.rules}
    errors: dict[str, str] = {}
    rules: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        try:
            rules.append(_rule(row.texts, values))
        except (InputError, ValueError) as error:
            errors[f"rules[{number}]"] = Said(UNREADABLE, why=error)
    if errors:
        raise FieldsRefused("the mapping cannot be read", errors)
    whole = {"rules": rules, "unmapped": unmapped, "country": country.strip().upper() or None}
    return parse_mapping(whole)


def _rule(texts: Values[str, str], values: Values[str, Any]) -> dict[str, Any]:
    to, source = texts["to"].strip(), texts["from"].strip()
    rule: dict[str, Any] = {"to": to, "otherwise": texts["otherwise"]}
    if source.startswith("@"):
        rule["attribution"] = source[1:].strip()
    elif source:
        names = _parse_names(source)
        rule["from"] = names[0] if len(names) == 1 else names
    if texts["transforms"].strip():
        rule["transforms"] = parse_transforms(texts["transforms"])
    if texts["value"]:
        kept = values.get(to)
        rule["value"] = kept if _render_value(kept) == texts["value"] else texts["value"]
    return rule


def with_errors(rows: list[Row], error: FieldsRefused) -> tuple[list[Row], list[str]]:
    """Put what is wrong beside its row; answers also what belongs to none."""
    beside: dict[int, list[str]] = {}
    rest: list[str] = []
    for place, said in error.errors.items():
        found = _PLACE.match(place)
        if found:
            beside.setdefault(int(found[1]), []).append(said)
        else:
            rest.append(said)
    return [
        Row(texts=row.texts, errors=beside.get(number, [])) for number, row in enumerate(rows)
    ], rest
