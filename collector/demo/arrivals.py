"""Ways to arrive at the demo site, as the links in ads and mails would have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where a visitor comes from, and the path and query that the link there holds."""

    label: str
    target: str


ARRIVALS: Final = (
    Arrival(
        label="a Google ad",
        target="/?utm_source=google&utm_medium=cpc&utm_campaign=spring&utm_term=heat+pump"
        "&utm_content=headline-a&gclid=Cj0KCQiAxsynBhDWARIsAP2P4k_R3tq-Y7",
    ),
    Arrival(
        label="a Facebook ad",
        target="/spring?utm_source=facebook&utm_medium=paid_social&utm_campaign=spring"
        "&fbclid=IwZXh0bgNhZW0BMABhZGlkAasXkV9",
    ),
    Arrival(
        label="the newsletter",
        target="/spring?utm_source=newsletter&utm_medium=email&utm_campaign=march-tips",
    ),
)
