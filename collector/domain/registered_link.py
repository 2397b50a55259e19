"""Registered links: which touches come of one, told by the landing page and the UTMs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgspec

from collector.domain.errors import InputError
from collector.domain.link import split_link
from collector.domain.link_lint import lint_link
from collector.domain.link_rules import LinkRules
from collector.domain.link_values import holds_placeholder
from collector.domain.said import Said
from collector.domain.sites import registrable_domain, split_url
from collector.domain.tables import Tables
from collector.domain.tally import Spot, spot_of_touch
from collector.domain.touch import PageView, touch_of

MEMBERS: Final = ("source", "medium", "campaign", "content", "term")
"""What tells links to one page apart; a `mask` has a bit for each that a platform fills in."""
LONGEST: Final = 2_000
LONGEST_NAME: Final = 120


class Keys(msgspec.Struct, frozen=True):
    """By what touches are counted: on this page, and on any page of its site."""

    page: str
    site: str


class RegisteredLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that somebody has put somewhere; `user_email` of None is the command line."""

    id: str
    url: str
    name: str
    host: str
    mask: int
    key: str
    site_key: str
    created_at: int
    user_email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """Makes links ready to be kept."""

    rules: LinkRules
    tables: Tables
    now: int
    user_email: str | None = None

    def link(self, url: str, name: str, new_id: str) -> RegisteredLink:
        """Make one. Raises InputError where touches of it could not be told."""
        link = url.strip()
        host = self._host_of(link)
        written = dict(split_link(link).pairs)
        mask = sum(
            1 << place
            for place, member in enumerate(MEMBERS)
            if holds_placeholder(written.get(f"utm_{member}", ""))
        )
        view = PageView(url=link, referrer="", at=self.now, own_domains=frozenset())
        touch = touch_of(msgspec.structs.replace(view, tables=self.tables))
        keys = keys_of(spot_of_touch(self.now, "", touch, self.tables), mask)
        return RegisteredLink(
            id=new_id,
            url=link,
            name=" ".join(name.split())[:LONGEST_NAME],
            host=host,
            mask=mask,
            key=keys.page,
            site_key=keys.site,
            created_at=self.now,
            user_email=self.user_email,
        )

    def _host_of(self, link: str) -> str:
        """Give the host of a link that has no error. Raises InputError."""
        lenient = {"allow_placeholders": True, "own_domains": frozenset[str]()}
        linted = lint_link(link, msgspec.structs.replace(self.rules, **lenient))
        errors = [one.code for one in linted.findings if one.severity == "error"]
        page = split_url(link)
        if page is None or errors or len(link) > LONGEST:
            code = (*errors, "not_a_link")[0]
            mend = Said("mend this link first ({code}): {link}", code=code, link=link[:200])
            raise InputError(mend, field="links")
        if "utm_source" not in dict(split_link(link).pairs):
            said = Said("without utm_source no touch is known again: {link}", link=link[:200])
            raise InputError(said, field="links")
        return page.host


def keys_of(spot: Spot, mask: int) -> Keys:
    """Name what a spot has in common with links of a mask."""
    place = spot.place
    values = (place.source, place.medium, place.campaign, spot.content, spot.term)
    told = [None if mask >> number & 1 else value for number, value in enumerate(values)]
    site = registrable_domain(place.landing_page.partition("/")[0])
    return Keys(_named("page", place.landing_page, told), _named("site", site, told))


def _named(kind: str, where: str, told: Sequence[str | None]) -> str:
    return blake2b(msgspec.json.encode((kind, where, told)), digest_size=16).hexdigest()
