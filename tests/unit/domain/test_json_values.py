from __future__ import annotations

import pytest

from collector.domain.errors import NotJson, TooComplex
from collector.domain.json_values import clean_json, clean_text, decode_json, encode_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": "b"}', {"a": "b"}),
        (b'"\\u0000"', "\x00"),
        (b'"\\ud800"', "\ud800"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"123456789012345678901234567890", "123456789012345678901234567890"),
        (b"[1e999, -1e999, 1e3]", ["1e999", "-1e999", 1000.0]),
        (b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', "[" * 41),
        (b"[" * 32 + b"]" * 32, [[]]),
        (b"[" + b"[{}]," * 40 + b"0]", [*([[{}]] * 40), 0]),
    ],
    ids=[
        "an object",
        "a byte order mark",
        "NUL",
        "a lone surrogate",
        "a duplicate key: the last counts",
        "a number no database keeps becomes its digits",
        "a number no float holds becomes its digits",
        "brackets in a text are no nesting",
        "depth 32 is allowed",
        "many brackets side by side are no depth",
    ],
)
def test_json_of_every_shape_is_read(body: bytes, value: object) -> None:
    found = decode_json(body)
    if value == [[]]:
        assert str(found).count("[") == 32
    else:
        assert found == value


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", NotJson),
        (b"{", NotJson),
        (b"NaN", NotJson),
        (b"[Infinity]", NotJson),
        (b"\xff\xfe", NotJson),
        (b"[" * 33 + b"]" * 33, TooComplex),
        (b"[" * 100_000, TooComplex),
        (b'{"a":' * 100_000, TooComplex),
    ],
    ids=["nothing", "half", "NaN", "Infinity", "no UTF-8", "depth 33", "100,000 lists", "objects"],
)
def test_what_is_no_json_or_too_deep_is_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode_json(body)


def test_a_name_that_stands_twice_in_one_object_is_refused_where_it_matters() -> None:
    twice = b'{"a": {"email": 1, "n": 2, "email": 3}}'
    assert decode_json(twice) == {"a": {"email": 3, "n": 2}}
    with pytest.raises(NotJson, match="'email' stands twice"):
        decode_json(twice, unique_names=True)
    fine = b'{"a": {"a": [{"a": 1}, {"a": 1}]}}'
    assert decode_json(fine, unique_names=True) == {"a": {"a": [{"a": 1}, {"a": 1}]}}


def test_what_no_database_keeps_is_replaced() -> None:
    value = {"a\x00": ["\ud800x", None, True], "b": 1.5}
    assert clean_json(value) == {"a\ufffd": ["\ufffdx", None, True], "b": 1.5}
    assert clean_text("plain ü 🙂") == "plain ü 🙂"


def test_json_is_written_without_spaces() -> None:
    assert encode_json({"a": [1, "ü"], "b": None}) == '{"a":[1,"ü"],"b":null}'
