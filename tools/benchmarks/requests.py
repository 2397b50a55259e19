"""Requests as a browser sends them, byte for byte, and one whole answer."""

from __future__ import annotations

import json
from socket import create_connection

SITE = "https://www.example.com"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
CAMPAIGN = "utm_source=google&utm_medium=cpc&utm_campaign=spring"
FIELDS = {
    "email": "visitor{number:012}@example.org",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "phone": "+49 30 901820",
    "company": "Example GmbH",
    "message": "Please call me back. " * 5,
    "topic": "Heat pumps",
    "_page": f"{SITE}/contact",
    "_event_id": "bench-{number:012}",
}


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Write a request with the headers a browser sends."""
    common = {
        "Host": "127.0.0.1",
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Accept-Language": "en-GB,en;q=0.9",
        "Origin": SITE,
        "Sec-Fetch-Site": "same-site",
        "Content-Length": str(len(body)),  # a counter is as long as its place
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in (common | named).items()]
    return f"{method} {path} HTTP/1.1\r\n".encode() + "\r\n".join([*lines, "", ""]).encode() + body


def answer(port: int, sent: bytes) -> bytes:
    """Send one request to this machine and read the whole answer."""
    with create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent.replace(b"{number:012}", b"%012d" % 1))
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
            head, found, body = received.partition(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            if found and len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0]):
                return received
    raise SystemExit(f"the answer broke off after {len(received)} bytes")


def touch_request(source_id: str, token: str) -> bytes:
    """Write a page view with a click id that nobody has had before."""
    view = {
        "source_id": source_id,
        "url": f"{SITE}/?{CAMPAIGN}&gclid=Cj0{{number:012}}",
        "referrer": "https://www.google.com/",
        "cookies": {"_ga": "GA1.1.1483920571.1763200812"},
        "consent": {"state": "granted", "by": "tcf"},
    }
    return request(
        "POST", "/t", json.dumps(view).encode(), Content_Type="text/plain", Cookie=f"_lc={token}"
    )


def first_token(port: int, source_id: str) -> str:
    """Visit once and keep the token."""
    first = answer(port, touch_request(source_id, ""))
    token: str = json.loads(first.partition(b"\r\n\r\n")[2])["token"]
    return token


def form_request(source_id: str, token: str, *, multipart: bool = False) -> bytes:
    """Write a form of nine fields, a new person's and a new submission each time."""
    body, content_type = (_multipart if multipart else _urlencoded)()
    cookie = f"_lc={token}"
    return request(
        "POST", f"/f/{source_id}", body.encode(), Content_Type=content_type, Cookie=cookie
    )


def _urlencoded() -> tuple[str, str]:
    pairs = (f"{name}={value.replace(' ', '+')}" for name, value in FIELDS.items())
    return "&".join(pairs), "application/x-www-form-urlencoded"


def _multipart() -> tuple[str, str]:
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in FIELDS.items()
    ]
    return "".join([*parts, "--B--\r\n"]), "multipart/form-data; boundary=B"
