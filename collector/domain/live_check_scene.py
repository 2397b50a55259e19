"""The evidence of a live check, put in order: what the rules of its checklist look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from collector.domain.capture import Capture
from collector.domain.check_link import CAMPAIGN
from collector.domain.check_report import FoundForm, PageFindings, Report
from collector.domain.event import Event
from collector.domain.sites import split_url
from collector.domain.url_parameters import read_query
from collector.domain.way import form_tag, script_tag


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A page view that came. `came` is `valid`, why the token that came was refused, or empty."""

    at: int
    url: str
    consent: str = "unknown:none"
    ignored: str = ""
    set_cookie: bool = False
    keep: bool = False
    framed: bool = False
    came: str = ""
    client_id: str = ""
    referer: bool = True
    source_id: str = ""

    @property
    def kept(self) -> bool:
        """Whether the browser has the token now, in its cookie or in the page's storage."""
        return self.set_cookie or self.keep or (self.came == "valid" and not self.ignored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The delivery that was asked for, as it stands."""

    state: str
    reason: str | None = None
    attempts: int = 0
    status: int | None = None

    @property
    def tried(self) -> bool:
        """Whether it was sent at least once."""
        return self.attempts > 0

    @property
    def facts(self) -> Mapping[str, str]:
        """The destination's answer."""
        return {"status": str(self.status)} if self.status else {}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that is known of one check. `base` is the collector's public address.

    `destination` names where the test is to be delivered, None where nobody asked for that;
    `linked` says whether the capture's events go there.
    """

    capture: Capture
    base: str
    reports: Sequence[Report] = ()
    lead: Event | None = None
    delivery: Sent | None = None
    destination: str | None = None
    linked: bool = True

    def _of(self, *kinds: str) -> list[Report]:
        return [one for one in self.reports if one.kind in kinds]

    @cached_property
    def click_id(self) -> str:
        """The click id of the check's link; a code of the command line's has none."""
        begun = self._of("begun")
        return str(begun[0].found.get("click_id", "")) if begun else ""

    @cached_property
    def views(self) -> list[View]:
        """Page views in the order in which they came."""
        return [msgspec.convert(one.found | {"at": one.at}, View) for one in self._of("view")]

    @cached_property
    def refusals(self) -> list[Mapping[str, Any]]:
        """What was refused: `code`, `url`, `origin`, `source_id`, `fields`."""
        return [one.found for one in self._of("refused")]

    @cached_property
    def all_pages(self) -> list[PageFindings]:
        """What pages found in themselves, in the order in which they told."""
        return [msgspec.convert(one.found, PageFindings) for one in self._of("page")]

    @cached_property
    def pages(self) -> list[PageFindings]:
        """The same, of each page only the newest."""
        return list({page.url: page for page in self.all_pages}.values())

    @property
    def seen(self) -> Sequence[object]:
        """Signs that the script has run for a person."""
        return [view for view in self.views if view.ignored in ("", "consent")] or self.pages

    @property
    def first_url(self) -> str:
        """The page on which the script was first seen."""
        return self.urls[0] if self.urls else ""

    @cached_property
    def urls(self) -> list[str]:
        """The pages that were seen, those first that the collector was told of by a view."""
        return [view.url for view in self.views] + [page.url for page in self.pages]

    @cached_property
    def arrived(self) -> dict[str, str]:
        """The parameters of the link that reached a page, as the collector reads them."""
        for text in self.urls:
            url = split_url(text)
            read = read_query(url).parameters if url else {}
            if found := {name: read[name] for name in ("gclid", *CAMPAIGN) if name in read}:
                return found
        return {}

    @property
    def consent(self) -> str:
        """What was said last of consent, `<state>:<by>`."""
        said = [
            (one.at, str(one.found.get("consent") or ""))
            for one in self._of("view", "page")
            if one.found.get("consent")
        ]
        return max(said, key=lambda one: one[0])[1] if said else ""

    @property
    def later(self) -> list[View]:
        """Views after the first that could have been kept."""
        kept = [place for place, view in enumerate(self.views) if view.kept]
        return self.views[kept[0] + 1 :] if kept else []

    @property
    def later_url(self) -> str:
        """The page on which the token was read again."""
        return next((view.url for view in self.later if view.came == "valid"), "")

    @property
    def lead_brought(self) -> bool:
        """Whether the lead came with the token."""
        return any(one.found.get("came") == "valid" for one in self._of("lead"))

    @property
    def client_id(self) -> str:
        """Google Analytics' client id, from the lead or from a view."""
        of_lead = self.lead.metadata.get("ga_client_id", "") if self.lead else ""
        return of_lead or next((view.client_id for view in self.views if view.client_id), "")

    @cached_property
    def lead_forms(self) -> list[FoundForm]:
        """Forms that ask for what a lead has, or that post to the collector."""
        return [form for page in self.pages for form in page.forms if form.lead or form.ours]

    @cached_property
    def taken_forms(self) -> list[FoundForm]:
        """Those of them that the collector gets a lead from."""
        return [
            form
            for page in self.pages
            for form in page.forms
            if (form.ours and form.source_id == self.capture.source_id)
            or (form.marked and page.form_mode != "off")
            or (form.lead and page.form_mode == "all")
        ]

    @property
    def form_title(self) -> str:
        """What people read above the form."""
        return next((form.title for form in self.taken_forms if form.title), "")

    @property
    def lead_click_id(self) -> str:
        """The click id that the lead has."""
        return self.lead.metadata.get("gclid", "") if self.lead else ""

    @property
    def script(self) -> str:
        """The tag as this capture's pages carry it."""
        return script_tag(self.address, self.capture.source_id)

    @property
    def form(self) -> str:
        """How a form begins that posts to this capture."""
        return form_tag(self.address, self.capture.source_id)

    @cached_property
    def address(self) -> str:
        """The collector's address as the pages have it; one on a stranger's host is no proof."""
        for page in self.pages:
            url, own = split_url(page.base), split_url(self.base)
            known = url and (self.capture.owns_host(url.host) or (own and own.host == url.host))
            if url and known and not url.query and not url.fragment:
                return f"{url.scheme}://{url.authority}{url.path.rstrip('/')}"
        return self.base
