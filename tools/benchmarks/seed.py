"""The seed of a database: SQL that makes leads and deliveries by numbers, for both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.schema import CreateIndex, DropIndex

from collector.domain.words import facet_words
from collector.storage.tables import WORDED, deliveries, events
from tests.postgres import Cluster
from tools.benchmarks.installation import Installed
from tools.benchmarks.many_leads import FIRST_NAMES, LAST_NAMES, NUMBER, YEAR, Arrival, arrivals

SHARES: Final = (50, 25, 12, 6, 3, 2, 1, 1)
"""How many of a hundred leads come to each capture."""
PARKED_OF: Final = 25
"""One of so many leads waits for the third destination, which nobody has resumed."""

_ASCII: Final = str.maketrans({"ü": "u"})
_NUMBERS: Final = {
    "sqlite": (
        "RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT {count})"
    ),
    "postgresql": "numbers AS (SELECT generate_series(1, {count})::bigint AS n)",
}
_ID: Final = {
    "sqlite": "printf('%08x-%04x-7000-8000-%012x', {ms} >> 16, {ms} & 65535, n)",
    "postgresql": (
        "lpad(to_hex({ms} >> 16), 8, '0') || '-' || lpad(to_hex({ms} & 65535), 4, '0')"
        " || '-7000-8000-' || lpad(to_hex(n), 12, '0')"
    ),
}
_LEADS: Final = """
WITH {numbers}
INSERT INTO events (id, event_id, event_type, event_name, source_id, person,
  created_at, received_at, fields, metadata, attribution, evidence, consent, device, marks,
  repeat_key, counted)
SELECT {id}, 'order-' || n, 'lead', 'Lead', c.source_id, {id}, {at}, {at},
  '{{"email":"' || f.ascii || '.' || l.ascii || n || '@example.org","first_name":"' || f.name
    || '","last_name":"' || CASE WHEN n % 1000000 = 5 THEN 'Zuckmayer' ELSE l.name END
    || '","phone":"+49 30 ' || (1000000 + n % 9000000) || '","message":"Please call me back."}}',
  replace(a.metadata, '{number}', n || ''), replace(a.attribution, '{number}', n || ''),
  replace(a.evidence, '{number}', n || ''), 'granted:tcf',
  '{{"class":"desktop","browser":"Chrome","os":"Windows"}}',
  CASE WHEN n % 50 = 3 THEN '{{"spam":"a link"}}' WHEN n % 2000 = 9 THEN '{{"test":"console"}}'
    WHEN n % 500 = 31 THEN '{{"origin":"https://w' || (n % 40) || '.example.net"}}'
    ELSE '{{}}' END, {id}, {worded}
{joined};
"""
_JOINED: Final = """FROM numbers
JOIN seed_captures c ON c.place = n * 7919 % 100
JOIN seed_arrivals a ON a.place = CASE WHEN n % 100000 = 7 THEN 0 ELSE 1 + n * 6151 % {ways} END
JOIN seed_first f ON f.place = n / 3 % {first}
JOIN seed_last l ON l.place = n * 31 % {last}"""
_OWED: Final = """
WITH {numbers}
INSERT INTO deliveries (event, destination_id, state, reason, next_at, created_at, attempts,
  first_try_at, last_outcome, delivered_at)
SELECT {id}, d.id,
  CASE WHEN n % 50 = 3 OR n % 500 = 31 THEN 'held' WHEN d.place = 2 OR n > {count} - 500 THEN
    'ready' WHEN n % 100 = 11 THEN 'refused' WHEN n % 500 = 21 THEN 'expired' ELSE 'delivered' END,
  CASE WHEN n % 50 = 3 THEN 'spam' WHEN n % 500 = 31 THEN 'origin' WHEN n % 100 = 11 THEN
    'http_400' END, {at}, {at},
  CASE WHEN n % 50 = 3 OR n % 500 = 31 OR d.place = 2 OR n > {count} - 500 THEN 0 ELSE 1 END,
  {at}, 'ok', {at}
FROM numbers JOIN seed_destinations d
  ON d.place = 0 OR d.place = 1 AND n % 5 = 0 OR d.place = 2 AND n > {count} - {parked};
INSERT INTO attempts (delivery_id, number, generation, started_at, ended_at, outcome, http_status,
  latency_ms) SELECT id, 1, 1, created_at, created_at + 90000,
  CASE WHEN state = 'delivered' THEN 'ok' ELSE 'refused' END,
  CASE WHEN state = 'delivered' THEN 200 ELSE 400 END, 90 FROM deliveries WHERE attempts = 1;
"""
_DEEDS: Final = """
WITH {numbers}
INSERT INTO audit (at, user_email, deed, subject, details)
SELECT {at}, 'bench@example.com', 'capture.change', 'nobody', '{{}}' FROM numbers
WHERE n > {count} - {parked};
"""
_WORDS: Final = """
WITH {numbers}, leads(at, n, place, source_id, click, first, last) AS (
  SELECT {at}, n, a.place, c.source_id, a.click, f.word,
    CASE WHEN n % 1000000 = 5 THEN 'zuckmayer' ELSE l.word END
  {joined})
INSERT INTO event_words (word, received_at) SELECT DISTINCT word, at FROM (
  SELECT f.word, at FROM leads JOIN seed_facets f
    ON f.arrival = leads.place AND f.source_id = leads.source_id
  UNION ALL SELECT first, at FROM leads
  UNION ALL SELECT last, at FROM leads
  UNION ALL SELECT 'example.org', at FROM leads
  UNION ALL SELECT 'order-' || n, at FROM leads
  UNION ALL SELECT click || n, at FROM leads WHERE click <> ''
  UNION ALL SELECT '~' || reverse('4930' || (1000000 + n % 9000000)), at FROM leads
  UNION ALL SELECT f.ascii || '.' || l.ascii || n || '@example.org', {at} {joined}
) AS words ORDER BY word, at;
"""


def seed_sqlite(found: Installed, count: int, sources: Sequence[str], now: int) -> None:
    """Fill the file of an installation; nothing of it need survive a power cut.

    It gets no statistics (ANALYZE): no installation has any.
    """
    connection = sqlite3.connect(Path(found.database_url.removeprefix("sqlite:///")))
    connection.create_function("reverse", 1, lambda text: text[::-1], deterministic=True)
    try:
        connection.executescript(
            "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;"
            f"BEGIN; {''.join(_script('sqlite', found, count, sources, now))} COMMIT;"
            "PRAGMA journal_mode=WAL;"
        )
    finally:
        connection.close()


def seed_postgresql(
    running: Cluster, found: Installed, count: int, sources: Sequence[str], now: int
) -> None:
    """Fill a database of a cluster; indexes are made when all rows are there."""
    dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
    indexes = [index for table in (events, deliveries) for index in table.indexes]
    drop = [f"{DropIndex(index).compile(dialect=dialect)};" for index in indexes]
    make = [f"{CreateIndex(index).compile(dialect=dialect)};" for index in indexes]
    path = running.folder / "seed.sql"
    path.write_text(
        "\n".join(
            [
                "SET session_replication_role = replica; SET maintenance_work_mem = '400MB';",
                *drop,
                *_script("postgresql", found, count, sources, now),
                *make,
                "VACUUM (ANALYZE);",
            ]
        )
    )
    running.sql("ALTER SYSTEM SET max_wal_size = '8GB'")
    running.sql("SELECT pg_reload_conf()")
    running.run(
        "psql",
        "-h",
        str(running.folder),
        "-U",
        "postgres",
        "-qf",
        str(path),
        "-v",
        "ON_ERROR_STOP=1",
        urlsplit(found.database_url).path[1:],
    )


def _script(
    dialect: str, found: Installed, count: int, sources: Sequence[str], now: int
) -> Iterator[str]:
    came = list(arrivals())
    yield from _tables(found, sources, came)
    at = f"({now - YEAR} + n * {YEAR // count})"
    values = {
        "count": count,
        "number": NUMBER,
        "at": at,
        "id": _ID[dialect].format(ms=f"({at} / 1000)"),
        "numbers": _NUMBERS[dialect].format(count=count),
        "ways": len(came) - 1,
        "first": len(FIRST_NAMES),
        "last": len(LAST_NAMES),
        "worded": WORDED,
        "parked": count // PARKED_OF,
    }
    values["joined"] = _JOINED.format(**values)
    yield from (text.format(**values) for text in (_LEADS, _OWED, _DEEDS, _WORDS))


def _tables(found: Installed, sources: Sequence[str], came: Sequence[Arrival]) -> Iterator[str]:
    """Write the tables that leads are put together from."""
    places = [source for source, share in zip(sources, SHARES, strict=True) for _ in range(share)]
    yield _table("seed_captures", "source_id", [(one,) for one in places])
    yield _table("seed_destinations", "id", [(one,) for one in found.destinations])
    for table, names in (("seed_first", FIRST_NAMES), ("seed_last", LAST_NAMES)):
        rows = [(one, one.lower(), one.lower().translate(_ASCII)) for one in names]
        yield _table(table, "name, word, ascii", rows)
    yield _table(
        "seed_arrivals",
        "metadata, attribution, evidence, click",
        [(one.metadata, one.attribution, one.evidence, one.click) for one in came],
    )
    facets = [
        (str(place), source, word)
        for place, one in enumerate(came)
        for source in sources
        for word in facet_words(msgspec.structs.replace(one.glance, source_id=source))
    ]
    yield _table("seed_facets", "arrival_text, source_id, word", facets)
    yield (
        "ALTER TABLE seed_facets ADD COLUMN arrival INTEGER;"
        "UPDATE seed_facets SET arrival = CAST(arrival_text AS INTEGER);"
        "CREATE INDEX seed_facets_of ON seed_facets (arrival, source_id);"
    )


def _table(name: str, columns: str, rows: Sequence[tuple[str, ...]]) -> str:
    """Write a temporary table whose rows are found by their place."""
    lines = [
        f"({place}, {', '.join(_quoted(value) for value in row)})"
        for place, row in enumerate(rows)
    ]
    typed = ", ".join(f"{column} TEXT" for column in columns.split(", "))
    made = f"CREATE TEMPORARY TABLE {name} (place INTEGER PRIMARY KEY, {typed});"
    return f"{made} INSERT INTO {name} VALUES {', '.join(lines)};"  # noqa: S608  (our own values)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
