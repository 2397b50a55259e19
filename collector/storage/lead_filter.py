"""Which leads a list shows, and where in it a page begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import RowMapping

from collector.domain.glance import Glance
from collector.domain.words import matches, parse_search
from collector.storage.lead_rows import searched_of

TABS: Final = ("all", "failed", "spam", "test")


class Place(NamedTuple):
    """Where a page begins: after this lead, newest first."""

    received_at: int
    id: str


NEWEST: Final = Place(2**62, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    """Which leads. `source_ids` of None are all; `search` holds beginnings of words.

    `click` names a click id. The tab `every` has those of all others, spam and tests too.
    """

    source_ids: tuple[str, ...] | None = None
    tab: str = "all"
    since: int | None = None
    until: int | None = None
    channel: str | None = None
    source: str | None = None
    campaign: str | None = None
    page: str | None = None
    click: str | None = None
    search: str = ""

    def takes(self, lead: Glance, row: RowMapping) -> bool:
        """Judge what the index does not tell."""
        return (
            self._takes_marks(lead)
            and (self.tab != "failed" or row["failures"] > 0)
            and self._takes_days(lead)
            and (self.source_ids is None or lead.source_id in self.source_ids)
            and all(wanted is None or wanted == found for wanted, found in self._asked(lead))
            and (self.click is None or self.click in lead.click_ids)
            and (not self.search or matches(parse_search(self.search), searched_of(row)))
        )

    def _takes_marks(self, lead: Glance) -> bool:
        hidden = not {"spam", "test"}.isdisjoint(lead.marks)
        by_mark = self.tab in lead.marks if self.tab in ("spam", "test") else not hidden
        return by_mark or self.tab in ("failed", "every")

    def _takes_days(self, lead: Glance) -> bool:
        return (self.since is None or lead.received_at >= self.since) and (
            self.until is None or lead.received_at < self.until
        )

    def _asked(self, lead: Glance) -> tuple[tuple[str | None, str], ...]:
        return (
            (self.channel, lead.channel),
            (self.source, lead.source),
            (self.campaign, lead.campaign),
            (self.page, lead.page),
        )
