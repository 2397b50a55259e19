"""Millions of leads with what they owe, made inside the database: none passes through Python.

A year of leads, each a little after the one before, over captures, campaigns, pages, names and
states; what a lead came with is one of `arrivals`, its own numbers are put into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from collector.domain.consent import Consent
from collector.domain.glance import Glance
from collector.domain.json_values import encode_json
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.receipt import render_evidence
from collector.domain.times import DAY
from collector.storage.lead_rows import glance_of

SITE: Final = "https://www.example.com"
NUMBER: Final = "NUMBERNUMBER"
"""Stands in click ids for the lead's own number."""

YEAR: Final = 365 * DAY
AT: Final = 1_763_950_500_000_000
FIRST_NAMES: Final = ("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hannes", "Ida")
LAST_NAMES: Final = tuple(
    f"{front}{back}"
    for front, back in product(
        ("Alt", "Berg", "Brand", "Eich", "Feld", "Gold", "Hof", "Kirch", "Lind", "Stein", "Wald"),
        ("acker", "bauer", "berger", "hofer", "mann", "müller", "rath", "scheid", "thal", "weber"),
    )
)
_PAGES: Final = tuple(f"/{name}" for name in ("", "offer", "garden", "heat-pumps", "contact"))
_CAMPAIGNS: Final = tuple(f"{name}-{year}" for name in ("spring", "brand") for year in range(20))
_WAYS: Final = (
    ("utm_source=google&utm_medium=cpc&utm_campaign={campaign}&gclid=Cj0" + NUMBER, ""),
    ("utm_source=google&utm_medium=cpc&utm_campaign={campaign}&gclid=EAI" + NUMBER, ""),
    ("utm_source=facebook&utm_medium=paid_social&utm_campaign={campaign}&fbclid=IwA" + NUMBER, ""),
    ("utm_source=news&utm_medium=email&utm_campaign={campaign}", ""),
    ("", "https://www.google.com/"),
    ("", "https://blog.example.org/post"),
    ("", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What leads of one way, campaign and page came with, as an event's columns hold it."""

    metadata: str
    attribution: str
    evidence: str
    glance: Glance

    @property
    def click(self) -> str:
        """How the word of its click id begins, before the lead's number."""
        found = self.glance.click_ids
        return (
            json.loads(self.metadata)[found[0]].lower().removesuffix(NUMBER.lower())
            if found
            else ""
        )


def arrivals() -> Iterator[Arrival]:
    """Conclude each way once, by the rules that conclude a lead."""
    rules = Rules(own_domains=frozenset({"example.com"}))
    for (query, referrer), campaign, page in product(_WAYS, _CAMPAIGNS, _PAGES):
        url = f"{SITE}{page}{'?' if query else ''}{query.format(campaign=campaign)}"
        evidence = Evidence(
            at=AT, page=url, referrer=referrer, consent=Consent(state="granted", by="tcf")
        )
        concluded = conclude(evidence, rules)
        columns = {
            "metadata": encode_json(concluded.metadata),
            "attribution": encode_json(concluded.attribution),
            "evidence": render_evidence(evidence),
        }
        plain = dict.fromkeys(("id", "source_id", "event_type"), "") | {"received_at": AT}
        row: Any = columns | plain | {"fields": "{}", "marks": "{}"}
        yield Arrival(**columns, glance=glance_of(row))
