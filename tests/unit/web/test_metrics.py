from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from collector.web.metrics import Metrics
from tests.installation import SITE, installation

CANARY = "canary"


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Read every counter: its name and label values, and how far it has counted."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.endswith("_total")
    }


def test_counters_count_by_outcome_mark_and_reason() -> None:
    metrics = Metrics()
    for outcome in ("new touch", "new touch", "ignored"):
        metrics.touch(outcome)
    for marks in ([], [], ["spam", "bot"], ["spam"]):
        metrics.event(marks)
    metrics.rejected_token("expired")
    assert samples(metrics.render().decode()) == {
        ("collector_touches_total", "new touch"): 2,
        ("collector_touches_total", "ignored"): 1,
        ("collector_events_total", "none"): 2,
        ("collector_events_total", "spam"): 2,
        ("collector_events_total", "bot"): 1,
        ("collector_cookie_rejects_total", "expired"): 1,
    }


def test_two_installations_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.touch("ignored")
    assert samples(other.render().decode()) == {}


def test_no_label_ever_holds_what_a_visitor_sent(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        site.touch(f"{SITE}/?utm_campaign={CANARY}&gclid={CANARY}", cookies={"_ga": CANARY})
        site.client.cookies.clear()
        site.touch(f"{SITE}/{CANARY}", referrer=f"https://{CANARY}.example/", token=CANARY)
        site.client.cookies.clear()
        site.post({"email": CANARY, "_gotcha": CANARY}, headers={"origin": f"https://{CANARY}.de"})
        site.post({"n": "2", "_token": CANARY, "_event_name": CANARY, "_check": CANARY})
        text = site.client.get("/metrics").text
    assert CANARY not in text
    counted = samples(text)
    assert counted["collector_events_total", "none"] == 1
    assert counted["collector_events_total", "spam"] == 1
    assert counted["collector_events_total", "origin"] == 1
    assert counted["collector_cookie_rejects_total", "malformed"] == 2
