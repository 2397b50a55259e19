"""People who use the console of an installation: made, and already signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from collector.destinations import Registry, find_kind
from collector.domain.api_key import digest_of
from collector.domain.user import Role, User
from collector.storage.captures import LinkDestination
from collector.storage.destinations import CreateDestination
from collector.storage.sessions import OpenSession
from collector.storage.users import CreateUser
from collector.web.console.security import COOKIE
from collector.web.hashing import hash_password
from tests.installation import Installation, in_store

PASSWORD = "correct horse battery staple"
HASH = hash_password(PASSWORD)
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def new_user(role: Role = "admin", *source_ids: str, **changes: Any) -> User:
    values: dict[str, Any] = {
        "id": role + "".join(source_ids),
        "email": f"{role}{len(source_ids)}@example.com",
        "role": role,
        "source_ids": source_ids or None,
        "password": HASH,
        "created_at": 1,
    }
    return User(**{**values, **changes})


@dataclass
class Person:
    """Somebody with a browser: the session's cookie, and what the console answers them."""

    site: Installation
    user: User | None = None
    cookie: str = ""

    def _headers(self, said: dict[str, str]) -> dict[str, str]:
        held = {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        return {**held, **said}

    def get(self, path: str, **headers: str) -> Any:
        return self.site.client.get(
            f"/console{path}", headers=self._headers(headers), follow_redirects=False
        )

    def post(self, path: str, form: Any = None, **headers: str) -> Any:
        said = {**SAME_ORIGIN, "content-type": "application/x-www-form-urlencoded", **headers}
        return self.site.client.post(
            f"/console{path}", data=form or {}, headers=self._headers(said), follow_redirects=False
        )

    def text(self, path: str, **headers: str) -> str:
        """Read a page that must be there, as its text."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return text_of(answer.text)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def text_of(page: str) -> str:
    """Take the text out of a page, spaces made one."""
    reader = _Text()
    reader.feed(page)
    return re.sub(r"\s+", " ", " ".join(reader.found))


def sign_in(site: Installation, user: User | None = None) -> Person:
    """Make a user who is signed in already."""
    person = user or new_user()
    secret = f"secret-of-{person.id}"
    begun = OpenSession(digest=digest_of(secret), user_id=person.id, now=site.clock.at)

    async def work(store: Any) -> None:
        await store.write(CreateUser(user=person))
        await store.write(begun)

    in_store(site.settings, work)
    return Person(site, person, secret)


def add_destination(
    site: Installation, url: str, *source_ids: str, name: str = "Sales", **settings: str
) -> str:
    """Make a webhook destination that gets the events of captures; answers its id."""
    registry: Registry = site.client.app_state["services"].console.trial.registry
    made = registry.new(
        find_kind("webhook"), name=name, given={"url": url, **settings}, new_id=f"to-{name}", now=1
    )

    async def work(store: Any) -> None:
        await store.write(CreateDestination(destination=made))
        for source_id in source_ids:
            await store.write(LinkDestination(source_id=source_id, destination_id=made.id))

    in_store(site.settings, work)
    return made.id
