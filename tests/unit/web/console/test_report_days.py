from __future__ import annotations

from datetime import date

from collector.web.console.report_days import ReportDays


def days(since: str, until: str, *, lasting: bool = False) -> ReportDays:
    numbers = (date.fromisoformat(one).toordinal() - 719_163 for one in (since, until))
    since_day, until_day = numbers
    return ReportDays(name="own", since=since_day, until=until_day, lasting=lasting)


def test_days_that_last_are_read_to_the_end_of_their_month() -> None:
    month = days("2026-11-01", "2026-11-30")
    assert days("2026-11-01", "2026-11-24", lasting=True).filter(None) == month.filter(None)
    assert days("2026-11-01", "2026-11-24").filter(None) != month.filter(None)


def test_the_days_before_are_as_many_and_over() -> None:
    before = days("2026-11-01", "2026-11-24", lasting=True).before
    assert before.filter(None) == days("2026-10-08", "2026-10-31").filter(None)
