"""What a lead is attributed to: the evidence that came with it, and what it adds up to."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from collector.domain.attribution import (
    Attribution,
    choose_touch,
    is_known,
    merge,
    metadata_of,
    new_attribution,
    render_attribution,
    with_ids,
)
from collector.domain.browser_cookies import NO_IDS, BrowserIds, client_id_of, read_cookies
from collector.domain.consent import NOT_ASKED, Consent
from collector.domain.parameters import clean_value
from collector.domain.sites import registrable_domain, split_url
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.touch import PageView, Touch, touch_of


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What came with a submission, kept as it was so that it can be concluded from again.

    `token` is the opened attribution token, one of another site included; `rejected` says why a
    token that came was no good. `hidden` holds hidden inputs named like a metadata key or like
    another script's cookie. `at` is the time of receipt in microseconds UTC, `notes` say what
    else was odd about the submission.
    """

    at: int
    page: str = ""
    referrer: str = ""
    token: Attribution | None = None
    rejected: str | None = None
    cookies: BrowserIds = NO_IDS
    hidden: dict[str, str] = {}
    consent: Consent = NOT_ASKED
    app: str | None = None
    notes: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What attribution depends on: the capture's settings and the installation's tables."""

    own_domains: frozenset[str]
    attribution_model: str = "last_campaign"
    utm_keyword_from: str | None = None
    derive_utm: bool = False
    tables: Tables = SHIPPED_TABLES


class Conclusion(msgspec.Struct, frozen=True):
    """A lead's metadata, and the attribution that its event carries as JSON."""

    metadata: dict[str, str]
    attribution: dict[str, Any]


class _Draft(msgspec.Struct):
    """An attribution as it grows, and notes of what was done with each piece of evidence."""

    attribution: Attribution
    tables: Tables
    notes: list[str]

    def add(self, piece: str, touch: Touch) -> None:
        """Merge the touch that one piece of evidence tells of."""
        merged = merge(self.attribution, touch, self.tables)
        self.attribution = merged.attribution
        self.notes.append(f"{piece}: {merged.reason}")

    def knows(self, touch: Touch) -> bool:
        """Whether the touch tells nothing new."""
        return is_known(self.attribution, touch, self.tables)


def conclude(evidence: Evidence, rules: Rules) -> Conclusion:
    """Conclude a lead's attribution, best evidence first, and say what was missing.

    The form's own page, and a referrer on an own domain, count when they hold parameters that the
    token does not know; with no touch but direct the page counts like any page view; hidden
    inputs count whole, and only when there is nothing else. Consent that was denied takes
    everything away, consent still unknown all but the page and its referrer.
    """
    if evidence.consent.denied:
        nothing = _Draft(_unknown_visitor(evidence), rules.tables, [])
        return _concluded(nothing, evidence, rules, missing="consent")
    if evidence.consent.pending:
        evidence = replace(evidence, token=None, rejected=None, cookies=NO_IDS, hidden={})
        missing: str | None = "consent unknown"
    else:
        missing = _problem_of_token(evidence, rules)
    known = evidence.token if evidence.token and missing is None else _unknown_visitor(evidence)
    draft = _Draft(known, rules.tables, [missing] if missing else [])
    inputs = _ids_of_inputs(evidence)
    hidden = _hidden_parameters(evidence, inputs, draft)
    _add_referrer(draft, evidence, rules)
    _add_page(draft, evidence, rules, outranked=bool(hidden))
    _add_hidden(draft, evidence, hidden)
    ids = _ids_of(evidence, inputs, draft.attribution)
    draft.attribution = with_ids(draft.attribution, ids)
    return _concluded(draft, evidence, rules, missing, ids)


def _unknown_visitor(evidence: Evidence) -> Attribution:
    return new_attribution(site=_domain_of(evidence.page), visitor="", at=evidence.at)


def _problem_of_token(evidence: Evidence, rules: Rules) -> str | None:
    """Say why no token can be used; which sites are own ones is judged by today's rules."""
    if evidence.token is not None and evidence.token.site in rules.own_domains:
        return None
    rejected = "site" if evidence.token else evidence.rejected
    return f"token rejected: {rejected}" if rejected else "no token"


def _domain_of(page: str) -> str:
    url = split_url(page)
    return registrable_domain(url.host) if url else ""


def _add_referrer(draft: _Draft, evidence: Evidence, rules: Rules) -> None:
    """Let an own page that the visitor left before its answer came count as a landing page."""
    if _domain_of(evidence.referrer) in rules.own_domains:
        touch = _touch_of(evidence.referrer, "", evidence, rules)
        touch = replace(touch, at=evidence.at - 1)
        if touch.parameters and not draft.knows(touch):
            draft.add("referrer", touch)


def _add_page(draft: _Draft, evidence: Evidence, rules: Rules, *, outranked: bool) -> None:
    """Let the form's page count: with unknown parameters, or when nothing but direct is known."""
    if _domain_of(evidence.page) not in rules.own_domains:
        draft.notes.append("page: not on an own domain" if evidence.page else "page: unknown")
        return
    touch = _touch_of(evidence.page, evidence.referrer, evidence, rules)
    if touch.is_direct and (outranked or draft.attribution.touches):
        return
    new = touch.parameters and not draft.knows(touch)
    if new or draft.attribution.only_direct:
        draft.add("page", touch)


def _add_hidden(draft: _Draft, evidence: Evidence, parameters: dict[str, str]) -> None:
    """Let hidden inputs form a touch of their own, whole, when there is no other than direct."""
    if not parameters:
        return
    if not draft.attribution.only_direct:
        draft.notes.append("hidden inputs: not used")
        return
    touch = touch_of(
        PageView(url=evidence.page, referrer="", at=evidence.at, own_domains=frozenset())
    )
    draft.add("hidden inputs", replace(touch, parameters=parameters, app=evidence.app))


def _touch_of(page: str, referrer: str, evidence: Evidence, rules: Rules) -> Touch:
    return touch_of(
        PageView(
            url=page,
            referrer=referrer,
            at=evidence.at,
            own_domains=rules.own_domains,
            app=evidence.app,
            tables=rules.tables,
        )
    )


def _ids_of_inputs(evidence: Evidence) -> BrowserIds:
    """Read hidden inputs named like other scripts' cookies."""
    if not evidence.hidden:
        return NO_IDS
    return read_cookies(evidence.hidden, _domain_of(evidence.page))


def _hidden_parameters(evidence: Evidence, inputs: BrowserIds, draft: _Draft) -> dict[str, str]:
    """Read hidden inputs by the names of parameters, then other scripts' click id cookies."""
    found: dict[str, str] = {}
    for name, value in evidence.hidden.items():
        parameter = draft.tables.parameters.by_name.get(name.strip().lower())
        if parameter is None or parameter.names_person or not value.strip():
            continue
        cleaned = clean_value(parameter, value)
        if cleaned:
            found.setdefault(parameter.name, cleaned)
        elif parameter.click_id:
            draft.notes.append(f"hidden inputs: {parameter.name} dropped")
    return {**evidence.cookies.click_ids, **inputs.click_ids, **found}


def _ids_of(evidence: Evidence, inputs: BrowserIds, attribution: Attribution) -> BrowserIds:
    """Take the browser's ids; hidden inputs fill in only where no other is known."""
    seen = evidence.cookies
    hidden = client_id_of(evidence.hidden.get("ga_client_id", ""))
    return replace(
        seen,
        ga_client_id=seen.ga_client_id or attribution.ga_client_id or hidden,
        ttp=seen.ttp or inputs.ttp,
        hubspotutk=seen.hubspotutk or inputs.hubspotutk,
    )


def _concluded(
    draft: _Draft, evidence: Evidence, rules: Rules, missing: str | None, ids: BrowserIds = NO_IDS
) -> Conclusion:
    attribution = draft.attribution
    touch, reason = choose_touch(attribution, rules.attribution_model, rules.tables)
    if missing and (touch is None or touch.is_direct):
        reason = missing
    metadata = metadata_of(
        touch,
        attribution.ga_client_id,
        rules.utm_keyword_from,
        derive_utm=rules.derive_utm,
        tables=rules.tables,
    )
    explained = {
        "model": rules.attribution_model,
        "reason": reason,
        "notes": [*draft.notes, *evidence.notes],
        "table_version": rules.tables.version,
        "rules": {
            "own_domains": sorted(rules.own_domains),
            "utm_keyword_from": rules.utm_keyword_from,
            "derive_utm": rules.derive_utm,
        },
    }
    others = {"ttp": ids.ttp, "hubspotutk": ids.hubspotutk}
    known = {name: value for name, value in others.items() if value}
    rendered = render_attribution(attribution, rules.tables)
    return Conclusion(metadata, {**rendered, **known, **explained})
