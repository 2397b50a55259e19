"""Settings, Users: who may sign in, what they may do, where they are signed in now."""

from __future__ import annotations

from collector.domain.errors import CollectorError, InputError, Refused
from collector.domain.passwords import parse_password
from collector.domain.user import ROLES, User, check_reach, parse_user_email
from collector.storage.sessions import CloseSession, list_sessions
from collector.storage.users import CreateUser, DisableUser, list_users
from collector.web.answer import Answer
from collector.web.console.captures import chosen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import captures_seen
from collector.web.console.visit import Visit


class People(ConsoleEndpoint):
    """`/console/settings/users`."""

    methods = ("GET", "HEAD", "POST")
    sees = "admin"
    acts = "admin"

    async def show(self, visit: Visit) -> Answer:
        """List everybody, and every session that lasts."""
        return await _page(visit)

    async def act(self, visit: Visit) -> Answer:
        """Add somebody."""
        try:
            made = await _new_user(visit)
            told = {"email": made.email, "role": made.role, "captures": made.source_ids}
            await visit.write(CreateUser(user=made), "user.create", made.id, **told)
        except CollectorError as error:
            return await _page(visit, error)
        return visit.redirect("/settings/users")


async def _new_user(visit: Visit) -> User:
    """Make a user of the form. Raises InputError."""
    role = chosen({"role": visit.said("role")}, role=ROLES)["role"]
    captures = tuple(visit.all_said("capture")) or None
    check_reach(role, captures)
    email = parse_user_email(visit.said("email"))
    password = parse_password(visit.said("password"), email)
    return User(
        id=visit.new_id(),
        email=email,
        role=role,
        source_ids=captures,
        password=await visit.services.console.hashing.hash(password),
        created_at=visit.now,
    )


class DisablePerson(ConsoleEndpoint):
    """`/console/settings/users/disable`."""

    methods = ("POST",)
    acts = "admin"

    async def act(self, visit: Visit) -> Answer:
        """Let them sign in no more, and sign them out. Raises UnknownUser, Refused."""
        email = visit.said("email")
        if email == visit.user.email:
            raise Refused("nobody disables themselves: another admin does it")
        await visit.write(DisableUser(email=email, now=visit.now), "user.disable", email)
        return visit.redirect("/settings/users")


class EndSession(ConsoleEndpoint):
    """`/console/settings/users/end-session`."""

    methods = ("POST",)
    acts = "admin"

    async def act(self, visit: Visit) -> Answer:
        """End a session; whoever holds its cookie is a stranger from now on."""
        digest = visit.said("session")
        await visit.write(CloseSession(digest=digest), "session.end", digest[:12])
        return visit.redirect("/settings/users")


async def _page(visit: Visit, error: CollectorError | InputError | None = None) -> Answer:
    read = visit.services.store.read
    return visit.page(
        "people",
        status=422 if error else 200,
        people=await read(list_users),
        sessions=await read(list_sessions, visit.now),
        own=visit.session.digest if visit.session else "",
        captures=await captures_seen(visit),
        roles=ROLES,
        given={name: visit.said(name) for name in ("email", "role")},
        chosen=visit.all_said("capture"),
        error=error,
    )
