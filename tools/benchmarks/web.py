"""What a request costs: `/t`, `/f` and `/t.js` beside bare Starlette, in CPU of the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from tempfile import TemporaryDirectory

from tools.benchmarks.processes import ROOT, Effort, Served, cpu_ratio, serving

SITE = "https://www.example.com"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
CAMPAIGN = "utm_source=google&utm_medium=cpc&utm_campaign=spring"
BARE = str(Path(__file__).with_name("bare.py"))


@contextmanager
def collector(**settings: str) -> Iterator[tuple[Served, str]]:
    """Serve a collector with one capture and one destination that nobody delivers to."""
    with TemporaryDirectory(prefix="bench-") as folder:
        named = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
        environment = {"COLLECTOR_DATA_DIR": folder, "COLLECTOR_RATE_LIMIT": "0", **named}
        source_id = _set_up(environment)
        command = ["-m", "collector", "serve", "--port", "0", "--no-worker"]
        with serving(command, environment) as served:
            yield served, source_id


def _set_up(environment: dict[str, str]) -> str:
    def run(*arguments: str) -> dict[str, str]:
        printed = subprocess.run(
            [sys.executable, "-m", "collector", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            check=True,
            capture_output=True,
        ).stdout
        return json.loads(printed) if arguments[-1] == "--json" else {}

    run("migrate")
    source_id = run("capture", "create", "Bench", "--origin", SITE, "--json")["source_id"]
    url = "url=https://hooks.example.com/x"
    run(
        "destination",
        "create",
        "webhook",
        "--name",
        "W",
        "--set",
        url,
        "--capture",
        source_id,
        "--json",
    )
    return source_id


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


def answer(served: Served, sent: bytes) -> bytes:
    """Send one request and read the whole answer."""
    with create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(sent.replace(b"{number:012}", b"%012d" % 1))
        received = b""
        while True:
            received += connection.recv(65_536)
            head, found, body = received.partition(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            if found and len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0]):
                return received


def _touch_request(source_id: str, token: str) -> bytes:
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


def touch(effort: Effort) -> float:
    """`POST /t`, a new touch of a known visitor."""
    with collector() as (served, source_id):
        first = answer(served, _touch_request(source_id, ""))
        token = json.loads(first.partition(b"\r\n\r\n")[2])["token"]
        sent = _touch_request(source_id, token)
        with serving([BARE, "same"], {}, answer(served, sent)) as bare:
            return cpu_ratio(served, bare, sent, effort)


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


def _form_request(source_id: str, token: str, *, multipart: bool) -> bytes:
    encode = _multipart if multipart else _urlencoded
    body, content_type = encode()
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


def form(effort: Effort, *, multipart: bool = False, **settings: str) -> float:
    """`POST /f/…`, stored with one delivery before it is answered."""
    with collector(**settings) as (served, source_id), serving([BARE, "ok"], {}) as bare:
        first = answer(served, _touch_request(source_id, ""))
        token = json.loads(first.partition(b"\r\n\r\n")[2])["token"]
        sent = _form_request(source_id, token, multipart=multipart)
        return cpu_ratio(served, bare, sent, effort)


def script(effort: Effort) -> float:
    """`GET /t.js`."""
    with collector() as (served, _):
        sent = request("GET", "/t.js")
        content = answer(served, sent).partition(b"\r\n\r\n")[2]
        with serving([BARE, "file"], {}, content) as bare:
            return cpu_ratio(served, bare, sent, effort)
