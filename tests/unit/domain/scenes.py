"""Evidence of live checks, as tests write it: the shortest that shows one thing."""

from __future__ import annotations

from typing import Any

from collector.domain.check_link import check_link
from collector.domain.check_report import Kind, Report
from collector.domain.consent import NOT_ASKED
from collector.domain.event import Event
from collector.domain.live_check_scene import Scene, Sent
from tests.installation import BASE, SITE, SOURCE, new_capture

CLICK_ID = "Cj0KCQ-TeSt_aB-cD_eF-wcB"
OFFER = check_link(f"{SITE}/offer", CLICK_ID, "code").removesuffix("&_check=code")
ELSEWHERE = "https://crm.example.org/in"
OURS: dict[str, Any] = {"to": f"{BASE}/f/x", "ours": True, "source_id": SOURCE, "method": "post", "lead": True}  # fmt: skip
OTHERS: dict[str, Any] = {"to": ELSEWHERE, "method": "post", "lead": True, "title": "Ask us"}


def begun() -> tuple[Kind, dict[str, Any]]:
    return "begun", {"page": f"{SITE}/offer", "click_id": CLICK_ID}


def view(url: str = OFFER, **changes: Any) -> tuple[Kind, dict[str, Any]]:
    """A page view that was given a cookie, as one of a healthy site is."""
    given = {"url": url, "set_cookie": True, "source_id": SOURCE, "consent": "unknown:none"}
    return "view", {**given, **changes}


def page(url: str = OFFER, **changes: Any) -> tuple[Kind, dict[str, Any]]:
    """What the overlay of a healthy page finds."""
    healthy = {
        "url": url,
        "source_id": SOURCE,
        "consent": "unknown:none",
        "forms": [OURS],
        "ga": True,
    }
    return "page", {**healthy, **changes}


def refused(code: str, **changes: Any) -> tuple[Kind, dict[str, Any]]:
    return "refused", {"code": code, **changes}


def lead(**changes: Any) -> Event:
    values: dict[str, Any] = {"metadata": {"gclid": CLICK_ID}, "marks": {"test": "check code"}}
    return Event(
        **{
            "id": "1",
            "event_id": "1",
            "event_type": "lead",
            "event_name": "Lead",
            "source_id": SOURCE,
            "created_at": 9,
            "received_at": 9,
            "fields": {},
            "attribution": {},
            "consent": NOT_ASKED,
            "device": {},
            **values,
            **changes,
        }
    )


def scene(*reports: tuple[Kind, dict[str, Any]], **changes: Any) -> Scene:
    """A scene in which each report came a second after the one before."""
    told = [Report(at, kind, found) for at, (kind, found) in enumerate((begun(), *reports), 1)]
    return Scene(capture=new_capture(), base=BASE, reports=told, **changes)


def sent(state: str, **changes: Any) -> dict[str, Any]:
    """The delivery that was asked for, with the lead that is owed."""
    return {"lead": lead(), "destination": "Sales", "delivery": Sent(state=state, **changes)}
