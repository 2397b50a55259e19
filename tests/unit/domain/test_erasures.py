from __future__ import annotations

import pytest

from collector.domain.erasures import Erasures, parse_erasures
from collector.domain.errors import InputError

ID = "01990000-0000-7000-8000-000000000001"


def test_ids_and_addresses_are_read_whatever_stands_behind_them() -> None:
    text = f"# ours\n\n{ID.upper()}  2026-11-24T02:15:00.000Z\nada@example.com # by phone\n"
    assert parse_erasures(text) == Erasures([ID], ["ada@example.com"])


@pytest.mark.parametrize("line", ["Lovelace", "@", "0199"])
def test_a_line_that_says_nobody_is_an_error_that_does_not_repeat_it(line: str) -> None:
    with pytest.raises(InputError) as failed:
        parse_erasures(f"{ID}\n{line}\n")
    assert str(failed.value) == "line 2 of the list is neither an id nor an e-mail address"
