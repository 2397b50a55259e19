"""Counters for operators. Labels are stable words, never a campaign, a visitor or a lead."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, generate_latest


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._touches = self._counter("touches", "Page views by what became of them.", "outcome")
        self._touch = cache(self._touches.labels)
        self._events = self._counter("events", "Events stored, by mark.", "mark")
        self._event = cache(self._events.labels)
        self._rejects = self._counter(
            "cookie_rejects", "Attribution tokens that did not verify, by reason.", "reason"
        )

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(f"collector_{name}", text, [label], registry=self._registry)

    def touch(self, outcome: str) -> None:
        """Count a page view."""
        self._touch(outcome).inc()

    def event(self, marks: list[str]) -> None:
        """Count a stored event."""
        for mark in marks or ["none"]:
            self._event(mark).inc()

    def rejected_token(self, reason: str) -> None:
        """Count a token that did not verify."""
        self._rejects.labels(reason).inc()

    def render(self) -> bytes:
        """Write all counters in Prometheus' text format."""
        return generate_latest(self._registry)
