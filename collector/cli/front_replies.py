"""What answers from the public address tell of the way there and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from collector.cli.finding import Finding, bad, ok, warn
from collector.domain.sites import split_url
from collector.domain.times import SECOND
from collector.web.client import is_loopback

NGINX = "see docs/nginx.md"
CLOCK_OFF = 60 * SECOND
OK, UNAVAILABLE = 200, 503


class Reply(NamedTuple):
    """What came back; `failure` says why nothing did."""

    status: int = 0
    headers: Mapping[str, str] = {}
    body: bytes = b""
    failure: str = ""


def find_fault(script: Reply) -> str | None:
    """Say what is wrong with what should be the script, or None."""
    if script.failure:
        return f"cannot be reached: {script.failure}"
    if script.status != OK:
        return f"answers {script.status}"
    if "javascript" not in script.headers.get("Content-Type", ""):
        return "is no script, but what somebody else answers"
    return None


def judge_cookie(reply: Reply, base: str, name: str) -> Finding:
    """Say what the way there and back left of headers, by the cookie that came."""
    about, url = "proxy", split_url(base)
    if reply.failure or reply.status != OK:
        said = f"POST {base}/t {reply.failure or f'answers {reply.status}'}"
        return bad(about, said, f"let the web server pass it on with its body ({NGINX})")
    parts = [part.strip() for part in reply.headers.get("Set-Cookie", "").split(";")]
    path = f"/{url.path.strip('/')}" if url else "/"
    if not parts[0].startswith(f"{name}="):
        said = "no cookie came back: Cookie or Set-Cookie is dropped on the way"
        return bad(about, said, f"pass both on ({NGINX})")
    if url and url.scheme == "https" and "Secure" not in parts:
        said = "the collector takes https for http: X-Forwarded-Proto does not count"
        cure = "set the header, and name the web server in COLLECTOR_TRUSTED_PROXIES"
        return bad(about, said, f"{cure} ({NGINX})")
    if f"Path={path}" not in parts:
        said = f"the cookie is not for {path}: X-Forwarded-Prefix does not count"
        return bad(about, said, f"set the header to {path.rstrip('/') or 'nothing'} ({NGINX})")
    return ok(about, "scheme, prefix, cookies and bodies arrive as they were sent")


def judge_clock(reply: Reply, now: int) -> Iterator[Finding]:
    """Compare the time with that of whoever answers there."""
    try:
        said_at = parsedate_to_datetime(reply.headers.get("Date", ""))
    except ValueError:
        return
    off = now - int(said_at.timestamp()) * SECOND
    if abs(off) > CLOCK_OFF:
        said = f"this machine is {off // SECOND:+d} s off the one that answers there"
        yield warn("clock", said, "set both by a time server (NTP)")


def judge_health(reply: Reply) -> Iterator[Finding]:
    """Take what the running collector says of itself, where it can be asked through the proxy."""
    if reply.status == OK:
        yield ok("readiness", "the running collector takes leads")
    elif reply.status == UNAVAILABLE:
        said = reply.body.decode(errors="replace")[:300]
        yield bad("readiness", f"the running collector takes no leads: {said}", "mend the reasons")


def judge_metrics(reply: Reply, base: str) -> Iterator[Finding]:
    """Find out whether strangers pass for this machine; on this machine everybody does."""
    url = split_url(base)
    if reply.status == OK and url and not is_loopback(url.host):
        said = "everybody may read /metrics: strangers pass for this machine"
        yield bad("proxy", said, f"set X-Forwarded-For, or COLLECTOR_METRICS_TOKEN ({NGINX})")
