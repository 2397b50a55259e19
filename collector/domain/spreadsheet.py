"""Cells for spreadsheets: what a visitor wrote is never run as a formula."""

from __future__ import annotations

from typing import Any


def harmless(value: Any) -> str:
    """Keep spreadsheets from running a cell that a visitor wrote (OWASP ASVS 5.0, 1.2.10).

    A phone number such as +49 30 901820 stays as it is.
    """
    text = "" if value is None else str(value)
    risky = text[:1] in ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
    is_number = text[:1] in "+-" and text[1:].replace(" ", "").replace(".", "").isdigit()
    return f"'{text}" if risky and not is_number else text
