"""The tables. Times are microseconds and JSON is text: rows pass no per-value conversion."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_row_number = BigInteger().with_variant(Integer, "sqlite")
"""A counted key: SQLite counts only columns that are exactly INTEGER PRIMARY KEY."""


def _partial(name: str, *columns: str, only: str) -> Index:
    """Make an index of the rows that meet a condition; statements must write the same one out."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


captures = Table(
    "captures",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("origins", Text, nullable=False),
    Column("redirect", Text),
    Column("event_type", Text, nullable=False),
    Column("event_name", Text, nullable=False),
    Column("attribution_model", Text, nullable=False),
    Column("utm_keyword_from", Text),
    Column("derive_utm", Integer, nullable=False),
    Column("refuse_other_origins", Integer, nullable=False),
    Column("mapping", Text),  # none: nobody has mapped its fields yet
    Column("lead_type", Text),
    Column("store_only", Integer, nullable=False, server_default=text("0")),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

destinations = Table(
    "destinations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("secrets", Text, nullable=False),  # MultiFernet over the JSON of all secret settings
    Column("state", Text, nullable=False),  # active | paused | held
    Column("reason", Text),  # why it is held or waits, else why its newest try failed
    Column("held_at", BigInteger),
    Column("resume_at", BigInteger),  # from then on one delivery at a time tries whether it works
    Column("failures", Integer, nullable=False, server_default=text("0")),  # since a success
    Column("refusals", Integer, nullable=False, server_default=text("0")),  # since a success
    Column("first_success_at", BigInteger),
    Column("last_success_at", BigInteger),
    Column("recent", Integer, nullable=False, server_default=text("0")),  # bits: 1 is a failure
    Column("ramp", Integer),  # slots it has got back since it recovered
    Column("failing_since", BigInteger),
    Column("failed_at", BigInteger),
    Column("warned", Integer, nullable=False, server_default=text("0")),
    Column("max_in_flight", Integer),
    Column("spacing", BigInteger),  # a delivery every so many microseconds
    Column("burst", Integer),
    Column("learnt_spacing", BigInteger),  # what a 429 taught
    Column("empty_at", BigInteger),  # when its bucket of tokens was empty
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),  # then nothing goes there, and it is in no listing
)

capture_destinations = Table(
    "capture_destinations",
    metadata,
    Column("source_id", Text, ForeignKey("captures.source_id"), primary_key=True),
    Column("destination_id", Text, ForeignKey("destinations.id"), primary_key=True),
)

link_mappings = Table(  # kept when a link ends: what is still owed is rendered by it
    "link_mappings",
    metadata,
    Column("source_id", Text, ForeignKey("captures.source_id"), primary_key=True),
    Column("destination_id", Text, ForeignKey("destinations.id"), primary_key=True),
    Column("mapping", Text, nullable=False),
)

fields = Table(  # the custom ones
    "fields",
    metadata,
    Column("name", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("choices", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

lead_types = Table(
    "lead_types",
    metadata,
    Column("name", Text, primary_key=True),
    Column("definition", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

COUNTED: Final = 1
"""An event is in the roll-ups; its words are not written yet."""

WORDED: Final = 2
"""An event is in the roll-ups, and found by its words."""

IS_SPAM: Final = "marks LIKE '%\"spam\":%'"
IS_TEST: Final = "marks LIKE '%\"test\":%'"
IS_OF_ORIGIN: Final = "marks LIKE '%\"origin\":%'"

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("event_name", Text, nullable=False),
    Column("source_id", Text, ForeignKey("captures.source_id"), nullable=False),
    Column("person_id", Text),
    Column("person", Text, nullable=False),  # our link: events of one person share it
    Column("affiliate_id", Text),
    Column("lead_type", Text),  # of its capture when it came
    Column("created_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("fields", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("attribution", Text, nullable=False),  # conclusions
    Column("evidence", Text, nullable=False),  # what they were concluded from
    Column("consent", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("rate_key", Text),  # whose rate limit must clear before a `rate` mark lets go
    Column("repeat_key", Text, nullable=False, unique=True),
    Column("erased_at", BigInteger),  # then nothing of it is left but that it was there
    Column("counted", Integer, nullable=False, server_default=text("0")),  # COUNTED or WORDED
    Index("ix_events_source_id_received_at", "source_id", "received_at"),
    Index("ix_events_received_at", "received_at"),
    Index("ix_events_person", "person"),
    _partial("ix_events_marked", "received_at", only="marks <> '{}'"),
    _partial("ix_events_uncounted", "id", only="counted = 0"),
    _partial("ix_events_unworded", "id", only="counted = 1"),
    _partial("ix_events_spam", "source_id", "received_at", only=IS_SPAM),
    _partial("ix_events_test", "source_id", "received_at", only=IS_TEST),
    _partial("ix_events_origin", "id", "source_id", "received_at", "marks", only=IS_OF_ORIGIN),
    _partial("ix_events_lead_type", "lead_type", "received_at", only="lead_type IS NOT NULL"),
)

person_links = Table(
    "person_links",
    metadata,
    Column("key", Text, primary_key=True),  # an `events.person` that another one stands for
    Column("person", Text, nullable=False),
    Index("ix_person_links_person", "person"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256; the key itself is nowhere
    Column("scopes", Text, nullable=False),
    Column("source_id", Text, ForeignKey("captures.source_id")),  # none: every capture
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _row_number, primary_key=True),
    Column("event", Text, ForeignKey("events.id"), nullable=False),
    Column("destination_id", Text, ForeignKey("destinations.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("next_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False, server_default=text("1")),
    Column("body", Text),  # rendered at the first claim of a generation, kept until erased
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("step", Integer, nullable=False, server_default=text("0")),  # place in the schedule
    Column("first_try_at", BigInteger),
    Column("unsure_at", BigInteger),  # when the first attempt began that may have arrived
    Column("last_outcome", Text),
    Column("delivered_at", BigInteger),
    Column("lease_token", Text),
    Column("lease_until", BigInteger),
    UniqueConstraint("event", "destination_id"),
    _partial("ix_deliveries_ready", "destination_id", "next_at", only="state = 'ready'"),
    _partial("ix_deliveries_waiting", "destination_id", "id", only="state = 'ready'"),
    _partial("ix_deliveries_leased", "lease_until", only="state = 'leased'"),
    _partial("ix_deliveries_held", "state", "reason", "event", only="state = 'held'"),
    _partial("ix_deliveries_stuck", "state", "id", only="state IN ('held', 'refused', 'expired')"),
    _partial("ix_deliveries_failed", "created_at", only="state IN ('refused', 'expired')"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", _row_number, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),  # none: the process died, the outcome is unknown
    Column("outcome", Text),
    Column("reason", Text),
    Column("http_status", Integer),
    Column("latency_ms", Integer),
    Column("excerpt", Text),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # in lower case
    Column("role", Text, nullable=False),
    Column("source_ids", Text),  # none: every capture
    Column("password", Text),  # argon2id; none: nobody signs in by password
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of what the cookie holds
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_sessions_user_id", "user_id"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id")),  # none: for the first admin
    Column("ends_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _row_number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("user_email", Text),  # none: nobody was signed in
    Column("deed", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
)
