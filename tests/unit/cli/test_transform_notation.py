from __future__ import annotations

from typing import Any

import pytest

from collector.cli.transform_notation import parse_transform
from collector.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trim", {"do": "trim"}),
        ("case:title", {"do": "case", "to": "title"}),
        ("join:, ", {"do": "join", "separator": ", "}),
        ("name_part:first", {"do": "name_part", "part": "first"}),
        ("phone:DE", {"do": "phone", "country": "DE"}),
        ("date:DD.MM.YYYY|YYYY/MM/DD", {"do": "date", "formats": ["DD.MM.YYYY", "YYYY/MM/DD"]}),
        ("number:,", {"do": "number", "decimal": ","}),
        (
            '{"do": "choice", "table": {"a": "b"}}',
            {"do": "choice", "table": {"a": "b"}},
        ),
    ],
)
def test_a_transform_is_written_short_or_as_json(text: str, expected: dict[str, Any]) -> None:
    assert parse_transform(text) == expected


@pytest.mark.parametrize(("text", "said"), [("choice:a=b", "as JSON"), ("{", "Expecting")])
def test_what_is_neither_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_transform(text)
