"""What `collector inspect` says in words: each thing with the rule that decided, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from collector.domain.attribution import RELOAD, SAME_CLICK_ID, Merged, choose_touch, metadata_of
from collector.domain.capture import AttributionModel
from collector.domain.channel_rules import Traffic
from collector.domain.channels import SHARED_LINK, referral_of
from collector.domain.hosts import NO_TOUCH, site_of, site_of_source
from collector.domain.lead_attribution import Rules
from collector.domain.parameters import Parameter, known_parameter
from collector.domain.percent import percent_decode
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.tables import Tables
from collector.domain.touch import PageView, Touch, touch_of
from collector.domain.url_parameters import written_pairs

Row = tuple[str, str]

_MERGED = {
    SAME_CLICK_ID: "the token knows this click: no new touch",
    RELOAD: "the same landing page within 30 minutes: no new touch",
    "direct": "a direct view replaces nothing",
    "new touch: direct": "the first that is known of this visitor",
}
_DECIDED = {
    SHARED_LINK: "a link with the id of one network, seen on another: the later network counts",
    "utm": "UTM parameters are explicit; what they lack is implied",
    "referrer": "no parameter says more than the outside referrer",
    "direct": "there are neither parameters nor an outside referrer",
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """One page view, the rules it was judged by, and what it came to.

    `rejected` says why a cookie that came is not used.
    """

    view: PageView
    page: Url
    rules: Rules
    visited: Merged
    rejected: str | None

    def lines(self) -> Iterator[str]:
        """Write all of it, heading by heading."""
        touch = touch_of(self.view)
        yield f"Page view of {self.page.scheme}://{self.page.authority}{self.page.path}"
        yield from _section("Parameters", self._parameters(touch))
        yield from _section("Referrer", [(self.view.referrer or "-", self._referrer(touch))])
        yield from _section("This page view", self._view(touch))
        yield from _section("This visitor", self._visitor())
        yield from _section("Metadata of a lead sent now, by attribution model", self._models())

    def _parameters(self, touch: Touch) -> Iterator[Row]:
        """Say of each name in the URL what becomes of it; the touch says what was kept."""
        table, seen = self.rules.tables.parameters, set[str]()
        for written, value in written_pairs(self.page, table):
            parameter = known_parameter(written, table)
            if parameter is None:
                yield written, "not known: no part of the attribution"
                continue
            kept = touch.parameters.get(parameter.name)
            if kept is None or parameter.name in seen:
                yield parameter.name, f"dropped: {_why_dropped(parameter, value, kept)}"
            elif value:
                seen.add(parameter.name)
                yield parameter.name, f"= {kept}{_explained(parameter, value, kept)}"
            else:
                yield parameter.name, "dropped: empty"

    def _referrer(self, touch: Touch) -> str:
        url = split_url(self.view.referrer)
        if url is None:
            return "none" if not self.view.referrer else "does not count: no whole address"
        site = site_of(url)
        if touch.referrer:
            said = referral_of(touch.referrer)
            known = f"{site.kind} site {site.name}" if site else "a site like any other"
            return f"outside: {known}" + (
                f", by itself {said.source} / {said.medium}" if said else ""
            )
        if site and site.kind in NO_TOUCH:
            return f"does not count: {site.kind} host of {site.name}"
        inside = registrable_domain(url.host) in {
            *self.view.own_domains,
            registrable_domain(self.page.host),
        }
        return "does not count: " + ("own domain" if inside else "in COLLECTOR_SILENT_HOSTS")

    def _view(self, touch: Touch) -> Iterator[Row]:
        tables = self.rules.tables
        found = touch.classification(tables)
        why = _why(found.reason, touch, tables)
        yield "source / medium", f"{found.source} / {found.medium} ({found.reason}: {why})"
        yield "campaign", found.campaign or "-"
        traffic = _traffic(found.source, found.medium, found.campaign)
        yield "channel", f"{found.channel} (rule {found.channel_rule}: {traffic})"
        yield "landing page", touch.landing_page
        yield "merged as", self.visited.reason + _because(_MERGED.get(self.visited.reason))
        yield "tables", tables.version

    def _visitor(self) -> Iterator[Row]:
        attribution = self.visited.attribution
        if self.rejected:
            yield "cookie", f"not used: {self.rejected}"
        yield "touches", str(attribution.count)
        for name, touch in (("first", attribution.first), ("last", attribution.last)):
            if touch:
                found = touch.classification(self.rules.tables)
                yield name, f"{found.channel}: {found.source} / {found.medium} ({found.reason})"

    def _models(self) -> Iterator[Row]:
        attribution, rules = self.visited.attribution, self.rules
        for model in get_args(AttributionModel):
            touch, reason = choose_touch(attribution, model, rules.tables)
            metadata = metadata_of(
                touch,
                attribution.ga_client_id,
                rules.utm_keyword_from,
                derive_utm=rules.derive_utm,
                tables=rules.tables,
            )
            used = "the capture's model; " if model == rules.attribution_model else ""
            yield model, f"{used}{reason}"
            for name, value in metadata.items():
                yield "", f"{name} = {value}"
            if not metadata:
                yield "", "no metadata: this touch has no parameters"


def _why(reason: str, touch: Touch, tables: Tables) -> str:
    """Explain the reason of a touch, and which UTMs stand as they were written."""
    implied = f"the click id {reason} implies it" if reason in tables.parameters.implying else ""
    why = _DECIDED.get(reason) or implied or f"only {reason} is there"
    explicit = [name for name in ("utm_source", "utm_medium") if name in touch.parameters]
    written = f"; {' and '.join(explicit)} as written" if explicit and reason != "utm" else ""
    return why + written


def _section(heading: str, rows: Iterator[Row] | list[Row]) -> Iterator[str]:
    """Write rows below a heading, the second column aligned where the first is no longer."""
    found = list(rows)
    yield from ("", heading)
    width = min(max((len(name) for name, _ in found), default=0), 28)
    for name, text in found or [("none", "")]:
        yield f"  {name:{width}}  {text}".rstrip()


def _why_dropped(parameter: Parameter, value: str, kept: str | None) -> str:
    if parameter.names_person:
        return "it names a person"
    if not value:
        return "empty"
    if kept is not None:
        return "the first value counts"
    return "over 2,000 characters, or nothing but control characters or an e-mail address"


def _explained(parameter: Parameter, value: str, kept: str) -> str:
    said = []
    if parameter.click_id:
        said.append(f"click id of {parameter.network}" if parameter.network else "click id")
    if parameter.source:
        said.append(f"implies {parameter.source} / {parameter.medium}")
    decoded = percent_decode(value if parameter.click_id else value.replace("+", " "))
    if decoded != kept:
        said.append("without control characters and e-mail addresses")
    return _because(", ".join(said))


def _traffic(source: str, medium: str, campaign: str | None) -> str:
    """Name what the channel rules looked at."""
    site = site_of_source(source.strip().lower())
    traffic = Traffic(source.lower(), medium.lower(), (campaign or "").lower(), None)
    kind = f"{source} is a {site.kind} site" if site else f"{source} is no known site"
    return f"{kind}, {medium} is {'paid' if traffic.paid else 'not paid'}"


def _because(text: str | None) -> str:
    return f" ({text})" if text else ""
