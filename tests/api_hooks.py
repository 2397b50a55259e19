"""What a fuzzer of the public addresses has to know: a capture that is there. Read by its CLI."""

from __future__ import annotations

from typing import Any

import schemathesis

SOURCE = "01990000-0000-7000-8000-000000000001"
AFFILIATE = "01990000-0000-7000-8000-000000000002"


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Send most of what names a capture to one that is there."""
    named = body.get("source_id") if isinstance(body, dict) else None
    if isinstance(named, str) and 0 < len(named) <= 64:  # else it is meant to be wrong
        affiliate = context.operation.path == "/v2/affiliate_event"
        return body | {"source_id": AFFILIATE if affiliate else SOURCE}
    return body
