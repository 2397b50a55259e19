"""What can be wrong with one value: stable words, each with the text its sender reads.

The texts never quote the value: they stand in attempts and answers, where it has no business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from collector.domain.errors import InputError
from collector.domain.said import Said

FAULTS: Final = {
    "missing": "Please fill this in.",
    "text": "This is not a text.",
    "email": "This is not an e-mail address.",
    "phone": "This is not a phone number.",
    "phone_country": "This number needs the code of its country, such as +49.",
    "number": "This is not a number.",
    "boolean": "This is neither yes nor no.",
    "date": "This is not a date.",
    "choice": "This is not one of the choices.",
    "too_short": "This is too short.",
    "too_long": "This is too long.",
    "too_small": "This number is too small.",
    "too_large": "This number is too large.",
}
"""The words; pages translate the texts (`templates/public/_faults.html`)."""

EXPECTED: Final = {
    "missing": "a value",
    "text": "a text",
    "email": "an e-mail address",
    "phone": "a phone number",
    "phone_country": "a phone number with the code of its country, such as +49",
    "number": "a number",
    "boolean": "yes or no",
    "date": "a date such as 2026-11-24",
    "choice": "one of the field's choices",
    "too_short": "a longer text",
    "too_long": "a shorter text",
    "too_small": "a larger number",
    "too_large": "a smaller number",
}
"""The same for programs: what would have been right."""


Faults = Mapping[str, str]
"""Words of what is wrong, by the name of the field."""


class ValueRefused(InputError):
    """A value is not what its field takes; `fault` is a word of `FAULTS`."""

    code = "value"

    def __init__(self, fault: str) -> None:
        super().__init__(Said(FAULTS[fault]))
        self.fault = fault
