"""The linter of campaign links: what is wrong with one, what cures it, and the link mended."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from collector.domain.channels import classify
from collector.domain.link import Link, decode_value, render_link
from collector.domain.link_findings import Finding, finding
from collector.domain.link_names import mend_names
from collector.domain.link_rules import LinkRules
from collector.domain.link_shape import mend_shape
from collector.domain.link_values import holds_placeholder, mend_values
from collector.domain.sites import registrable_domain, split_url

_UNASSIGNED = "Unassigned"


class LintedLink(msgspec.Struct, frozen=True, gc=False):
    """A link and its findings; `corrected` is the link without those that can be mended."""

    link: str
    findings: tuple[Finding, ...]
    corrected: str | None

    @property
    def has_error(self) -> bool:
        """Whether something costs data, not only tidiness."""
        return any(one.severity == "error" for one in self.findings)


def lint_link(text: str, rules: LinkRules) -> LintedLink:
    """Check one link; `corrected` is None where nothing is wrong or nothing can be mended."""
    text = text.strip()
    found: list[Finding] = []
    link = mend_shape(text, found)
    url = split_url(link.head)
    if url is None or url.scheme not in {"http", "https"}:
        return LintedLink(text, (finding("not_a_link", text[:200]),), None)
    link = mend_names(link, found, placeholders=rules.allow_placeholders)
    link = mend_values(link, rules, found)
    if _is_own(url.host, rules):
        link = _without_utms(link, found)
    else:
        _look_at_channel(dict(link.pairs), found)
    if not found:
        return LintedLink(text, (), None)
    mended = render_link(link)
    return LintedLink(text, tuple(found), None if mended == text else mended)


def _is_own(host: str, rules: LinkRules) -> bool:
    if not rules.own_domains:
        return False
    return host in rules.own_domains or registrable_domain(host) in rules.own_domains


def _without_utms(link: Link, found: list[Finding]) -> Link:
    utms = [name for name, _ in link.pairs if name.startswith("utm_")]
    if not utms:
        return link
    found.append(finding("own_domain", ", ".join(utms)))
    kept = tuple(pair for pair in link.pairs if not pair[0].startswith("utm_"))
    return Link(link.head, kept, link.fragment)


def _look_at_channel(written: dict[str, str], found: list[Finding]) -> None:
    """Note what keeps a tagged link from having a source, a medium and a channel."""
    utms = [name for name in written if name.startswith("utm_")]
    if not utms:
        return
    missing = [name for name in ("source", "medium") if f"utm_{name}" not in written]
    found += (finding(f"missing_{name}", ", ".join(utms)) for name in missing)
    if missing or any(holds_placeholder(written[name]) for name in ("utm_source", "utm_medium")):
        return
    source, medium = decode_value(written["utm_source"]), decode_value(written["utm_medium"])
    if _channel(source, medium, "") != _UNASSIGNED:
        return  # a campaign's name can only give a channel to what has none
    if _channel(source, medium, decode_value(written.get("utm_campaign", ""))) == _UNASSIGNED:
        found.append(finding("unassigned", f"utm_medium={medium}"))


@lru_cache(maxsize=4096)
def _channel(source: str, medium: str, campaign: str) -> str:
    named = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
    return classify(named).channel
