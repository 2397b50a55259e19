"""The matrix's dimensions as data, and its cells: everything a visit can be made of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from tests.browser.shop import FOREIGN, PATH, SUBDOMAIN, Topology


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the collector stands, and what a browser therefore does.

    `keeps` names where the token lies, `cookies_ride` says whether the browser's cookies go to the
    collector, `told_page` whether it tells the collector a page's whole address by itself.
    """

    name: str
    topology: Topology
    keeps: str
    cookies_ride: bool
    told_page: bool


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of page: with the script or without, of one document or of several."""

    name: str
    has_script: bool = True
    is_single: bool = False
    tells_referrer: bool = True
    is_cached: bool = False
    by_manager: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """A kind of form: whether it becomes a lead, and whether another system receives it."""

    name: str
    makes_lead: bool = True
    is_ordered: bool = False
    needs_script: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said on consent: the tag's mode, what the visitor decides, what is then reported."""

    name: str
    mode: str
    said: str
    decides: str | None = None
    has_signal: bool = False

    @property
    def allows(self) -> bool:
        """Whether the device may be written to and read."""
        return self.said.startswith("granted")


PLACES = (
    Place(name="path", topology=PATH, keeps="cookie", cookies_ride=True, told_page=True),
    Place(
        name="subdomain", topology=SUBDOMAIN, keeps="cookie", cookies_ride=True, told_page=False
    ),
    Place(name="foreign", topology=FOREIGN, keeps="storage", cookies_ride=False, told_page=False),
)
KINDS = (
    Kind(name="plain"),
    Kind(name="cached", is_cached=True),
    Kind(name="single-page", is_single=True),
    Kind(name="tag manager", by_manager=True),
    Kind(name="no-referrer", tells_referrer=False),
    Kind(name="no script", has_script=False),
)
FORMS = (
    Form(name="to collector", needs_script=False),
    Form(name="copy", is_ordered=True),
    Form(name="fill", is_ordered=True, makes_lead=False),
    Form(name="JSON"),
)
ANSWERS = (
    Answer(name="none needed", mode="none", said="granted:none"),
    Answer(name="given later", mode="required", said="granted:api", decides="granted"),
    Answer(name="refused", mode="required", said="denied:api", decides="denied"),
    Answer(name="GPC", mode="auto", said="denied:gpc", has_signal=True),
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One way in which a visitor can come to a form."""

    place: Place
    kind: Kind
    form: Form
    answer: Answer

    @property
    def name(self) -> str:
        """Its four values, as the tests and the tables name it."""
        return f"{self.place.name}, {self.kind.name}, {self.form.name}, {self.answer.name}"

    @property
    def cannot_be(self) -> str | None:
        """Why no visitor is ever in this cell."""
        if self.kind.has_script:
            return None
        if self.form.needs_script:
            return "cannot be: the script's work"
        if self.answer.decides:
            return "cannot be: nobody is asked"
        return None


CELLS = tuple(
    Cell(place=place, kind=kind, form=form, answer=answer)
    for place, kind, form, answer in product(PLACES, KINDS, FORMS, ANSWERS)
)

DIAGONAL = frozenset(
    {
        "path, plain, to collector, none needed",
        "subdomain, cached, fill, given later",
        "foreign, single-page, copy, given later",
        "path, tag manager, JSON, GPC",
        "subdomain, no-referrer, copy, refused",
        "foreign, no-referrer, to collector, given later",
        "path, no script, to collector, none needed",
    }
)
"""Each value of each dimension at least once: what runs every day."""
