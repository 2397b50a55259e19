"""Files that are sent as they are: held in memory, compressed and with their headers ready."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from hashlib import sha256

import brotli
from starlette.types import Receive, Scope, Send

from collector.domain.errors import MethodRefused
from collector.web.answer import NO_SNIFF
from collector.web.errors import refuse_as_json
from collector.web.shipped import shipped

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HOUR, _YEAR = 3_600, 31_536_000
_SHARED = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"timing-allow-origin", b"*"),
    (b"vary", b"Accept-Encoding"),
    NO_SNIFF,
)


class Asset:
    """One file as an ASGI endpoint; the cheapest answer this server gives."""

    def __init__(self, content: bytes, suffix: str, *, max_age_s: int) -> None:
        etag = f'"{sha256(content).hexdigest()[:16]}"'.encode()
        immutable = ", immutable" if max_age_s == _YEAR else ""
        common = (
            (b"content-type", _TYPES[suffix].encode()),
            (b"cache-control", f"public, max-age={max_age_s}{immutable}".encode()),
            (b"etag", etag),
            *_SHARED,
        )
        self._etag = etag
        self._plain = _start(content, common)
        zipped, smallest = _compressed(content)
        self._gzip = _start(zipped, common, b"gzip")
        self._brotli = _start(smallest, common, b"br")
        self._unchanged = {"type": "http.response.start", "status": 304, "headers": list(common)}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        if scope["method"] not in ("GET", "HEAD"):
            await refuse_as_json(MethodRefused(("GET", "HEAD"))).send(send)
            return
        accepted = known = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepted = value
            elif name == b"if-none-match":
                known = value
        if known and (self._etag in known or known == b"*"):
            await send(self._unchanged)
            await send({"type": "http.response.body"})
            return
        start, body = self._plain
        if b"br" in accepted:
            start, body = self._brotli
        elif b"gzip" in accepted:
            start, body = self._gzip
        await send(start)
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )


@cache
def _compressed(content: bytes) -> tuple[bytes, bytes]:
    # An app starts a third of a second sooner if the process had one before.
    return gzip.compress(content, 9, mtime=0), brotli.compress(content)


def _start(
    body: bytes, common: tuple[tuple[bytes, bytes], ...], encoding: bytes = b""
) -> tuple[dict[str, object], bytes]:
    headers = [(b"content-length", b"%d" % len(body)), *common]
    if encoding:
        headers.append((b"content-encoding", encoding))
    return {"type": "http.response.start", "status": 200, "headers": headers}, body


def load_assets() -> Mapping[str, Asset]:
    """Load the script, its frozen versions and modules, and the style sheet, by public name.

    `t.js` follows new versions within an hour; a name that holds a version or hash never changes.
    """
    scripts = {
        path.name: Asset(
            path.read_bytes(), path.suffix, max_age_s=_HOUR if path.name == "t.js" else _YEAR
        )
        for path in sorted((shipped("static_js") / "dist").glob("*.js"))
    }
    style = shipped("templates") / "public" / "style.css"
    return scripts | {"style.css": Asset(style.read_bytes(), style.suffix, max_age_s=_HOUR)}


_UPLOT = "static_js/vendor/uplot-1.6.32"
_CONSOLE = {
    "console.css": ("templates/console/tokens.css", "templates/console/console.css"),
    "console.js": ("static_js/dist/console/console.js",),
    "charts.js": (f"{_UPLOT}/uPlot.iife.min.js", "static_js/dist/console/charts.js"),
    "charts.css": (f"{_UPLOT}/uPlot.min.css", "templates/console/charts.css"),
    "icons.svg": ("templates/console/icons.svg",),
}
"""The files of the console, each made of others in this order."""


def load_console_assets() -> Mapping[str, tuple[str, Asset]]:
    """Load the console's files: by plain name, the name that holds its hash, and what answers it.

    They are immutable: a page that is newer names a newer file.
    """
    found = {}
    for name, parts in _CONSOLE.items():
        content = b"\n".join(_read(part) for part in parts)
        stem, _, suffix = name.partition(".")
        hashed = f"{stem}.{sha256(content).hexdigest()[:12]}.{suffix}"
        found[name] = (hashed, Asset(content, f".{suffix}", max_age_s=_YEAR))
    return found


def _read(path: str) -> bytes:
    folder, _, rest = path.partition("/")
    return (shipped(folder) / rest).read_bytes()
