"""Signs of what a live check can find wrong with the form, its lead and the delivery."""

from __future__ import annotations

from collections.abc import Callable

from collector.domain.check_report import FoundForm
from collector.domain.live_check_scene import Scene
from collector.domain.live_check_signs import Facts, listed
from collector.domain.sites import origin_of, split_url

# ---- the form --------------------------------------------------------------------------------


def _form(scene: Scene, is_wrong: Callable[[FoundForm], bool]) -> Facts:
    for form in scene.lead_forms:
        if is_wrong(form):
            return {"form": form.title, "action": form.to}
    return None


def _off(scene: Scene) -> bool:
    return any(page.form_mode == "off" for page in scene.pages)


def form_elsewhere(scene: Scene) -> Facts:
    """See forms for leads, none of which the collector hears of."""
    if scene.taken_forms or scene.lead or _off(scene):
        return None
    return _form(scene, lambda form: not form.ours)


def forms_off(scene: Scene) -> Facts:
    """See the same where the tag says so."""
    taken = scene.taken_forms or scene.lead
    return _form(scene, lambda form: not form.ours) if _off(scene) and not taken else None


def form_of_other_capture(scene: Scene) -> Facts:
    """See a form post to the collector for another capture."""
    own = scene.capture.source_id
    return _form(scene, lambda form: form.ours and form.source_id != own)


def form_by_get(scene: Scene) -> Facts:
    """See a form that would put its fields into an address."""
    return _form(scene, lambda form: form.ours and form.method != "post")


def violated(scene: Scene, directive: str) -> Facts:
    """See the page's policy forbid something."""
    for page in scene.pages:
        for one in page.violations:
            if one.directive == directive:
                return {"blocked": one.blocked}
    return None


def framed_form(scene: Scene) -> Facts:
    """See no form but a frame, which may hold one."""
    frames = [host for page in scene.pages for host in page.frames]
    return None if scene.lead_forms or scene.lead or not frames else {"frame": frames[0]}


def nameless(scene: Scene) -> Facts:
    """See fields that no browser sends."""
    for form in scene.lead_forms:
        if form.nameless:
            return {"form": form.title, "count": str(form.nameless)}
    return None


def fill_off(scene: Scene) -> Facts:
    """See inputs to be filled where the tag forbids it."""
    wanted = listed(name for page in scene.pages if page.fill_mode == "off" for name in page.fill)
    return {"names": wanted} if wanted else None


def no_referrer(scene: Scene) -> Facts:
    """See no request that says which page it comes from."""
    views = [view for view in scene.views if not view.ignored]
    return {} if views and not any(view.referer for view in views) else None


# ---- the lead and its delivery ---------------------------------------------------------------


def not_taken(scene: Scene) -> Facts:
    """See a form sent a while ago, and no lead."""
    sent = [page.url for page in scene.all_pages if page.submitted]
    known = scene.lead is not None or refused_lead(scene) is not None
    return {"page": sent[-1]} if sent and not known else None


def refused_lead(scene: Scene) -> Facts:
    """See a lead refused for its fields, and none since."""
    fields = [str(one["fields"]) for one in scene.refusals if one.get("fields")]
    return {"fields": fields[-1]} if fields and scene.lead is None else None


def marked(scene: Scene, mark: str) -> Facts:
    """See a mark on the lead."""
    cause = scene.lead.marks.get(mark) if scene.lead else None
    return {"why": cause} if cause else None


def lead_click_id_is(scene: Scene, sort: str) -> Facts:
    """See a lead without the click id, or with another one."""
    arrived = scene.lead_click_id
    if scene.lead is None or not scene.click_id or arrived == scene.click_id:
        return None
    if (sort == "lost") != (not arrived):
        return None
    reason = str(scene.lead.attribution.get("reason") or "")
    return {"clicked": scene.click_id, "arrived": arrived, "why": reason}


def delivery_is(scene: Scene, *states: str) -> Facts:
    """See how the delivery stands; a test that was not released yet is no fault."""
    one = scene.delivery
    if one is None or one.state not in states or one.reason == "test":
        return None
    return {"reason": one.reason or "", "status": str(one.status or "")}


def not_linked(scene: Scene) -> Facts:
    """See a destination that the capture's events do not go to."""
    return {"destination": scene.destination or ""} if not scene.linked else None


def waits_again(scene: Scene) -> Facts:
    """See a delivery that failed for now."""
    tried = scene.delivery is not None and scene.delivery.tried
    return delivery_is(scene, "ready") if tried else None


# ---- to paste --------------------------------------------------------------------------------


def missing_origin(scene: Scene) -> str:
    """Name the origin that the capture lacks."""
    urls = [str(one.get("origin") or one.get("url") or "") for one in scene.refusals]
    urls += [scene.lead.marks["origin"]] if scene.lead and "origin" in scene.lead.marks else []
    origins = (origin_of(url) for text in urls if (url := split_url(text)))
    return next(filter(None, origins), "")
