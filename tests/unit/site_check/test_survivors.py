from __future__ import annotations

from collector.site_check.survivors import survivors


def test_of_each_hop_it_says_what_became_of_the_parameters() -> None:
    assert survivors([]) == []
    first = "https://a.test/?gclid=Ab&utm_source=x&page=2"
    assert survivors([first, "https://a.test/b?utm_source=X&gclid=Ab", "https://a.test/c"]) == [
        {"gclid": "kept", "utm_source": "kept"},
        {"gclid": "kept", "utm_source": "changed"},
        {"gclid": "lost", "utm_source": "lost"},
    ]
