from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.errors import InputError
from collector.domain.transform_notation import (
    parse_transform,
    parse_transforms,
    render_transforms,
)
from collector.domain.transforms import Transform


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


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ([{"do": "trim"}, {"do": "case", "to": "title"}], "trim; case:title"),
        ([{"do": "join"}], "join"),
        ([{"do": "join", "separator": ", "}], "join:, "),
        ([{"do": "date", "formats": ["DD.MM.YYYY", "YYYY-MM-DD"]}], "date:DD.MM.YYYY|YYYY-MM-DD"),
        ([], ""),
    ],
)
def test_transforms_are_written_as_they_are_read(plain: list[Any], text: str) -> None:
    transforms = msgspec.convert(plain, tuple[Transform, ...])
    assert render_transforms(transforms) == text
    assert parse_transforms(text) == plain


def test_what_has_no_short_form_is_written_as_json() -> None:
    plain = [{"do": "split", "separator": ";", "part": 2}]
    text = render_transforms(msgspec.convert(plain, tuple[Transform, ...]))
    assert parse_transforms(text) == plain
    with pytest.raises(InputError):
        parse_transforms("[{")
