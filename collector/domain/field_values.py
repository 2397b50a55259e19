"""How each type of field reads a value: a table from type to reader.

A reader gives the value as it is stored and sent, or raises ValueRefused. What is empty never
comes here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from collector.domain.faults import ValueRefused
from collector.domain.fields import Field

Read = Callable[[Any], Any]

MAX_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3, less its angle brackets."""
_MAX_PHONE = 64
_SHORTEST_E164 = len("+4912345")
_MAX_NUMBER = 30

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?", re.ASCII)
_YES_WORDS, _NO_WORDS = "true yes y on 1 ja j wahr checked x", "false no n off 0 nein falsch"
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: null, an empty list, a text of nothing but space."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], {})


def text_of(value: Any) -> str:
    """Write a scalar, or a list of scalars, as text. Raises ValueRefused."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in value if not is_empty(item))
    raise ValueRefused("text")


def read_email(value: Any) -> str:
    """Read an e-mail address (RFC 5321, RFC 6531); its domain is not looked up."""
    if not isinstance(value, str) or len(value) > 2 * MAX_EMAIL:
        raise ValueRefused("email")
    try:
        return validate_email(value.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueRefused("email") from None


def read_phone(value: Any, country: str | None = None) -> str:
    """Read a phone number into E.164; without a country it must begin with `+` and its code."""
    text = text_of(value).strip()
    if len(text) > _MAX_PHONE:
        raise ValueRefused("phone")
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        unknown = error.error_type == error.INVALID_COUNTRY_CODE
        lacks = unknown and country is None and not text.startswith("+")
        raise ValueRefused("phone_country" if lacks else "phone") from None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if len(written) < _SHORTEST_E164 or not phonenumbers.is_possible_number(number):
        raise ValueRefused("phone")
    return written


def read_number(value: Any) -> int | float:
    """Read a number with a decimal point, `1234.5`; a whole one stays whole."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > _MAX_NUMBER or _NUMBER.fullmatch(text) is None:
        raise ValueRefused("number")
    whole = text.lstrip("+-")
    return int(text) if whole.isdigit() and len(whole) <= 18 else float(text)  # noqa: PLR2004  (64 bits)


def read_boolean(value: Any) -> bool:
    """Read yes or no, in English, German, or as a browser sends a ticked box."""
    if isinstance(value, bool):
        return value
    word = text_of(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueRefused("boolean")
    return word in _YES


def read_date(value: Any) -> str:
    """Read a date as ISO 8601 has it, `2026-11-24`; a time of day behind it is dropped."""
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueRefused("date")
    try:
        return date.fromisoformat(found[1]).isoformat()
    except ValueError:
        raise ValueRefused("date") from None


def read_choice(value: Any, by_key: Mapping[str, str]) -> Any:
    """Read one of the choices, whatever its case; of a list, each."""
    if isinstance(value, list):
        return [read_choice(item, by_key) for item in value]
    key = choice_key(text_of(value))
    if key not in by_key:
        raise ValueRefused("choice")
    return by_key[key]


def choice_key(text: str) -> str:
    """Fold what does not tell choices apart: case, and space around them."""
    return text.strip().casefold()


_PLAIN: Final[Mapping[str, Read]] = {
    "text": text_of,
    "email": read_email,
    "number": read_number,
    "boolean": read_boolean,
    "date": read_date,
}


def reader_of(field: Field, country: str | None = None) -> Read:
    """Give what reads the values of a field; `country` (ISO 3166-1) is where a phone rings."""
    if field.type == "phone":
        return partial(read_phone, country=country)
    if field.type == "choice":
        return partial(
            read_choice, by_key={choice_key(choice): choice for choice in field.choices}
        )
    return _PLAIN[field.type]


def is_country(code: str) -> bool:
    """Whether phone numbers of a country can be read, by its ISO 3166-1 code."""
    return code in phonenumbers.SUPPORTED_REGIONS
