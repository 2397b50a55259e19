"""An event with everything that a mapping may ask for."""

from __future__ import annotations

from typing import Any

from collector.domain.consent import NOT_ASKED
from collector.domain.event import Event

_LAST: dict[str, Any] = {
    "channel": "Paid Search",
    "landing_page": "https://www.example.com/spring",
    "parameters": {"gclid": "Cj0KCQ_a-Z+/=", "utm_source": "google"},
}
_FIRST: dict[str, Any] = {"channel": "Organic Social", "parameters": {"msclkid": "ms-1"}}

EVENT = Event(
    id="01990000-0000-7000-8000-00000000000e",
    event_id="e-1",
    event_type="lead",
    event_name="Lead",
    source_id="01990000-0000-7000-8000-000000000001",
    created_at=1,
    received_at=2,
    fields={"E-Mail": "ada@example.com", "Telefon": "0171 1234567", "gclid": " Ab+c= "},
    metadata={"gclid": "Cj0KCQ_a-Z+/=", "utm_source": "google"},
    attribution={
        "first": _FIRST,
        "last": _LAST,
        "touches": 2,
        "ga_client_id": "1.2",
        "ga_session_id": "1795486500",
        "fbc": "fb.1.1795486500000.IwAR",
        "fbp": None,
    },
    consent=NOT_ASKED,
    device={},
)
