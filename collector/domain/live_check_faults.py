"""What a live check can find wrong, as a table: at which step, when, what to paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from collector.domain import live_check_lead_signs as ends
from collector.domain import live_check_signs as signs
from collector.domain.live_check_scene import Scene

Level = Literal["problem", "note"]
PROBLEM: Final[Level] = "problem"
NOTE: Final[Level] = "note"


@dataclass(frozen=True, slots=True)
class Fault:
    """`applies` gives the facts of a fault that is there, None where it is not."""

    code: str
    step: str
    level: Level
    applies: Callable[[Scene], signs.Facts]
    paste: Callable[[Scene], str] | None = None


def _as(sign: Callable[..., signs.Facts], *how: Any) -> Callable[[Scene], signs.Facts]:
    return lambda scene: sign(scene, *how)


def _said(text: str) -> Callable[[Scene], str]:
    return lambda _: text


def _tag_with(attribute: str) -> Callable[[Scene], str]:
    return lambda scene: scene.script.replace("></script>", f" {attribute}></script>")


def _form_action(scene: Scene) -> str:
    return f"form-action 'self' {scene.address}"


_tag, _form = (lambda scene: scene.script), (lambda scene: scene.form)
_origin = ends.missing_origin
_query = _said("return 302 /offer$is_args$args;")
_path = _said("location /_lc/ {\n    proxy_pass http://127.0.0.1:8000/;\n}")
_wait = _tag_with('data-consent="required"')
_all = _tag_with('data-forms="all"')
_fill = _tag_with('data-fill="on"')
_copy = _said('<form data-collector action="https://other.example.com/…">')
_referrer = _said("Referrer-Policy: strict-origin-when-cross-origin")
BANNERS: Final = ("tcf", "gcm", "banner", "api", "none")

FAULTS: Final = (
    Fault("other_capture", "script", PROBLEM, signs.other_capture, _tag),
    Fault("origin_refused", "script", PROBLEM, _as(signs.refused, "origin", "origin"), _origin),
    Fault("page_refused", "script", PROBLEM, _as(signs.refused, "page", "url"), _origin),
    Fault("taken_for_bot", "script", PROBLEM, signs.taken_for_bot),
    Fault("service_worker", "script", NOTE, _as(signs.on_page, "worker")),
    Fault("parameters_lost", "parameters", PROBLEM, signs.parameters_lost, _query),
    Fault("parameters_changed", "parameters", PROBLEM, signs.parameters_changed, _query),
    Fault("hash_routing", "parameters", NOTE, _as(signs.on_page, "hash_routes")),
    Fault("click_id_lost", "click_id", PROBLEM, _as(signs.click_id_is, "lost"), _query),
    Fault("click_id_case", "click_id", PROBLEM, _as(signs.click_id_is, "case"), _query),
    Fault("click_id_cut", "click_id", PROBLEM, _as(signs.click_id_is, "cut"), _query),
    Fault("click_id_encoded", "click_id", PROBLEM, _as(signs.click_id_is, "encoded"), _query),
    Fault("click_id_changed", "click_id", PROBLEM, _as(signs.click_id_is, "changed"), _query),
    Fault("consent_late", "consent", PROBLEM, signs.consent_late, _wait),
    Fault("consent_ignored", "consent", PROBLEM, signs.consent_ignored, _wait),
    Fault("consent_refused", "consent", NOTE, _as(signs.consent_is, "denied", *BANNERS)),
    Fault("consent_gpc", "consent", NOTE, _as(signs.consent_is, "denied", "gpc")),
    Fault("consent_open", "consent", NOTE, _as(signs.consent_open, *BANNERS[:-1])),
    Fault("cookie_foreign", "cookie", NOTE, _as(signs.kept_by_page, "foreign"), _path),
    Fault("cookie_framed", "cookie", NOTE, _as(signs.kept_by_page, "framed")),
    Fault("token_missing", "next_page", PROBLEM, signs.token_missing),
    Fault("token_refused", "next_page", PROBLEM, signs.token_refused),
    Fault("storage_off", "next_page", PROBLEM, signs.storage_off),
    Fault("analytics_late", "analytics", NOTE, signs.analytics_late),
    Fault("analytics_silent", "analytics", PROBLEM, _as(signs.analytics_is, "silent")),
    Fault("analytics_withheld", "analytics", NOTE, _as(signs.analytics_is, "withheld")),
    Fault("analytics_absent", "analytics", NOTE, _as(signs.analytics_is, "absent")),
    Fault("form_elsewhere", "form", PROBLEM, ends.form_elsewhere, _copy),
    Fault("forms_off", "form", PROBLEM, ends.forms_off, _all),
    Fault("form_other_capture", "form", PROBLEM, ends.form_of_other_capture, _form),
    Fault("form_by_get", "form", PROBLEM, ends.form_by_get, _form),
    Fault("form_blocked", "form", PROBLEM, _as(ends.violated, "form-action"), _form_action),
    Fault("form_in_frame", "form", NOTE, ends.framed_form),
    Fault("fields_nameless", "form", NOTE, ends.nameless),
    Fault("fill_off", "form", NOTE, ends.fill_off, _fill),
    Fault("no_referrer", "form", NOTE, ends.no_referrer, _referrer),
    Fault("lead_refused", "lead", PROBLEM, ends.refused_lead),
    Fault("lead_not_taken", "lead", PROBLEM, ends.not_taken),
    Fault("lead_origin", "lead", PROBLEM, _as(ends.marked, "origin"), _origin),
    Fault("lead_spam", "lead", NOTE, _as(ends.marked, "spam")),
    Fault("lead_without_click", "lead", PROBLEM, _as(ends.lead_click_id_is, "lost")),
    Fault("lead_click_changed", "lead", PROBLEM, _as(ends.lead_click_id_is, "changed")),
    Fault("not_linked", "forwarded", PROBLEM, ends.not_linked),
    Fault("delivery_held", "forwarded", PROBLEM, _as(ends.delivery_is, "held", "cancelled")),
    Fault("delivery_refused", "answer", PROBLEM, _as(ends.delivery_is, "refused", "expired")),
    Fault("delivery_again", "answer", NOTE, ends.waits_again),
)
