"""What has to become of a cell, by the contract alone: at the destination, on the device, on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.domain.event import METADATA_KEYS
from tests.browser.front import SITE
from tests.browser.matrix.cells import Cell
from tests.browser.shop import AD, FULL_METADATA, GA_CLIENT_ID
from tests.browser.visitor import DOMAIN, GA_COOKIE

TYPED = {"name": "Ada Löwe", "email": "ada@example.com"}
LANDING, BETWEEN, LAST = f"/?{AD}", "/about", "/contact"
LANDING_ON_FORM = f"/contact?{AD}"
TOKEN, EVENT_ID, HASH = "<token>", "<event id>", "<hash>"
"""Stand for values that differ each time."""

OTHER_AD = "utm_source=bing&utm_medium=display&utm_campaign=autumn&gclid=of-another-visitor"
OTHER_METADATA = dict(pair.split("=") for pair in OTHER_AD.split("&"))
"""What a page cache may have kept of the visitor before."""


@dataclass(frozen=True, kw_only=True)
class Lead:
    """What Driftrock received, and the consent that is stored with it."""

    fields: Mapping[str, object]
    metadata: Mapping[str, str]
    consent: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A post to the collector: what it says beside fields, and the names of its cookies.

    Addresses are written without the site's origin.
    """

    to: str
    said: Mapping[str, object]
    cookies: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that a visit leaves behind. `fetched` are the files that were asked of the collector."""

    lead: Lead | None = None
    order: Mapping[str, str] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    storage: Mapping[str, str] = field(default_factory=dict)
    sent: tuple[Sent, ...] = ()
    fetched: frozenset[str] = frozenset()


def expected(cell: Cell) -> Outcome:
    """Conclude what a cell that can be has to come to."""
    return Outcome(
        lead=_lead(cell) if cell.form.makes_lead else None,
        order=_order(cell) if cell.form.is_ordered else None,
        cookies=_cookies(cell),
        storage={f"{SITE} localStorage _lc": TOKEN} if kept(cell) == "storage" else {},
        sent=_views(cell) + ((_submission(cell),) if cell.form.makes_lead else ()),
        fetched=_fetched(cell),
    )


def kept(cell: Cell) -> str:
    """Where the visitor's token lies afterwards: `cookie`, `storage` or `nothing`."""
    return cell.place.keeps if cell.kind.has_script and cell.answer.allows else "nothing"


def known(cell: Cell) -> dict[str, str]:
    """Which marketing values the collector may know and does.

    Without the script a form's own page tells them as far as the browser names it, and the
    browser's cookies ride along, unless the browser says that it is not wanted.
    """
    if cell.kind.has_script:
        return dict(FULL_METADATA) if cell.answer.allows else {}
    if cell.answer.has_signal:
        return {}
    if cell.place.told_page:
        return dict(FULL_METADATA)
    return {"ga_client_id": GA_CLIENT_ID} if cell.place.cookies_ride else {}


def _lead(cell: Cell) -> Lead:
    speaks = cell.kind.has_script or cell.answer.has_signal
    said = cell.answer.said if speaks else "unknown:none"
    return Lead(fields=TYPED, metadata=known(cell), consent=said)


def _order(cell: Cell) -> dict[str, str]:
    """A form of another system is filled with what is known; a cached page stays as it was cached."""
    if cell.form.makes_lead:
        return TYPED
    cached = OTHER_METADATA if cell.kind.is_cached else {}
    return TYPED | dict.fromkeys(METADATA_KEYS, "") | cached | known(cell)


def _cookies(cell: Cell) -> dict[str, str]:
    ours = {"_lc": cell.place.topology.host or SITE} if kept(cell) == "cookie" else {}
    return {"_ga": f".{DOMAIN}"} | ours


def _riding(cell: Cell, *, first: bool) -> frozenset[str]:
    if not cell.place.cookies_ride:
        return frozenset()
    return frozenset({"_ga"} if first or kept(cell) == "nothing" else {"_ga", "_lc"})


def _views(cell: Cell) -> tuple[Sent, ...]:
    """One for each page; of a refusal nothing but the site is told, once for each document."""
    if not cell.kind.has_script:
        return ()
    state, by = cell.answer.said.split(":")
    consent = {"state": state, "by": by}
    if not cell.answer.allows:
        refusal = Sent(
            to="/t", said={"url": "", "consent": consent}, cookies=_riding(cell, first=True)
        )
        return (refusal,) * (1 if cell.kind.is_single else 3)
    pages = (LANDING, BETWEEN, LAST)
    return tuple(
        _view(cell, url=url, before=before, consent=consent)
        for before, url in zip((None, *pages), pages, strict=False)
    )


def _view(cell: Cell, *, url: str, before: str | None, consent: dict[str, str]) -> Sent:
    """A page carries the token where it has one: in storage, or in the memory of the one document."""
    has_token = before is not None and (cell.place.keeps == "storage" or cell.kind.is_single)
    said: dict[str, object] = {"url": url, "consent": consent, "cookies": {"_ga": GA_COOKIE}}
    if before is not None and cell.kind.tells_referrer:
        said["referrer"] = before
    if has_token:
        said["token"] = TOKEN
    return Sent(to="/t", said=said, cookies=_riding(cell, first=before is None))


def _submission(cell: Cell) -> Sent:
    """A refusal leaves only what the visitor submits, that it was refused, and which submission it is."""
    said: dict[str, object] = {}
    if cell.kind.has_script:
        said = {"_event_id": EVENT_ID, "_consent": cell.answer.said}
        if cell.answer.allows:
            said |= {"_page": LAST, "_token": TOKEN, "_ga": GA_COOKIE}
            said |= {"_referrer": BETWEEN} if cell.kind.tells_referrer else {}
    return Sent(to="/f", said=said, cookies=_riding(cell, first=False))


def _fetched(cell: Cell) -> frozenset[str]:
    """The second file comes once a form is begun; a form that the browser sends ends at our thanks."""
    script = {"/t.js", f"/t-{HASH}.js"} if cell.kind.has_script else set()
    page = {"/f/thanks", "/style.css"} if cell.form.name == "to collector" else set()
    return frozenset(script | page)
