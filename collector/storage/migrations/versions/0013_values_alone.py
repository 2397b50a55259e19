"""Roll up each dimension by itself, by day and by month."""

from __future__ import annotations

from collections import Counter
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_DIMENSIONS = ("channel", "source", "medium", "campaign", "landing_page")
_SUMS = ("touches", "decided", "first", "last", "last_paid", "click_ids")
_KEYS = ("dimension", "span", "begins", "source_id", "value")
_COUNTED = ("touches", "first", "last", "last_paid")


def upgrade() -> None:
    """Roll up each dimension by itself, by day and by month.

    What was counted until now is taken over; contents, terms and click ids were not.
    """
    table = op.create_table(
        "value_counts",
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint(*_KEYS, name=op.f("pk_value_counts")),
        sqlite_with_rowid=False,
    )
    for dimension in _DIMENSIONS:
        _take_over(table, dimension)


def _take_over(table: sa.Table, dimension: str) -> None:
    names = (dimension, "day", "source_id", *_COUNTED)
    counted = sa.table("daily_counts", *(sa.column(name) for name in names)).c
    keys = (counted.day, counted.source_id, counted[dimension])
    sums = [sa.func.sum(counted[name]) for name in _COUNTED]
    months: dict[tuple[int, str, str], Counter[str]] = {}
    rows = []
    for day, source_id, value, *found in op.get_bind().execute(
        sa.select(*keys, *sums).group_by(*keys)
    ):
        touches, first, last, last_paid = map(int, found)
        sums_of = {"touches": touches, "first": first, "last": last, "last_paid": last_paid}
        sums_of |= {"decided": last, "click_ids": 0}
        rows.append(_row(dimension, "day", (day, source_id, value)) | sums_of)
        month = day - date.fromordinal(date(1970, 1, 1).toordinal() + day).day + 1
        months.setdefault((month, source_id, value), Counter(dict.fromkeys(_SUMS, 0))).update(
            sums_of
        )
    rows += [_row(dimension, "month", key) | dict(found) for key, found in months.items()]
    op.bulk_insert(table, rows)


def _row(dimension: str, span: str, key: tuple[int, str, str]) -> dict[str, object]:
    return dict(zip(_KEYS, (dimension, span, *key), strict=True))
