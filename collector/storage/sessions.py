"""Sessions of signed-in people, and the one-time links that begin one; ids are kept hashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Connection, delete, insert, or_, select, update

from collector.domain.errors import LinkSpent
from collector.domain.times import DAY, HOUR, MINUTE
from collector.domain.user import User
from collector.storage.tables import sessions, sign_in_links, users
from collector.storage.users import CreateUser, has_users, user_of

IDLE: Final = 12 * HOUR
"""A session that was not used for so long is over."""

LONGEST: Final = 30 * DAY
SEEN_EVERY: Final = MINUTE
LINK_LIFE: Final = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that lasts, and whose it is. `digest` is the SHA-256 of what the cookie holds."""

    digest: str
    user: User
    seen_at: int

    def is_to_be_noted(self, now: int) -> bool:
        """Whether its last use is known so vaguely that it is worth a write."""
        return now - self.seen_at >= SEEN_EVERY


def find_session(connection: Connection, digest: str, now: int) -> Session | None:
    """Find a session; None when it is over, unknown, or its user was disabled."""
    statement = (
        select(users, sessions.c.seen_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(
            sessions.c.digest == digest,
            sessions.c.seen_at > now - IDLE,
            sessions.c.created_at > now - LONGEST,
            users.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return Session(digest=digest, user=user_of(row), seen_at=row["seen_at"])


def list_sessions(connection: Connection, now: int) -> list[dict[str, Any]]:
    """Read every session that lasts, the last used first: whose, since when."""
    statement = (
        select(sessions.c.digest, users.c.email, sessions.c.created_at, sessions.c.seen_at)
        .join(users, sessions.c.user_id == users.c.id)
        .where(sessions.c.seen_at > now - IDLE, sessions.c.created_at > now - LONGEST)
        .order_by(sessions.c.seen_at.desc(), sessions.c.digest)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Begin a session; those that are over go."""

    digest: str
    user_id: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            over = or_(
                sessions.c.seen_at <= write.now - IDLE,
                sessions.c.created_at <= write.now - LONGEST,
            )
            connection.execute(delete(sessions).where(sessions.c.user_id == write.user_id, over))
            connection.execute(
                insert(sessions).values(
                    digest=write.digest,
                    user_id=write.user_id,
                    created_at=write.now,
                    seen_at=write.now,
                )
            )
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSession:
    """Remember that a session is in use."""

    digest: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Update each, in one order in every process, so that none waits in a circle."""
        for write in sorted(writes, key=lambda one: one.digest):
            own = sessions.c.digest == write.digest
            connection.execute(update(sessions).where(own).values(seen_at=write.now))
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """End a session: whoever holds its cookie is a stranger from now on."""

    digest: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Delete each."""
        for write in writes:
            connection.execute(delete(sessions).where(sessions.c.digest == write.digest))
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLink:
    """Add a one-time link: for a user, or for the first admin. Older ones of that purpose end."""

    digest: str
    user_id: str | None
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            link = sign_in_links.c
            same = (
                link.user_id.is_(None) if write.user_id is None else link.user_id == write.user_id
            )
            connection.execute(delete(sign_in_links).where(same))
            connection.execute(
                insert(sign_in_links).values(
                    digest=write.digest, user_id=write.user_id, ends_at=write.now + LINK_LIFE
                )
            )
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link that works still: for a user, or None for the first admin."""

    user: User | None


def find_link(connection: Connection, digest: str, now: int) -> Link:
    """Look at a link without using it. Raises LinkSpent."""
    link = sign_in_links.c
    statement = (
        select(users, link.user_id.label("of_user"))
        .select_from(sign_in_links)
        .outerjoin(users, users.c.id == link.user_id)
        .where(link.digest == digest, link.used_at.is_(None), link.ends_at > now)
    )
    row = connection.execute(statement).mappings().first()
    first = row is not None and row["of_user"] is None
    if row is None or (first and has_users(connection)):
        raise LinkSpent("this link was used before, has ended, or never was one")
    if not first and row["disabled_at"] is not None:
        raise LinkSpent("the user of this link was disabled")
    return Link(user=None if first else user_of(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLink:
    """Use a link up and begin a session: of its user, or of the first admin, who is made now.

    Answers whose session it is. Raises LinkSpent.
    """

    link: str
    session: str
    now: int
    first_admin: User | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[User]:
        """Use each."""
        return [write.use(connection) for write in writes]

    def use(self, connection: Connection) -> User:
        """Mark it first: of two at once, the second waits for the row and finds it used."""
        found = find_link(connection, self.link, self.now).user
        user = found or self.first_admin
        spent = connection.execute(
            update(sign_in_links)
            .where(sign_in_links.c.digest == self.link, sign_in_links.c.used_at.is_(None))
            .values(used_at=self.now)
        )
        if spent.rowcount != 1 or user is None:
            raise LinkSpent("this link was used before")
        if found is None:
            CreateUser.run(connection, [CreateUser(user=user)])
        begun = OpenSession(digest=self.session, user_id=user.id, now=self.now)
        OpenSession.run(connection, [begun])
        return user
