"""How leads come to a capture: the tags for its pages, the request for a server."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from collector.domain.capture import Capture
from collector.domain.sites import split_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a first event is sent to a capture. `expires_at` is when its check code ends."""

    endpoint: str
    headers: dict[str, str]
    body: dict[str, Any]
    script: str
    form: str
    page: str
    expires_at: int

    @property
    def curl(self) -> str:
        """Write the request as a line for a shell; `$KEY` stays for the sender to fill in."""
        headers = [f'-H "{name}: {value}"' for name, value in self.headers.items()]
        parts = ["curl", *headers, "-d", shlex.quote(json.dumps(self.body))]
        return " ".join([*parts, shlex.quote(self.endpoint)])


def way_to(capture: Capture, base: str, check: tuple[str, int]) -> Way:
    """Say how to send a test to a capture at a public address.

    `check` is its check code, which makes a test of what comes with it, and when that ends.
    """
    code, expires_at = check
    affiliate = capture.kind == "affiliate"
    path = "/v2/affiliate_event" if affiliate else "/v2/event"
    return Way(
        endpoint=f"{_address_for_servers(base)}{path}?check={code}",
        headers={
            "Authorization": "Bearer $KEY",
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        body={
            "event_type": capture.event_type,
            "event_name": capture.event_name,
            "source_id": capture.source_id,
            "fields": {"email": "test@example.com", "first_name": "Test"},
            **({"affiliate_id": "partner-1"} if affiliate else {}),
        },
        script=script_tag(base, capture.source_id),
        form=form_tag(base, capture.source_id),
        page=checked_page(capture, code),
        expires_at=expires_at,
    )


def script_tag(base: str, source_id: str) -> str:
    """Write the tag that every page of a site carries."""
    return f'<script async src="{base}/t.js" data-source="{source_id}"></script>'


def form_tag(base: str, source_id: str) -> str:
    """Write the beginning of a form that posts to a capture."""
    return f'<form method="post" action="{base}/f/{source_id}">'


def checked_page(capture: Capture, code: str) -> str:
    """Name a page of a capture's site, to be opened for a test."""
    page = next((origin for origin in capture.origins if "*" not in origin), "https://YOUR-PAGE")
    return f"{page}/?_check={code}"


def _address_for_servers(base: str) -> str:
    """Name the collector's own host: below a path of a site there are no addresses for servers."""
    url = split_url(base)
    return "https://YOUR-COLLECTOR" if url and url.path.strip("/") else base
