from __future__ import annotations

from datetime import UTC

import pytest
from jinja2 import Environment

from collector.domain.times import HOUR, MINUTE, parse_time
from collector.web.formats import filters, find_zone

AT = parse_time("2026-11-24T23:15:07Z")
BERLIN = "Europe/Berlin"


def written(language: str, text: str, zone: str = "", **values: object) -> str:
    environment = Environment(autoescape=True)
    environment.filters.update(filters(language))
    found = environment.from_string(f"{{{{ {text} }}}}").render(zone=find_zone(zone), **values)
    return found.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "at | day", ">25 November 2026<"),
        ("de", "at | day", ">25. November 2026<"),
        ("en", "at | minute", ">25 Nov 2026, 00:15<"),
        ("de", "at | minute", ">25.11.2026, 00:15<"),
        ("de", "at | clock", ">00:15:07<"),
        ("en", "at | minute", '"2026-11-25T00:15:07+01:00"'),
        ("en", "12345.6 | number", "12,345.6"),
        ("de", "12345.6 | number", "12.345,6"),
        ("en", "0.982 | percent", "98.2%"),
        ("de", "0.982 | percent", "98,2 %"),
        ("de", "1234 | milliseconds", "1,2 s"),
        ("en", "214 | milliseconds", "214 ms"),
        ("en", "none | milliseconds", "-"),
        ("en", "0 | size", "0 B"),
        ("en", "1023 | size", "1,023 B"),
        ("de", "1572864 | size", "1,5 MiB"),
        ("en", "at | ago", ">3 hours ago<"),
        ("de", "at | ago", ">vor 3 Stunden<"),
        ("de", "late | ago", ">in 4 Minuten<"),
        ("en", "now | ago", ">1 second ago<"),
        ("de", "now | ago", ">vor 1 Sekunde<"),
        ("en", "(now + 1) | ago", ">in 1 second<"),
    ],
)
def test_everything_is_written_as_people_write_it(language: str, text: str, expected: str) -> None:
    now = AT + 3 * HOUR
    assert expected in written(language, text, BERLIN, at=AT, now=now, late=now + 4 * MINUTE)


@pytest.mark.parametrize("name", ["", "Nowhere/City", "../etc/passwd", "/etc", "a\0b", "ö"])
def test_a_zone_that_does_not_exist_is_utc(name: str) -> None:
    assert find_zone(name) is UTC
