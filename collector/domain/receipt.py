"""The receipt of an event: what its attribution was concluded from, by which rules, and again."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from collector.domain.attribution import Attribution
from collector.domain.event import Event
from collector.domain.json_values import encode_json
from collector.domain.lead_attribution import Conclusion, Evidence, Rules, conclude
from collector.domain.sites import registrable_domain, split_url
from collector.domain.tables import Tables
from collector.domain.touch import read_again

RELEASED = "concluded again when it was released"
_VERSIONS = frozenset({"table_version"})
_ALWAYS_TOLD = frozenset({"source", "medium", "channel", "channel_rule"})

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Evidence)


class Change(msgspec.Struct, frozen=True):
    """One part of a conclusion that another table draws otherwise: `first`, `last` ..."""

    part: str
    was: Any
    now: Any


def render_evidence(evidence: Evidence) -> str:
    """Write evidence as the JSON text that an event keeps."""
    return _encoder.encode(evidence).decode()


def parse_evidence(text: str) -> Evidence | None:
    """Read an event's evidence; None where nothing, or nothing usable, is kept."""
    try:
        return _decoder.decode(text)
    except msgspec.MsgspecError:
        return None


def conclude_released(event: Event, evidence: Evidence, rules: Rules) -> Conclusion:
    """Conclude as if the origin that an event came from had been allowed."""
    origin = split_url(event.marks.get("origin", ""))
    allowed = frozenset({registrable_domain(origin.host)} if origin else ())
    rules = replace(rules, own_domains=rules.own_domains | allowed)
    return conclude(replace(evidence, notes=(*evidence.notes, RELEASED)), rules)


def columns_released(event: Event, kept: str, rules: Rules) -> dict[str, str] | None:
    """Write what a release concludes as JSON texts by column; None where no evidence is kept."""
    evidence = parse_evidence(kept)
    if evidence is None:
        return None
    concluded = conclude_released(event, evidence, rules)
    return {
        "metadata": encode_json(concluded.metadata),
        "attribution": encode_json(concluded.attribution),
    }


def conclude_again(event: Event, evidence: Evidence, tables: Tables) -> Conclusion | None:
    """Conclude by today's tables and by the rules that decided then.

    None for an event whose attribution no rules concluded. Touches of the token are read again
    too: a parameter that was not known then still stands in the landing page.
    """
    rules = _rules_then(event.attribution, tables)
    if rules is None:
        return None
    released = (RELEASED,) if RELEASED in event.attribution["notes"] else ()
    token = evidence.token and _read_again(evidence.token, tables)
    return conclude(replace(evidence, token=token, notes=(*evidence.notes, *released)), rules)


def changes(event: Event, concluded: Conclusion) -> list[Change]:
    """Compare a new conclusion with an event's own, part by part; a version alone is no change.

    Of a touch stand the members that differ, its origin and its channel.
    """
    was = event.attribution | {"metadata": event.metadata}
    now = concluded.attribution | {"metadata": concluded.metadata}
    return [
        Change(part, *_told(was.get(part), value))
        for part, value in now.items()
        if part not in _VERSIONS and was.get(part) != value
    ]


def _told(was: Any, now: Any) -> tuple[Any, Any]:
    if not (isinstance(was, dict) and isinstance(now, dict) and "channel" in now):
        return was, now
    names = [name for name in now if name in _ALWAYS_TOLD or was.get(name) != now[name]]
    return {name: was.get(name) for name in names}, {name: now[name] for name in names}


def _read_again(attribution: Attribution, tables: Tables) -> Attribution:
    """Read the touches again; one that turns out direct counts only as the oldest."""
    touches = [read_again(touch, tables) for touch in attribution.touches]
    kept = [*touches[:1], *(touch for touch in touches[1:] if not touch.is_direct)]
    return replace(attribution, touches=tuple(kept))


def _rules_then(attribution: dict[str, Any], tables: Tables) -> Rules | None:
    kept = attribution.get("rules")
    if not kept:
        return None
    return Rules(
        own_domains=frozenset(kept["own_domains"]),
        attribution_model=attribution["model"],
        utm_keyword_from=kept["utm_keyword_from"],
        derive_utm=kept["derive_utm"],
        tables=tables,
    )
