"""Settings, Security: the API keys of senders; each is shown once, when it is made."""

from __future__ import annotations

from collector.domain.api_key import SCOPES, VALUE_BYTES, make_value, new_key
from collector.domain.errors import CollectorError, InputError
from collector.storage.keys import CreateKey, RevokeKey, list_keys
from collector.web.answer import Answer
from collector.web.console.captures import chosen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import captures_seen
from collector.web.console.visit import Visit


class ApiKeys(ConsoleEndpoint):
    """`/console/settings/security`."""

    methods = ("GET", "HEAD", "POST")
    sees = "admin"
    acts = "admin"

    async def show(self, visit: Visit) -> Answer:
        """List the keys, revoked ones too."""
        return await _page(visit)

    async def act(self, visit: Visit) -> Answer:
        """Make a key, and show it this once."""
        value = make_value(visit.services.random(VALUE_BYTES))
        try:
            given = chosen({"scope": visit.said("scope")}, scope=SCOPES)
            made = new_key(
                value,
                key_id=visit.new_id(),
                name=visit.said("name"),
                scope=given["scope"],
                source_id=visit.said("capture") or None,
                now=visit.now,
            )
            await visit.write(CreateKey(key=made), "key.create", made.id, name=made.name)
        except CollectorError as error:
            return await _page(visit, error=error)
        return await _page(visit, made=(made, value))


class RevokeApiKey(ConsoleEndpoint):
    """`/console/settings/security/{key}/revoke`."""

    methods = ("POST",)
    acts = "admin"

    async def act(self, visit: Visit) -> Answer:
        """End it at once, in every process. Raises UnknownKey."""
        key = visit.path["key"]
        await visit.write(RevokeKey(id=key, now=visit.now), "key.revoke", key)
        return visit.redirect("/settings/security")


async def _page(
    visit: Visit, *, made: object = None, error: CollectorError | InputError | None = None
) -> Answer:
    keys = await visit.services.store.read(list_keys)
    return visit.page(
        "api_keys",
        status=422 if error else 200,
        api_keys=sorted(keys, key=lambda one: (one.revoked_at is not None, -one.created_at)),
        captures=await captures_seen(visit),
        scopes=SCOPES,
        given={name: visit.said(name) for name in ("name", "scope", "capture")},
        made=made,
        error=error,
    )
