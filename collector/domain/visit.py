"""A visit: what one page view adds to a visitor's attribution, and how that is answered."""

from __future__ import annotations

from typing import TypedDict

import msgspec

from collector.domain.attribution import (
    Attribution,
    Merged,
    ShownAttribution,
    choose_touch,
    merge,
    metadata_of,
    render_attribution,
    with_ids,
)
from collector.domain.browser_cookies import BrowserIds
from collector.domain.consent import Consent, render_consent
from collector.domain.lead_attribution import Rules
from collector.domain.touch import PageView, touch_of


def visit(before: Attribution, view: PageView, ids: BrowserIds, consent: Consent) -> Merged:
    """Add a page view; the same attribution comes back when it told nothing new."""
    merged = merge(before, touch_of(view), view.tables)
    after = _with_consent(with_ids(merged.attribution, ids), consent)
    return Merged(after, merged.reason)


def _with_consent(attribution: Attribution, consent: Consent) -> Attribution:
    said = render_consent(consent)
    if attribution.consent == said:
        return attribution
    return msgspec.structs.replace(attribution, consent=said)


class ShownVisit(TypedDict):
    """The answer of `POST /t`."""

    token: str
    metadata: dict[str, str]
    attribution: ShownAttribution
    keep: bool
    reason: str


def render_visit(visited: Merged, rules: Rules, *, token: str, keep: bool) -> ShownVisit:
    """Write the answer of `POST /t`; `keep` asks the page to store the token itself."""
    attribution = visited.attribution
    touch, _ = choose_touch(attribution, rules.attribution_model, rules.tables)
    return {
        "token": token,
        "metadata": metadata_of(
            touch,
            attribution.ga_client_id,
            rules.utm_keyword_from,
            derive_utm=rules.derive_utm,
            tables=rules.tables,
        ),
        "attribution": render_attribution(attribution, rules.tables),
        "keep": keep,
        "reason": visited.reason,
    }
