"""Consent as a page reports it, and what it allows."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

State = Literal["granted", "denied", "unknown"]
By = Literal["tcf", "gcm", "gpc", "banner", "api", "none"]


class Consent(msgspec.Struct, frozen=True):
    """A state and who said so."""

    state: State = "unknown"
    by: By = "none"

    @property
    def denied(self) -> bool:
        """Whether the visitor said no: nothing may be taken, nothing kept."""
        return self.state == "denied"

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come: this page may be used, nothing may be kept."""
        return self.state == "unknown" and self.by != "none"


NOT_ASKED = Consent()
"""What a request without the member says: nobody asked, nobody has to."""


REFUSED_BY_GPC = Consent(state="denied", by="gpc")


_CONSENTS = {
    (state, by): Consent(state=state, by=by) for state in get_args(State) for by in get_args(By)
}


def parse_consent(text: str) -> Consent | None:
    """Read `<state>:<by>`; None when it is not in that form."""
    state, _, by = text.strip().lower().partition(":")
    return _CONSENTS.get((state, by or "none"))


def render_consent(consent: Consent) -> str:
    """Write consent as `<state>:<by>`."""
    return f"{consent.state}:{consent.by}"
