"""Signing in, by password or by a one-time link, and out again."""

from __future__ import annotations

from collector.domain.api_key import digest_of, make_value
from collector.domain.errors import (
    CollectorError,
    InputError,
    Refused,
    SignInRefused,
    TooManyRequests,
)
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.passwords import normalise, parse_password
from collector.domain.times import SECOND
from collector.domain.user import User, parse_user_email
from collector.storage.audit import Audited, Deed
from collector.storage.sessions import (
    LONGEST,
    CloseSession,
    OpenSession,
    UseLink,
    find_link,
)
from collector.storage.together import Together
from collector.storage.users import find_user
from collector.web.answer import Answer, Headers
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.security import session_cookie, takes_session_cookie
from collector.web.console.visit import Visit
from collector.web.errors import status_of
from collector.web.limits import Pace

SECRET_BYTES = 32


class SignIn(ConsoleEndpoint):
    """`/console/sign-in`: who has an address and a password comes in."""

    methods = ("GET", "HEAD", "POST")
    sees = None
    acts = None

    async def show(self, visit: Visit) -> Answer:
        """Ask for both."""
        return visit.page(
            "sign_in",
            next=safe_path(visit.asked("next")),
            email="",
            error=None,
            insecure=not takes_session_cookie(visit.exchange.client),
        )

    async def act(self, visit: Visit) -> Answer:
        """Begin a session, a new one each time; what was wrong is not told."""
        _refuse_insecure(visit)
        try:
            user = await _recognise(visit)
        except (SignInRefused, TooManyRequests) as error:
            return visit.page(
                "sign_in",
                status=int(status_of(error)),
                next=safe_path(visit.said("next")),
                email=visit.said("email"),
                error=error.code,
                insecure=False,
            )
        secret, headers = _new_session(visit)
        begun = OpenSession(digest=digest_of(secret), user_id=user.id, now=visit.now)
        deed = Deed(at=visit.now, user_email=user.email, deed="user.sign_in", subject=user.id)
        await visit.services.store.write(Audited(write=begun, deed=deed))
        return visit.redirect(safe_path(visit.said("next")), headers)


async def _recognise(visit: Visit) -> User:
    """Find whose address and password these are. Raises SignInRefused, TooManyRequests."""
    email = visit.said("email").strip().lower()
    limits = visit.services.console
    paces = (
        limits.sign_ins_by_account.count(email, visit.now),
        limits.sign_ins_by_address.count(visit.exchange.client.rate_key, visit.now),
    )
    if any(pace is not Pace.WITHIN for pace in paces):
        await _note_lock_out(visit, email)
        raise TooManyRequests("too many tries; wait a minute, then try again")
    user = await visit.services.store.read(find_user, email)
    known = user.password if user else None
    if (
        await visit.services.console.hashing.verify(known, normalise(visit.said("password")))
        and user
    ):
        return user
    raise SignInRefused("address and password do not belong together")


async def _note_lock_out(visit: Visit, email: str) -> None:
    """Leave a line of an account that is tried too often, one for all the tries together."""
    limits, known = visit.services.console, await visit.services.store.read(find_user, email)
    if known and limits.lock_outs.count(known.id, visit.now) is Pace.WITHIN:
        deed = Deed(at=visit.now, user_email=None, deed="user.locked_out", subject=known.id)
        await visit.services.store.write(Audited(write=Together(writes=()), deed=deed))


class SignOut(ConsoleEndpoint):
    """`/console/sign-out`: the session ends for whoever holds its cookie."""

    methods = ("POST",)
    acts = None

    async def act(self, visit: Visit) -> Answer:
        """End it, if there is one."""
        if visit.session:
            await visit.services.store.write(CloseSession(digest=visit.session.digest))
        return visit.redirect("/sign-in", (session_cookie("", 0),))


class Welcome(ConsoleEndpoint):
    """`/console/welcome`: a one-time link, used up by its button: looking does not burn it."""

    methods = ("GET", "HEAD", "POST")
    sees = None
    acts = None

    async def show(self, visit: Visit) -> Answer:
        """Offer what the link is for. Raises LinkSpent."""
        return await self._page(visit, visit.asked("link"))

    async def act(self, visit: Visit) -> Answer:
        """Use the link. Raises LinkSpent."""
        _refuse_insecure(visit)
        secret = visit.said("link")
        link = await visit.services.store.read(find_link, digest_of(secret), visit.now)
        try:
            admin = None if link.user else await _first_admin(visit)
        except InputError as error:
            return await self._page(visit, secret, error)
        session, headers = _new_session(visit)
        use = UseLink(
            link=digest_of(secret), session=digest_of(session), now=visit.now, first_admin=admin
        )
        email = (link.user or admin or visit.user).email
        deed = Deed(at=visit.now, user_email=email, deed="user.sign_in_by_link", subject=email)
        await visit.services.store.write(Audited(write=use, deed=deed))
        return visit.redirect("/", headers)

    async def _page(
        self, visit: Visit, secret: str, error: CollectorError | None = None
    ) -> Answer:
        link = await visit.services.store.read(find_link, digest_of(secret), visit.now)
        return visit.page(
            "welcome",
            status=422 if error else 200,
            link=secret,
            person=link.user,
            email=visit.said("email"),
            error=error,
            insecure=not takes_session_cookie(visit.exchange.client),
        )


async def _first_admin(visit: Visit) -> User:
    """Make the first admin from what the page's form says. Raises InputError."""
    email = parse_user_email(visit.said("email"))
    password = parse_password(visit.said("password"), email)
    return User(
        id=uuid7(visit.now, visit.services.random(RANDOM_BYTES)),
        email=email,
        role="admin",
        password=await visit.services.console.hashing.hash(password),
        created_at=visit.now,
    )


def _new_session(visit: Visit) -> tuple[str, Headers]:
    """Make a secret, and the cookie that holds it."""
    secret = make_value(visit.services.random(SECRET_BYTES))
    return secret, (session_cookie(secret, LONGEST // SECOND),)


def _refuse_insecure(visit: Visit) -> None:
    if not takes_session_cookie(visit.exchange.client):
        raise Refused("passwords are not sent over plain http: open the console by https")


def safe_path(text: str) -> str:
    """Take a path below the console, to go on to; anything else is its first page."""
    usable = text.startswith("/") and not text.startswith("//") and text.isascii()
    harmless = usable and text.isprintable() and "\\" not in text
    return text if harmless else "/"
