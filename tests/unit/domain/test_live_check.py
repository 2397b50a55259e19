from __future__ import annotations

from typing import Any

import pytest

from collector.domain.check_report import Report
from collector.domain.live_check import STEPS, Item, checklist
from collector.domain.live_check_faults import FAULTS
from collector.domain.live_check_lead_signs import violated
from collector.domain.live_check_scene import Scene, Sent
from tests.installation import BASE, SITE, SOURCE, new_capture
from tests.unit.domain.scenes import (
    CLICK_ID,
    ELSEWHERE,
    OFFER,
    OTHERS,
    OURS,
    lead,
    page,
    refused,
    scene,
    sent,
    view,
)

NEXT = f"{SITE}/contact"
LATER = view(NEXT, set_cookie=False, came="valid")


def items(given: Scene) -> dict[str, Item]:
    return {item.step: item for item in checklist(given)}


def verdicts(given: Scene) -> dict[str, str]:
    return {item.step: item.verdict for item in checklist(given)}


def codes(given: Scene) -> set[str]:
    return {one.code for item in checklist(given) for one in item.found}


# ---- what is wrong ---------------------------------------------------------------------------

WRONG: dict[str, list[Scene]] = {
    "other_capture": [
        scene(refused("unknown_capture", source_id="another")),
        scene(view(source_id="another")),
        scene(page(source_id="another")),
    ],
    "origin_refused": [scene(refused("origin", origin="https://shop.example.net"))],
    "page_refused": [scene(refused("page", url="https://shop.example.net/offer"))],
    "taken_for_bot": [scene(view(ignored="HeadlessChrome", set_cookie=False))],
    "service_worker": [scene(view(), page(worker=True))],
    "parameters_lost": [scene(view(f"{SITE}/offer")), scene(page(f"{SITE}/offer"))],
    "parameters_changed": [
        scene(view(OFFER.replace("Live-Check", "live-check"))),
        scene(view(f"{SITE}/?gclid={CLICK_ID}")),
    ],
    "hash_routing": [scene(view(), page(hash_routes=True))],
    "click_id_lost": [scene(view(OFFER.replace(f"&gclid={CLICK_ID}", "")))],
    "click_id_case": [scene(view(OFFER.replace(CLICK_ID, CLICK_ID.lower())))],
    "click_id_cut": [scene(view(OFFER.replace(CLICK_ID, CLICK_ID[:12])))],
    "click_id_encoded": [scene(view(OFFER.replace(CLICK_ID, CLICK_ID.replace("-", "%252D"))))],
    "click_id_changed": [scene(view(OFFER.replace("TeSt_", "TeSt")))],
    "consent_late": [
        scene(view(consent="unknown:none"), page(consent="unknown:banner", banners=["OneTrust"])),
        scene(view(), view(consent="granted:tcf", came="valid")),
    ],
    "consent_ignored": [scene(page(mode="none", banners=["klaro"]))],
    "consent_refused": [scene(view(consent="denied:tcf", ignored="consent"))],
    "consent_gpc": [scene(view(consent="denied:gpc", ignored="consent"))],
    "consent_open": [scene(page(consent="unknown:tcf"))],
    "cookie_foreign": [scene(view(set_cookie=False, keep=True))],
    "cookie_framed": [scene(view(set_cookie=False, keep=True, framed=True))],
    "token_missing": [scene(view(), view(NEXT))],
    "token_refused": [scene(view(), view(NEXT, came="signature"))],
    "storage_off": [scene(view(set_cookie=False, keep=True), page(storage=False))],
    "analytics_late": [scene(page(ga_at=3_400))],
    "analytics_silent": [scene(page(ga=False, ga_tag=True, age=7_000))],
    "analytics_withheld": [
        scene(page(ga=False, ga_tag=True, age=7_000, consent="unknown:tcf")),
    ],
    "analytics_absent": [scene(page(ga=False, age=7_000))],
    "form_elsewhere": [scene(page(forms=[OTHERS]))],
    "forms_off": [scene(page(forms=[{**OTHERS, "marked": True}], form_mode="off"))],
    "form_other_capture": [scene(page(forms=[{**OURS, "source_id": "another"}]))],
    "form_by_get": [scene(page(forms=[{**OURS, "method": "get"}]))],
    "form_blocked": [scene(page(violations=[{"directive": "form-action", "blocked": ELSEWHERE}]))],
    "form_in_frame": [scene(page(forms=[], frames=["acme.typeform.com"]))],
    "fields_nameless": [scene(page(forms=[{**OURS, "nameless": 2}]))],
    "fill_off": [scene(page(fill=["gclid"], fill_mode="off"))],
    "no_referrer": [scene(view(referer=False))],
    "lead_refused": [scene(refused("fields", fields="phone"))],
    "lead_not_taken": [scene(page(submitted=True))],
    "lead_origin": [scene(lead=lead(marks={"origin": "https://shop.example.net"}))],
    "lead_spam": [scene(lead=lead(marks={"test": "check code", "spam": "honeypot"}))],
    "lead_without_click": [scene(lead=lead(metadata={}))],
    "lead_click_changed": [scene(lead=lead(metadata={"gclid": "older"}))],
    "not_linked": [scene(lead=lead(), destination="Sales", linked=False)],
    "delivery_held": [scene(**sent("held", reason="paused"))],
    "delivery_refused": [
        scene(**sent("refused", reason="auth", attempts=1, status=401)),
        scene(**sent("expired", reason="connect", attempts=9)),
    ],
    "delivery_again": [scene(**sent("ready", reason="busy", attempts=1, status=503))],
}
"""Each fault in the ways in which it shows."""

BESIDE = {
    "page_refused": {"origin_refused"},
    "click_id_lost": {"parameters_changed"},
    "parameters_changed": {"click_id_lost"},
    "storage_off": {"cookie_foreign"},
    "analytics_withheld": {"consent_open"},
    "token_refused": {"token_missing"},
}
"""What one cause shows besides, rightly."""


def test_every_fault_is_tried() -> None:
    assert set(WRONG) == {fault.code for fault in FAULTS}
    assert {fault.step for fault in FAULTS} <= {step.name for step in STEPS}


@pytest.mark.parametrize("code", WRONG)
def test_a_fault_is_named_and_no_other(code: str) -> None:
    for given in WRONG[code]:
        assert code in codes(given)
        assert codes(given) <= {code, *BESIDE.get(code, ())}


@pytest.mark.parametrize("code", WRONG)
def test_its_step_is_red_or_has_a_note(code: str) -> None:
    fault = next(one for one in FAULTS if one.code == code)
    for given in WRONG[code]:
        verdict = items(given)[fault.step].verdict
        assert verdict == ("problem" if fault.level == "problem" else verdict)
        assert verdict != "done"


FACTS: list[tuple[Scene, str, dict[str, str], str]] = [
    (
        WRONG["click_id_case"][0],
        "click_id_case",
        {"clicked": CLICK_ID, "arrived": CLICK_ID.lower()},
        "return 302 /offer$is_args$args;",
    ),
    (
        WRONG["origin_refused"][0],
        "origin_refused",
        {"origin": "https://shop.example.net"},
        "https://shop.example.net",
    ),
    (
        WRONG["other_capture"][0],
        "other_capture",
        {"named": "another", "wanted": SOURCE},
        f'<script async src="{BASE}/t.js" data-source="{SOURCE}"></script>',
    ),
    (
        WRONG["consent_late"][0],
        "consent_late",
        {"banner": "OneTrust"},
        f'<script async src="{BASE}/t.js" data-source="{SOURCE}" data-consent="required"></script>',
    ),
    (
        WRONG["form_by_get"][0],
        "form_by_get",
        {"action": OURS["to"]},
        f'<form method="post" action="{BASE}/f/{SOURCE}">',
    ),
    (
        WRONG["form_elsewhere"][0],
        "form_elsewhere",
        {"form": "Ask us", "action": ELSEWHERE},
        '<form data-collector action="https://other.example.com/…">',
    ),
    (WRONG["form_blocked"][0], "form_blocked", {"blocked": ELSEWHERE}, f"form-action 'self' {BASE}"),
    (WRONG["lead_origin"][0], "lead_origin", {"why": "https://shop.example.net"}, "https://shop.example.net"),
    (WRONG["analytics_late"][0], "analytics_late", {"seconds": "3.4"}, ""),
    (WRONG["delivery_refused"][0], "delivery_refused", {"reason": "auth", "status": "401"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "code", "facts", "paste"), FACTS, ids=[row[1] for row in FACTS])
def test_a_fault_says_what_was_seen_and_what_to_paste(
    given: Scene, code: str, facts: dict[str, str], paste: str
) -> None:
    found = [one for item in checklist(given) for one in item.found if one.code == code]
    assert [(dict(one.facts), one.paste) for one in found] == [(facts, paste)]


# ---- what is well ----------------------------------------------------------------------------

WELL: dict[str, Scene] = {
    "the whole way by cookie": scene(view(client_id="1.2"), page(), LATER, page(NEXT)),
    "in the page's storage": scene(view(set_cookie=False, keep=True), page(), view(NEXT, keep=True, came="valid")),
    "a page that was there before": scene(view(came="valid", set_cookie=False), LATER),
    "consent at once": scene(view(consent="granted:tcf"), page(consent="granted:tcf", banners=["__tcfapi"])),
    "consent later on the page": scene(page(consent="unknown:tcf"), view(consent="granted:tcf"), page(consent="granted:tcf")),
    "nobody has to be asked": scene(view(consent="granted:none"), page(mode="none", consent="granted:none")),
    "analytics that come with consent": scene(page(ga=False, age=7_000, consent="unknown:tcf")),
    "a copied form": scene(view(), page(forms=[{**OTHERS, "marked": True}])),
    "copies of all forms": scene(view(), page(forms=[OTHERS], form_mode="all")),
    "a newsletter beside our form": scene(view(), page(forms=[OURS, OTHERS])),
    "a film in a frame beside the form": scene(view(), page(frames=["www.youtube.com"])),
    "a form of no lead": scene(view(), page(forms=[{"to": f"{SITE}/search"}])),
    "the click's own letters encoded": scene(view(OFFER.replace("_", "%5F"))),
    "behind the fragment": scene(view(OFFER.replace("?", "#/?"))),
    "a test not released yet": scene(**sent("held", reason="test")),
    "not tried yet": scene(**sent("ready")),
    "a lead after a refusal": scene(refused("fields", fields="phone"), lead=lead()),
    "sent and taken": scene(page(submitted=True), lead=lead()),
    "one page without a referrer": scene(view(referer=False), LATER),
    "only the lead says who is counted": scene(page(ga=False, age=9_000), lead=lead(metadata={"gclid": CLICK_ID, "ga_client_id": "1.2"})),
}  # fmt: skip

UNSAID = {"cookie_foreign", "consent_open"}


@pytest.mark.parametrize("name", WELL)
def test_nothing_is_said_against_what_is_well(name: str) -> None:
    assert codes(WELL[name]) <= UNSAID


def test_nothing_has_happened_yet() -> None:
    before = verdicts(scene())
    assert {before.pop("forwarded"), before.pop("answer")} == {"skip"}
    assert set(before.values()) == {"wait"}


def test_a_code_without_a_link_of_its_own_tests_what_is_left() -> None:
    told = [Report(1, "view", {"url": SITE, "set_cookie": True, "consent": "unknown:none"})]
    given = Scene(capture=new_capture(), base=BASE, reports=told, lead=lead(metadata={}))
    assert codes(given) == set()
    assert verdicts(given)["click_id"] == verdicts(given)["parameters"] == "skip"


def test_the_whole_way_is_green_step_by_step() -> None:
    way: list[tuple[tuple[Any, ...], dict[str, Any], set[str]]] = [
        ((view(client_id="1.2"),), {}, {"script", "parameters", "click_id", "consent", "cookie", "analytics"}),
        ((page(),), {}, {"form"}),
        ((LATER,), {}, {"next_page"}),
        ((), {"lead": lead(), "destination": "Sales"}, {"lead"}),
        ((), {"delivery": Sent(state="leased", attempts=1)}, {"forwarded"}),
        ((), {"delivery": Sent(state="delivered", attempts=1, status=200)}, {"answer"}),
    ]  # fmt: skip
    reports: tuple[Any, ...] = ()
    known: dict[str, Any] = {"destination": "Sales"}
    done: set[str] = set()
    for told, more, expected in way:
        reports, known, done = (*reports, *told), known | more, done | expected
        now = verdicts(scene(*reports, **known))
        assert {step for step, verdict in now.items() if verdict == "done"} == done
        assert {verdict for step, verdict in now.items() if step not in done} <= {"wait"}
    last = items(scene(*reports, **known))
    assert last["click_id"].facts == {"arrived": CLICK_ID}
    assert last["analytics"].facts == {"client_id": "1.2"}
    assert last["next_page"].facts == {"page": NEXT}
    assert last["answer"].facts == {"status": "200"}
    assert all(item.is_over for item in last.values())


def test_the_lead_proves_the_cookie_where_the_form_is_on_the_landing_page() -> None:
    told = ("lead", {"event": "1", "came": "valid"})
    given = scene(view(), told, lead=lead())  # type: ignore[arg-type]
    assert items(given)["next_page"].verdict == "done"


def test_a_done_step_with_something_to_know_has_a_note() -> None:
    assert items(scene(view(set_cookie=False, keep=True)))["cookie"].verdict == "note"


def test_a_note_on_what_is_still_awaited_leaves_it_waiting() -> None:
    assert items(WRONG["consent_open"][0])["consent"].verdict == "wait"


def test_another_directive_blocks_no_form() -> None:
    seen = scene(page(violations=[{"directive": "img-src", "blocked": ELSEWHERE}]))
    assert violated(seen, "form-action") is None


@pytest.mark.parametrize("base", ["https://stranger.test/_lc", f"{BASE}?x=1", ""])
def test_the_address_of_a_stranger_is_not_the_collectors(base: str) -> None:
    assert scene(page(base=base)).address == BASE


def test_the_address_is_the_one_that_the_pages_have() -> None:
    assert scene(page(base=f"{SITE}/_lc/")).address == f"{SITE}/_lc"
