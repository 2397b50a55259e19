"""One-time links into the console, printed for whoever started the server."""

from __future__ import annotations

import secrets

from collector.domain.api_key import digest_of
from collector.storage.sessions import CreateLink
from collector.storage.store import Store


async def make_link(store: Store, user_id: str | None, now: int) -> str:
    """Make a link for a user, or for the first admin; answers its path below the server."""
    secret = secrets.token_urlsafe(32)
    await store.write(CreateLink(digest=digest_of(secret), user_id=user_id, now=now))
    return f"/console/welcome?link={secret}"
