"""How long the event loop stands still under load, with a backlog to deliver beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.benchmarks.backlog import add_backlog
from tools.benchmarks.deliveries import FASTEST, LANES, received, sink
from tools.benchmarks.installation import Installed, installed
from tools.benchmarks.processes import PROGRAMS, Effort, load, serving
from tools.benchmarks.requests import first_token, form_request, touch_request

VISITORS = 8
"""So many connections send page views without a pause, and as many forms."""


def worst_ms(effort: Effort) -> float:
    """Find the longest stall of all rounds, in milliseconds."""
    with sink() as where, installed(*[f"http://127.0.0.1:{where.port}/hook"] * LANES) as found:
        add_backlog(found, round(FASTEST * (effort.rounds * (effort.seconds + 1)) / LANES))
        worst = 0.0
        for _ in range(effort.rounds):
            before = received(where)
            worst = max(worst, _round(found, effort.seconds))
            if received(where) == before:
                raise SystemExit("nothing was delivered beside the load")
        return worst


def _round(found: Installed, seconds: float) -> float:
    with TemporaryDirectory(prefix="bench-") as folder:
        told = Path(folder) / "worst"
        program = str(PROGRAMS / "watched_server.py")
        with serving([program, str(told)], found.environment) as served:
            token = first_token(served.port, found.source_id)
            views = touch_request(found.source_id, token)
            forms = form_request(found.source_id, token)
            with ThreadPoolExecutor(2) as both:
                loads = [
                    both.submit(load, served.port, sent, seconds, VISITORS)
                    for sent in (views, forms)
                ]
            for done in loads:
                done.result()
        return float(told.read_text())
