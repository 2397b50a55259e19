"""What a report is by and of which days: whole ones in UTC, as roll-ups count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from collector.domain.errors import InputError
from collector.domain.tally import ALONE, month_end
from collector.domain.times import DAY, render_day
from collector.storage.reports import ReportFilter
from collector.web.console.visit import Visit

DESTINATION: Final = "destination"
BY: Final = (*ALONE, DESTINATION)
"""What a report may be by."""
PRESETS: Final = {"7d": 7, "28d": 28, "90d": 90}
MOST_DAYS: Final = 366

_EPOCH: Final = date(1970, 1, 1)
_BETWEEN: Final = ".."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDays:
    """Days since 1970-01-01, both ends included; `name` is how an address calls them.

    `lasting`: the last day is today, so that nothing is counted after it yet.
    """

    name: str
    since: int
    until: int
    lasting: bool = False

    @property
    def count(self) -> int:
        """How many days these are."""
        return self.until - self.since + 1

    @property
    def before(self) -> ReportDays:
        """As many days, just before."""
        since = self.since - self.count
        return ReportDays(name="", since=since, until=self.since - 1)

    @property
    def written(self) -> str:
        """Write them by their dates: so they mean the same in lists and tomorrow."""
        return _BETWEEN.join(map(render_day, (self.since, self.until)))

    @property
    def begins_at(self) -> int:
        """When they begin, microseconds UTC."""
        return self.since * DAY

    @property
    def ends_at(self) -> int:
        """When they are over."""
        return (self.until + 1) * DAY

    def filter(self, source_ids: tuple[str, ...] | None) -> ReportFilter:
        """Ask for these days of some captures; what lasts, to the end of its month.

        Days to come hold nothing, and a whole month is read quicker than the days of a part.
        """
        until = month_end(self.until) if self.lasting else self.until
        return ReportFilter(since=self.since, until=until, source_ids=source_ids)


def report_days(visit: Visit, default: str = "28d") -> ReportDays:
    """Read `from` and `to`, else `range`, of the address. Raises InputError."""
    today = visit.now // DAY
    begins, ends = visit.asked("from"), visit.asked("to")
    if begins or ends:
        return _own(f"{begins}{_BETWEEN}{ends or render_day(today)}", today)
    name = visit.asked("range") or default
    if _BETWEEN in name:
        return _own(name, today)
    if name not in PRESETS:
        raise InputError(
            f"range is one of {', '.join(PRESETS)}, or 2026-10-01..2026-10-31", field="range"
        )
    return ReportDays(name=name, since=today - PRESETS[name] + 1, until=today, lasting=True)


def parse_days(text: str, today: int) -> ReportDays | None:
    """Read days written by their dates; None where the text is none. Raises InputError."""
    return _own(text, today) if _BETWEEN in text else None


def _own(text: str, today: int) -> ReportDays:
    begins, _, ends = text.partition(_BETWEEN)
    try:
        since, until = ((date.fromisoformat(one) - _EPOCH).days for one in (begins, ends))
    except ValueError as error:
        raise InputError("write both days, as 2026-10-01", field="range") from error
    if not 0 <= until - since < MOST_DAYS:
        raise InputError(
            f"the last day comes after the first, {MOST_DAYS} days at the most", field="range"
        )
    days = ReportDays(name="own", since=since, until=until)
    return ReportDays(name=days.written, since=since, until=until, lasting=until >= today)
