"""Signs of what a live check finds wrong before a form is sent: each gives its facts, or None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from collector.domain.check_link import CAMPAIGN
from collector.domain.live_check_scene import Scene
from collector.domain.percent import percent_decode

Facts = Mapping[str, str] | None

SETTLED_MS: Final = 6_000
"""After so long on a page, what has not come does not come by itself."""

LATE_MS: Final = 2_000


# ---- the script ------------------------------------------------------------------------------


def refused(scene: Scene, code: str, *facts: str) -> Facts:
    """See a page view that was refused for one reason."""
    for one in scene.refusals:
        if one.get("code") == code:
            return {name: str(one.get(name) or "") for name in facts}
    return None


def other_capture(scene: Scene) -> Facts:
    """See the code of this capture come by the tag of another."""
    named = [str(one.get("source_id") or "") for one in scene.refusals]
    named += [view.source_id for view in scene.views]
    named += [page.source_id for page in scene.pages]
    other = next((one for one in named if one and one != scene.capture.source_id), None)
    return {"named": other, "wanted": scene.capture.source_id} if other else None


def taken_for_bot(scene: Scene) -> Facts:
    """See page views ignored, for another cause than consent, and no other."""
    reasons = [view.ignored for view in scene.views if view.ignored not in ("", "consent")]
    return {"why": reasons[0]} if reasons and not scene.seen else None


def on_page(scene: Scene, name: str) -> Facts:
    """See what a page said yes to."""
    urls = [page.url for page in scene.pages if getattr(page, name)]
    return {"page": urls[0]} if urls else None


# ---- parameters ------------------------------------------------------------------------------


def parameters_lost(scene: Scene) -> Facts:
    """See the script run, and not one parameter of the link."""
    urls = [view.url for view in scene.views if not view.ignored]
    urls += [page.url for page in scene.pages]
    return {"page": urls[0]} if urls and not scene.arrived else None


def parameters_changed(scene: Scene) -> Facts:
    """See some parameters lost or written anew; the click id has a step of its own."""
    if not scene.arrived:
        return None
    missing = [name for name in CAMPAIGN if name not in scene.arrived]
    changed = [name for name, value in CAMPAIGN.items() if scene.arrived.get(name, value) != value]
    arrived = [f"{name}={scene.arrived[name]}" for name in changed]
    found = missing or changed
    return {"missing": ", ".join(missing), "arrived": ", ".join(arrived)} if found else None


def click_id_is(scene: Scene, sort: str) -> Facts:
    """See the click id changed in one way; each change is of one sort only."""
    clicked, arrived = scene.click_id, scene.arrived.get("gclid", "")
    same = not scene.arrived or not clicked or arrived == clicked
    if same or _change(clicked, arrived) != sort:
        return None
    return {"clicked": clicked, "arrived": arrived}


def _change(clicked: str, arrived: str) -> str:
    if not arrived:
        return "lost"
    if arrived.lower() == clicked.lower():
        return "case"
    if clicked.startswith(arrived):
        return "cut"
    return "encoded" if percent_decode(arrived) == clicked else "changed"


# ---- consent ---------------------------------------------------------------------------------


def consent_late(scene: Scene) -> Facts:
    """See a view that was kept although a banner had still to come."""
    if not any(view.kept and view.consent == "unknown:none" for view in scene.views):
        return None
    banners = _banners(scene, "auto")
    by_banner = scene.consent.partition(":")[2] in ("tcf", "gcm", "banner")
    return {"banner": banners} if banners or by_banner else None


def consent_ignored(scene: Scene) -> Facts:
    """See a banner that the tag was told not to ask."""
    banners = _banners(scene, "none")
    return {"banner": banners} if banners else None


def _banners(scene: Scene, mode: str) -> str:
    return listed(name for page in scene.pages if page.mode == mode for name in page.banners)


def consent_open(scene: Scene, *by: str) -> Facts:
    """See a banner that waits, unless it came too late for that."""
    return None if consent_late(scene) else consent_is(scene, "unknown", *by)


def consent_is(scene: Scene, state: str, *by: str) -> Facts:
    """See how consent stands now, and by whom."""
    said, _, who = scene.consent.partition(":")
    return {"consent": scene.consent} if said == state and who in by else None


# ---- the cookie ------------------------------------------------------------------------------


def kept_by_page(scene: Scene, why: str) -> Facts:
    """See the token kept in the page's storage: the collector is foreign, or the page framed."""
    views = [view for view in scene.views if not view.ignored and (view.keep or view.framed)]
    found = bool(views) and ("framed" if views[0].framed else "foreign") == why
    return {"page": views[0].url} if found else None


def token_missing(scene: Scene) -> Facts:
    """See later views without the token that an earlier one was given."""
    gone = [view for view in scene.later if not view.came and not view.ignored]
    read = any(view.came == "valid" for view in scene.later) or scene.lead_brought
    return {"page": gone[0].url} if gone and not read else None


def token_refused(scene: Scene) -> Facts:
    """See a token come back that could not be used."""
    reasons = [view.came for view in scene.later if view.came not in ("", "valid")]
    return {"why": reasons[-1]} if reasons else None


def storage_off(scene: Scene) -> Facts:
    """See a page that must keep the token and cannot."""
    foreign = any(view.keep for view in scene.views)
    off = [page.url for page in scene.pages if not page.storage]
    return {"page": off[0]} if foreign and off else None


# ---- Google Analytics ------------------------------------------------------------------------


def analytics_late(scene: Scene) -> Facts:
    """See its cookie come so late that a quick visitor is gone."""
    late = [page.ga_at for page in scene.pages if page.ga and page.ga_at >= LATE_MS]
    return {"seconds": f"{late[0] / 1000:.1f}"} if late else None


def analytics_is(scene: Scene, sort: str) -> Facts:
    """See its cookie still missing: blocked though allowed, withheld by consent, or not in use."""
    settled = [page for page in scene.pages if page.age >= SETTLED_MS]
    if not settled or scene.client_id or any(page.ga for page in scene.pages):
        return None
    allowed = scene.consent.startswith("granted") or scene.consent == "unknown:none"
    tagged = any(page.ga_tag for page in settled)
    tag_manager_may_wait = "" if not allowed else "absent"
    now = ("silent" if allowed else "withheld") if tagged else tag_manager_may_wait
    return {} if now == sort else None


def listed(names: Iterable[str]) -> str:
    """Write each name once."""
    return ", ".join(dict.fromkeys(names))
