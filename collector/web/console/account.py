"""A person's own page: password, language, light and dark."""

from __future__ import annotations

from collector.domain.errors import InputError, SignInRefused
from collector.domain.passwords import normalise, parse_password
from collector.storage.users import SetPassword
from collector.web.answer import Answer, Headers
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.security import choice_cookie
from collector.web.console.sign_in import safe_path
from collector.web.console.visit import KEYS, LANGUAGE, THEME, THEMES, Visit
from collector.web.pages import LANGUAGES

CHOICES = {THEME: THEMES, LANGUAGE: LANGUAGES, KEYS: ("on", "off")}
"""What a person may choose, by the cookie that keeps it."""


class Account(ConsoleEndpoint):
    """`/console/account`: who is signed in, and their password."""

    methods = ("GET", "HEAD", "POST")
    acts = "viewer"

    async def show(self, visit: Visit) -> Answer:
        """Show the page."""
        return self._page(visit, changed=visit.asked("changed") == "password")

    async def act(self, visit: Visit) -> Answer:
        """Set another password, for whoever knows the one of now; other sessions end."""
        user, hashing = visit.user, visit.services.console.hashing
        try:
            await _confirm(visit)
            password = parse_password(visit.said("password"), user.email)
        except (SignInRefused, InputError) as error:
            return self._page(visit, status=422, error=error)
        hashed = await hashing.hash(password)
        keep = visit.session.digest if visit.session else None
        write = SetPassword(user_id=user.id, password=hashed, keep=keep)
        await visit.write(write, "user.password", user.id)
        return visit.redirect("/account?changed=password")

    def _page(
        self,
        visit: Visit,
        *,
        status: int = 200,
        error: InputError | SignInRefused | None = None,
        changed: bool = False,
    ) -> Answer:
        return visit.page("account", status=status, error=error, changed=changed)


async def _confirm(visit: Visit) -> None:
    """Make sure that it is the person who changes the password. Raises SignInRefused."""
    current = normalise(visit.said("current"))
    if not await visit.services.console.hashing.verify(visit.user.password, current):
        raise SignInRefused("this is not your password of now", field="current")


class Preferences(ConsoleEndpoint):
    """`/console/preferences`: how pages look, kept by the browser."""

    methods = ("POST",)
    acts = None

    async def act(self, visit: Visit) -> Answer:
        """Keep what was chosen, and go back; what is no choice is passed over."""
        chosen: Headers = tuple(
            choice_cookie(name, visit.said(name), visit.exchange.client)
            for name, choices in CHOICES.items()
            if visit.said(name) in choices
        )
        return visit.redirect(safe_path(visit.said("back")), chosen)
