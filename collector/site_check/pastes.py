"""Text to paste for findings whose cure is one, by code; `{…}` is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_KEEP_QUERY: Final = "return 301 /new$is_args$args;"
_TAG: Final = '<script async src="{base}/t.js" data-source="{capture}"></script>'
_PATH: Final = """location /_lc/ {{
  proxy_pass {base}/;
  proxy_set_header X-Forwarded-Prefix /_lc;
  proxy_set_header X-Forwarded-Host $host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-For $remote_addr;
}}"""

PASTES: Final[Mapping[str, str]] = {
    "click_id_lost": _KEEP_QUERY,
    "parameters_lost": _KEEP_QUERY,
    "tag_missing": _TAG,
    "tag_wrong_capture": 'data-source="{capture}"',
    "tag_without_capture": 'data-source="{capture}"',
    "tag_blocked_by_csp": "script-src {origin}",
    "answer_blocked_by_csp": "connect-src {origin}",
    "form_blocked_by_csp": "form-action {origin}",
    "form_wrong_capture": "{base}/f/{capture}",
    "form_by_get": '<form method="post">',
    "tag_waits": 'data-consent="auto"',
    "form_elsewhere": "<form data-collector>",
    "cookie_third_party": _PATH,
    "cookie_seven_days": _PATH,
    "referrer_policy": "Referrer-Policy: strict-origin-when-cross-origin",
    "consent_ignored": 'data-consent="auto"',
}


def paste_of(code: str, words: Mapping[str, str], base: str) -> str | None:
    """Give the text to paste for a finding; `base` is the collector's public address."""
    text = PASTES.get(code)
    return None if text is None else text.format(**words, base=base)
