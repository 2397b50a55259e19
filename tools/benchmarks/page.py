"""The script on a page: CPU to evaluate it beside a bare `fetch` beacon, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tools.benchmarks.processes import ROOT, Effort
from tools.benchmarks.ratio import median_ratio

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
VISITS = 5
"""Visits of a round; each is a new visitor's, whose browser has no compiled script yet."""

BEACON = b"""fetch("/t", {method: "POST", keepalive: true, credentials: "include",
body: JSON.stringify({
  source_id: document.currentScript.dataset.source,
  url: location.href,
  referrer: document.referrer,
})})"""
PAGE = """<!doctype html><link rel="icon" href="data:,"><h1>Garden rooms</h1>
<script async src="{script}" data-source="x" data-consent="none"></script>"""
FILES = {
    "/ours": ("text/html", PAGE.format(script="/t.js").encode()),
    "/bare": ("text/html", PAGE.format(script="/beacon.js").encode()),
    "/t.js": ("text/javascript", (ROOT / "static_js/dist/t.js").read_bytes()),
    "/beacon.js": ("text/javascript", BEACON),
    "/t": ("application/json", b'{"token": "x", "keep": false, "reason": "new touch: gclid"}'),
}


class Site(BaseHTTPRequestHandler):
    """Serves the pages and takes the reports."""

    def do_GET(self) -> None:
        """Send a file."""
        content_type, content = FILES[self.path.partition("?")[0]]
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        """Take a report."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving_site() -> Iterator[str]:
    """Serve the site until the block ends; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def evaluation(effort: Effort) -> float:
    """Compare evaluating the script with evaluating a beacon, the request of both included."""
    with serving_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            ours = partial(_median_us, browser, f"{address}/ours", "/t.js")
            bare = partial(_median_us, browser, f"{address}/bare", "/beacon.js")
            return median_ratio(ours, bare, effort.rounds)
        finally:
            browser.close()


def _median_us(browser: Browser, page: str, script: str) -> float:
    return median(_visit(browser, page, script) for _ in range(VISITS))


def _visit(browser: Browser, address: str, script: str) -> float:
    """Land from an ad; answers the main thread's time in the script until it gave back control."""
    context = browser.new_context()
    page = context.new_page()
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    with page.expect_response("**/t"):
        page.goto(f"{address}?gclid=Cj0KCQiA")
    trace = browser.stop_tracing()
    context.close()
    return evaluation_us(json.loads(trace)["traceEvents"], script)


def evaluation_us(events: list[dict[str, Any]], script: str) -> float:
    """Find the one evaluation of a script in a trace: its thread time in microseconds."""
    (evaluated,) = (
        event
        for event in events
        if event["name"] == "EvaluateScript"
        and str(event["args"].get("data", {}).get("url", "")).endswith(script)
    )
    return float(evaluated["tdur"])
