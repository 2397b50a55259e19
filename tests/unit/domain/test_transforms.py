from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.faults import ValueRefused
from collector.domain.transforms import Transform

_decoder: Any = msgspec.json.Decoder(Transform)


def parse(**said: Any) -> Any:
    return _decoder.decode(msgspec.json.encode(said))


TABLE: dict[str, Any] = {"Herr": "mr", "Frau": "ms", "1": 1, "ja": True}

WORKS: list[tuple[dict[str, Any], Any, Any]] = [
    ({"do": "trim"}, "  a b ", "a b"),
    ({"do": "trim"}, [" a", "b "], ["a", "b"]),
    ({"do": "trim"}, 42, "42"),
    ({"do": "case", "to": "lower"}, "ÄPFEL", "äpfel"),
    ({"do": "case", "to": "upper"}, "straße", "STRASSE"),
    ({"do": "case", "to": "title"}, "ada VON lovelace", "Ada Von Lovelace"),
    ({"do": "case", "to": "title"}, "hans-peter o'neil", "Hans-Peter O'Neil"),
    ({"do": "case", "to": "title"}, "it's", "It's"),
    ({"do": "join"}, ["Ada", "", " Lovelace "], "Ada Lovelace"),
    ({"do": "join", "separator": ", "}, ["a", 1], "a, 1"),
    ({"do": "join"}, "alone", "alone"),
    ({"do": "split", "separator": ";"}, "a; b;c", "a"),
    ({"do": "split", "separator": ";", "part": 2}, "a; b;c", "b"),
    ({"do": "split", "separator": ";", "part": -1}, "a; b;c", "c"),
    ({"do": "split", "separator": ";", "part": 4}, "a; b;c", None),
    ({"do": "split", "separator": ";", "part": -4}, "a; b;c", None),
    ({"do": "name_part", "part": "first"}, "Ada Lovelace", "Ada"),
    ({"do": "name_part", "part": "last"}, "Ada Lovelace", "Lovelace"),
    ({"do": "name_part", "part": "last"}, "Ada", None),
    ({"do": "phone", "country": "DE"}, "030 / 90 18 20", "+4930901820"),
    ({"do": "phone"}, "+44 20 7946 0958", "+442079460958"),
    ({"do": "date", "formats": ["DD.MM.YYYY"]}, "3.2.2026", "2026-02-03"),
    ({"do": "date", "formats": ["DD.MM.YYYY", "MM/DD/YYYY"]}, "02/03/2026", "2026-02-03"),
    ({"do": "date", "formats": ["YYYYMMDD"]}, "20260203", "2026-02-03"),
    ({"do": "number", "decimal": ","}, "1.234,50", 1234.5),
    ({"do": "number"}, "1,234.50", 1234.5),
    ({"do": "number", "decimal": ","}, "1 234", 1234),
    ({"do": "number"}, 5, 5),
    ({"do": "choice", "table": TABLE}, " herr ", "mr"),
    ({"do": "choice", "table": TABLE}, "JA", True),
    ({"do": "choice", "table": TABLE}, ["Herr", "Frau"], ["mr", "ms"]),
    ({"do": "choice", "table": TABLE}, 1, 1),
    ({"do": "choice", "table": TABLE, "otherwise": "keep"}, "Divers", "Divers"),
    ({"do": "choice", "table": TABLE, "otherwise": "drop"}, "Divers", None),
]


@pytest.mark.parametrize(("said", "value", "expected"), WORKS)
def test_a_transform_does_its_work(said: dict[str, Any], value: Any, expected: Any) -> None:
    transform = parse(**said)
    assert transform.apply(value) == expected
    assert transform.step()(value) == expected
    assert list(transform.problems()) == []


@pytest.mark.parametrize(
    ("said", "value", "fault"),
    [
        ({"do": "trim"}, {"a": 1}, "text"),
        ({"do": "phone"}, "0171 1234567", "phone_country"),
        ({"do": "date", "formats": ["DD.MM.YYYY"]}, "31.02.2026", "date"),
        ({"do": "date", "formats": ["DD.MM.YYYY"]}, "2026-02-03", "date"),
        ({"do": "date", "formats": ["DD.MM.YYYY"]}, "3x2x2026", "date"),
        ({"do": "number", "decimal": ","}, "1,2,3", "number"),
        ({"do": "choice", "table": TABLE}, "Divers", "choice"),
        ({"do": "choice", "table": TABLE}, ["Herr", "Divers"], "choice"),
    ],
)
def test_what_it_cannot_do_is_a_word(said: dict[str, Any], value: Any, fault: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        parse(**said).apply(value)
    assert caught.value.fault == fault


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"do": "split", "separator": ";", "part": 0}, "counts from 1"),
        ({"do": "split", "separator": ""}, "empty"),
        ({"do": "phone", "country": "Germany"}, "ISO 3166-1"),
        ({"do": "date", "formats": []}, "DD.MM.YYYY"),
        ({"do": "date", "formats": ["DD.MM"]}, "once each"),
        ({"do": "date", "formats": ["DD.MM.YYYY DD"]}, "once each"),
        ({"do": "choice", "table": {}}, "empty"),
    ],
)
def test_what_cannot_be_meant_is_a_problem(said: dict[str, Any], problem: str) -> None:
    [found] = parse(**said).problems()
    assert problem in found


@pytest.mark.parametrize(
    "said",
    [
        {"do": "shout"},
        {"to": "lower"},
        {"do": "case", "to": "camel"},
        {"do": "trim", "left": True},
    ],
)
def test_what_is_not_in_the_notation_is_no_transform(said: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        parse(**said)
