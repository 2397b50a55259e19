from __future__ import annotations

import pytest

from collector.domain.check_code import LIFETIME, CheckCodes
from collector.domain.times import SECOND

NOW = 1_795_486_500_000_000
OLD, NEW = "o" * 40, "n" * 40


def test_a_code_makes_tests_for_its_capture_for_half_an_hour() -> None:
    codes = CheckCodes([NEW])
    code, expires_at = codes.make("s1", NOW)
    assert expires_at == NOW + LIFETIME
    assert codes.refusal(code, "s1", NOW) is None
    assert codes.refusal(code, "s1", expires_at) is None
    assert codes.refusal(code, "s1", expires_at + SECOND) == "expired"


def test_a_code_of_another_capture_is_none() -> None:
    codes = CheckCodes([NEW])
    code, _ = codes.make("s1", NOW)
    assert codes.refusal(code, "s2", NOW) == "invalid"


def test_a_rotated_key_still_verifies_and_a_retired_one_does_not() -> None:
    code, _ = CheckCodes([OLD]).make("s1", NOW)
    assert CheckCodes([NEW, OLD]).refusal(code, "s1", NOW) is None
    assert CheckCodes([NEW]).refusal(code, "s1", NOW) == "invalid"


@pytest.mark.parametrize(
    "code", ["", "-", "1", "abc-def", "9" * 5000, "1795488300-", "１-x", "-1-x"]
)
def test_what_is_no_code_is_invalid(code: str) -> None:
    assert CheckCodes([NEW]).refusal(code, "s1", NOW) == "invalid"


def test_a_code_cannot_be_made_to_last_longer() -> None:
    codes = CheckCodes([NEW])
    expires, _, signature = codes.make("s1", NOW)[0].partition("-")
    assert codes.refusal(f"{int(expires) + 60}-{signature}", "s1", NOW) == "invalid"
