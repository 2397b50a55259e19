"""A kind of destination, described as data: what it needs, how it writes, how it reads answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.domain.delivery import Outcome, Request
from collector.domain.errors import FieldsRefused
from collector.domain.event import Event
from collector.domain.json_values import clean_text
from collector.domain.mapped import STRAIGHT, Route
from collector.domain.retry import Answer, Verdict, judge

Settings = Mapping[str, str]

EXCERPT_BYTES = 4096
HIDDEN = "***"
HTTP_URL = r"(?i:https?)://\S+"
WHOLE_ADDRESS = "write the whole address, beginning with https://"

FORMER = "former_secret"
FORMER_UNTIL = "former_until"
"""What a rolled secret leaves beside it for a while: sealed, and no setting of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing a kind needs to know; `pattern` must match the whole value.

    `label`, `help` and `cure`, for a value that cannot be used, are for people; the console's
    pages translate them. `make` makes a value of
    random bytes: for a secret that is handed out here, and can be rolled.
    """

    name: str
    label: str
    help: str
    pattern: str
    cure: str
    required: bool = True
    secret: bool = False
    default: str | None = None
    make: Callable[[bytes], str] | None = None

    def find_fault(self, value: str | None) -> str | None:
        """Say what is wrong with a value, or None."""
        if value is None:
            return f"missing: {self.help}" if self.required and self.default is None else None
        fits = re.fullmatch(self.pattern, value) is not None
        return None if fits else f"not usable: {self.cure}"


def _no_verdict(_answer: Answer) -> Verdict | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind: `render` writes an event, `address` makes the request, `read` knows its answers.

    `about` says in a sentence for whom it is.
    `read` says None where the general policy for HTTP answers holds. `window`, in microseconds, is
    how long the destination knows a repeat of an event for one: what may have arrived is not sent
    again after it, but held for a person. None: a duplicate is better there than a loss.
    """

    name: str
    title: str
    about: str
    settings: tuple[Setting, ...]
    render: Callable[[Event, Settings], bytes]
    address: Callable[[Settings, bytes, str, int], Request]
    read: Callable[[Answer], Verdict | None] = _no_verdict
    window: int | None = None

    def parse_settings(self, given: Settings) -> dict[str, str]:
        """Check settings and fill in defaults. Raises FieldsRefused naming each at fault."""
        values = {name: value.strip() for name, value in given.items() if value.strip()}
        faults = dict(self._find_faults(values))
        if faults:
            named = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
            raise FieldsRefused(f"a {self.name} destination cannot be set up so: {named}", faults)
        defaults = {s.name: s.default for s in self.settings if s.default is not None}
        return defaults | values

    def secret_names(self) -> frozenset[str]:
        """Name the settings that are kept encrypted and never shown."""
        return frozenset(setting.name for setting in self.settings if setting.secret)

    @property
    def rolled(self) -> Setting | None:
        """The secret that is made here, if there is one."""
        return next((setting for setting in self.settings if setting.make), None)

    def urls(self, values: Settings) -> dict[str, str]:
        """Give the addresses among the settings: whoever takes settings in checks them."""
        names = [setting.name for setting in self.settings if setting.pattern == HTTP_URL]
        return {name: values[name] for name in names if name in values}

    def _find_faults(self, values: Settings) -> Iterator[tuple[str, str]]:
        known = {setting.name for setting in self.settings}
        for name in values.keys() - known:
            yield name, f"unknown; there are {', '.join(sorted(known))}"
        for setting in self.settings:
            if fault := setting.find_fault(values.get(setting.name)):
                yield setting.name, fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A configured destination, its secrets in the clear: for the moment of sending only.

    `secrets` repeats those of its settings, longest first, to take them out of what is kept;
    `routes` say by capture how its events' fields are mapped.
    """

    id: str
    kind: Kind
    settings: Settings = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    routes: Mapping[str, Route] = field(default_factory=dict, repr=False)

    def render(self, event: Event) -> bytes:
        """Map an event and write it in the destination's form. Raises MappingFailed."""
        mapped = self.routes.get(event.source_id, STRAIGHT).map(event)
        return self.kind.render(mapped, self.settings)

    def request(self, body: bytes, event: str, now: int) -> Request:
        """Make the request for one attempt; `event` is our id of the event."""
        return self.kind.address(self.settings, body, event, now)

    def conclude(self, answer: Answer, now: int) -> Outcome:
        """Say what an answer means, and keep of it what a person may read."""
        verdict = answer.failure or self.kind.read(answer) or judge(answer, now)
        return Outcome(
            kind=verdict.kind,
            reason=verdict.reason,
            http_status=answer.status,
            retry_after_s=verdict.retry_after_s,
            excerpt=self._excerpt(answer.body),
            latency_ms=answer.latency_ms,
        )

    def masked(self, text: str) -> str:
        """Take the secrets out of a text."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _excerpt(self, body: bytes) -> str:
        text = self.masked(clean_text(body.decode(errors="replace")))
        return text.encode()[:EXCERPT_BYTES].decode(errors="ignore")
