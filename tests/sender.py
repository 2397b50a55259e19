"""A server that sends events: an API key in an installation, and the requests made with it."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from collector.domain.api_key import ApiKey, digest_of
from collector.domain.times import SECOND
from collector.storage.keys import CreateKey
from tests.installation import SOURCE, Installation, in_store

KEY = "lc_a-key-of-a-sender"
KEY_ID = "key-1"
EVENT: dict[str, Any] = {
    "event_type": "lead",
    "event_name": "User signed up",
    "source_id": SOURCE,
    "fields": {"email": "ada@example.org", "question_1": "yes"},
}


def new_key(**changes: Any) -> ApiKey:
    values: dict[str, Any] = {
        "id": KEY_ID,
        "name": "Shop",
        "prefix": KEY[:5],
        "digest": digest_of(KEY),
        "created_at": 1,
    }
    return ApiKey(**{**values, **changes})


def add_key(site: Installation, **changes: Any) -> None:
    """Put a key into the database, as a command beside the server does."""
    in_store(site.settings, lambda store: store.write(CreateKey(key=new_key(**changes))))


def basic(key_id: str = KEY_ID, value: str = KEY) -> str:
    return "Basic " + b64encode(f"{key_id}:{value}".encode()).decode()


@dataclass
class Sender:
    """What sends to one address of an installation, a second after the last request."""

    site: Installation
    path: str = "/v2/event"
    authorization: str = f"Bearer {KEY}"

    def send(self, body: Any, **said: Any) -> Any:
        """Post a body: bytes as they are, anything else as JSON."""
        self.site.clock.at += SECOND
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "authorization": self.authorization,
            **said.pop("headers", {}),
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.site.client.post(
            self.path,
            content=content,
            headers={name: value for name, value in headers.items() if value},
            **said,
        )
