from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from collector.demo.arrivals import ARRIVALS


def test_arrivals_show_a_paid_search_click_a_social_click_and_a_mail() -> None:
    queries = [parse_qs(urlsplit(arrival.target).query) for arrival in ARRIVALS]
    assert [query["utm_medium"] for query in queries] == [["cpc"], ["paid_social"], ["email"]]
    assert [[id_ for id_ in ("gclid", "fbclid") if id_ in query] for query in queries] == [
        ["gclid"],
        ["fbclid"],
        [],
    ]
