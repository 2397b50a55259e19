"""The kinds of destinations, and the way between a stored destination and one to send to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.destinations.driftrock import DRIFTROCK
from collector.destinations.kind import Destination, Kind, Settings
from collector.destinations.webhook import WEBHOOK
from collector.domain.errors import InputError
from collector.domain.mapped import Route
from collector.storage.destinations import StoredDestination
from collector.storage.secrets import SecretBox

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (DRIFTROCK, WEBHOOK)}


def find_kind(name: str) -> Kind:
    """Look a kind up. Raises InputError naming those there are."""
    if name not in KINDS:
        raise InputError(f"there is no kind {name!r} of destination; there are {', '.join(KINDS)}")
    return KINDS[name]


@dataclass(frozen=True, slots=True)
class Registry:
    """Seals destinations for the store, and opens them for sending."""

    box: SecretBox

    def new(
        self, kind: Kind, *, name: str, given: Settings, new_id: str, now: int
    ) -> StoredDestination:
        """Make a destination to store. Raises FieldsRefused naming each setting at fault."""
        values = kind.parse_settings(given)
        hidden = kind.secret_names()
        return StoredDestination(
            id=new_id,
            kind=kind.name,
            name=name,
            config={key: value for key, value in values.items() if key not in hidden},
            secrets=self.box.seal({key: values[key] for key in hidden if key in values}),
            created_at=now,
            changed_at=now,
        )

    def open(
        self, stored: StoredDestination, routes: Mapping[str, Route] | None = None
    ) -> Destination:
        """Decrypt a destination's secrets; `routes` map the fields of captures' events.

        Raises InputError, SettingsError.
        """
        secrets = self.box.open(stored.secrets)
        return Destination(
            id=stored.id,
            kind=find_kind(stored.kind),
            settings={**stored.config, **secrets},
            secrets=sorted(secrets.values(), key=len, reverse=True),
            routes=routes or {},
        )
