"""The link of a live check: a landing page as an ad would link to it, with a check code."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from collector.domain.capture import Capture
from collector.domain.errors import InputError
from collector.domain.parameters import known_parameter
from collector.domain.sites import split_url

CAMPAIGN: Final = {
    "utm_source": "google",
    "utm_medium": "cpc",
    "utm_campaign": "Live-Check",
    "utm_term": "live check",
}
"""With a capital letter and a space: what a site does to them is to be seen."""

CLICK_ID_BYTES: Final = 24
_LONGEST_PAGE = 2_000


def new_click_id(random: bytes) -> str:
    """Write a click id in the shape of Google's that people know again as a test's.

    It holds both cases, a hyphen and an underscore wherever chance has put none.
    """
    return f"Cj0KCQ-TeSt_{urlsafe_b64encode(random).decode().rstrip('=')}-wcB"


def read_page(capture: Capture, said: str) -> str:
    """Read the landing page that a person names, without what the link adds.

    Raises InputError where it is no page of one of the capture's own domains.
    """
    text = said.strip()
    text = text if "://" in text or not text else f"https://{text}"
    url = split_url(text)
    if url is None or url.scheme not in ("http", "https") or len(text) > _LONGEST_PAGE:
        raise InputError(
            "write the whole address of a page, such as https://www.example.com/offer",
            field="page",
        )
    if not capture.owns_host(url.host):
        raise InputError("this page is on none of the capture's own domains", field="page")
    parts = urlsplit(text)
    pairs = [pair for pair in parts.query.split("&") if pair and not _is_added(pair)]
    return urlunsplit(parts._replace(query="&".join(pairs)))


def _is_added(pair: str) -> bool:
    name = pair.partition("=")[0]
    return name == "_check" or known_parameter(name) is not None


def check_link(page: str, click_id: str, code: str) -> str:
    """Write the link: the page's own query first, the code last, a fragment stays at the end."""
    parts = urlsplit(page)
    added = {**CAMPAIGN, "gclid": click_id, "_check": code}
    pairs = [parts.query, *(f"{name}={quote(value, safe='')}" for name, value in added.items())]
    return urlunsplit(parts._replace(query="&".join(filter(None, pairs))))
