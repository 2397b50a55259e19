"""UUIDv7 (RFC 9562, section 5.7): our ids sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

RANDOM_BYTES = 10
"""How many random bytes one id takes."""


def uuid7(now: int, random: bytes) -> str:
    """Make an id from a time in microseconds and 10 random bytes."""
    value = (now // 1000 & (1 << 48) - 1) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def parse_uuid(text: str) -> str | None:
    """Read a UUID in any usual spelling into its canonical one; None when it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return None
