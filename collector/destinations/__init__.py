"""The kinds of destinations, and the way between a stored destination and one to send to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from collector.destinations.driftrock import DRIFTROCK
from collector.destinations.kind import FORMER, FORMER_UNTIL, Destination, Kind, Settings
from collector.destinations.webhook import WEBHOOK
from collector.domain.errors import FieldsRefused, InputError, SettingsError
from collector.domain.mapped import Route
from collector.domain.said import Said
from collector.domain.times import DAY
from collector.storage.destinations import StoredDestination
from collector.storage.secrets import SecretBox

LONGEST_NAME = 255
SECRET_BYTES = 32
"""How many random bytes a secret is made of."""

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (DRIFTROCK, WEBHOOK)}


def find_kind(name: str) -> Kind:
    """Look a kind up. Raises InputError naming those there are."""
    if name not in KINDS:
        kinds = ", ".join(KINDS)
        said = Said(
            "there is no kind '{name}' of destination; there are {kinds}", name=name, kinds=kinds
        )
        raise InputError(said)
    return KINDS[name]


@dataclass(frozen=True, slots=True)
class Registry:
    """Seals destinations for the store, and opens them for sending."""

    box: SecretBox

    def new(
        self, kind: Kind, *, name: str, given: Settings, new_id: str, now: int
    ) -> StoredDestination:
        """Make a destination to store. Raises FieldsRefused naming each setting at fault."""
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            said = f"a destination has a name of at most {LONGEST_NAME} characters"
            raise FieldsRefused(said, {"name": said})
        values = kind.parse_settings(given)
        hidden = kind.secret_names()
        return StoredDestination(
            id=new_id,
            kind=kind.name,
            name=name.strip(),
            config={key: value for key, value in values.items() if key not in hidden},
            secrets=self.box.seal({key: values[key] for key in hidden if key in values}),
            created_at=now,
            changed_at=now,
        )

    def change(
        self, stored: StoredDestination, *, name: str, given: Settings, now: int
    ) -> StoredDestination:
        """Make it anew: what is not given stays, an empty text takes away. Raises FieldsRefused.

        Secrets that no key opens any more count as not there.
        """
        try:
            had = self.settings_of(stored)
        except SettingsError:
            had = stored.config
        kind = find_kind(stored.kind)
        made = self.new(kind, name=name, given={**had, **given}, new_id=stored.id, now=now)
        left = {} if had is stored.config else self._left_of_a_roll(stored)
        return replace(made, secrets=self.box.seal({**self.box.open(made.secrets), **left}))

    def roll(
        self, stored: StoredDestination, random: bytes, now: int
    ) -> tuple[str, StoredDestination]:
        """Make another secret; the one before signs beside it for a day.

        Raises InputError for a kind that has none, and within that day; SettingsError.
        """
        setting = find_kind(stored.kind).rolled
        if setting is None or setting.make is None:
            raise InputError("this kind of destination has no secret that is made here")
        if self.former_until(stored, now) is not None:
            raise InputError(
                "the secret was changed less than a day ago; both still sign until then"
            )
        value = setting.make(random)
        had = self.settings_of(stored).get(setting.name)
        left = {FORMER: had, FORMER_UNTIL: str(now + DAY)} if had else {}
        sealed = self.box.seal({**self.box.open(stored.secrets), **left, setting.name: value})
        return value, replace(stored, secrets=sealed)

    def former_until(self, stored: StoredDestination, now: int) -> int | None:
        """Say until when the secret before the last roll still signs. Raises SettingsError."""
        until = int(self._left_of_a_roll(stored).get(FORMER_UNTIL, "0"))
        return until if now < until else None

    def _left_of_a_roll(self, stored: StoredDestination) -> Settings:
        sealed = self.box.open(stored.secrets)
        return {name: sealed[name] for name in (FORMER, FORMER_UNTIL) if name in sealed}

    def settings_of(self, stored: StoredDestination) -> Settings:
        """Give all settings in the clear. Raises SettingsError."""
        known = find_kind(stored.kind).secret_names()
        sealed = self.box.open(stored.secrets)
        return {**stored.config, **{name: sealed[name] for name in sealed if name in known}}

    def open(
        self, stored: StoredDestination, routes: Mapping[str, Route] | None = None
    ) -> Destination:
        """Decrypt a destination's secrets; `routes` map the fields of captures' events.

        Raises InputError, SettingsError.
        """
        secrets = self.box.open(stored.secrets)
        hidden = [value for name, value in secrets.items() if name != FORMER_UNTIL]
        return Destination(
            id=stored.id,
            kind=find_kind(stored.kind),
            settings={**stored.config, **secrets},
            secrets=sorted(hidden, key=len, reverse=True),
            routes=routes or {},
        )
