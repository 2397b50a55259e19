from __future__ import annotations

import pytest

from collector.site_check.hops import CLICK_ID, compare_hop, with_test_parameters

BEFORE = "https://a.example/?gclid=Ab%2Bc&utm_campaign=x%20y"
STEPS = [
    ("https://b.example/?gclid=Ab%2Bc&utm_campaign=x%20y", []),
    ("https://b.example/?utm_campaign=x%20y&gclid=Ab%2Bc&lang=de", []),
    ("https://b.example/?gclid=Ab%2bc&utm_campaign=x+y", ["re_encoded"]),
    ("https://b.example/?gclid=Ab+c&utm_campaign=x%20y", ["re_encoded"]),
    ("https://b.example/?gclid=Ab%20c&utm_campaign=x%20y", ["click_id_changed"]),
    ("https://b.example/?gclid=Ab%252Bc&utm_campaign=x%20y", ["double_encoded"]),
    ("https://b.example/?gclid=ab%2bc&utm_campaign=x%20y", ["lower_cased"]),
    ("http://b.example/?gclid=Ab%2Bc&utm_campaign=x%20y", ["redirect_to_http"]),
    ("https://b.example/", ["click_id_lost", "parameters_lost"]),
    ("https://b.example/#?gclid=Ab%2Bc&utm_campaign=x%20y", ["moved_to_fragment"]),
]


@pytest.mark.parametrize(("after", "codes"), STEPS)
def test_what_a_step_did_is_named(after: str, codes: list[str]) -> None:
    assert [one.code for one in compare_hop(BEFORE, after)] == codes


def test_values_do_not_stand_in_a_finding() -> None:
    (found,) = compare_hop("https://a.example/?gclid=secret", "https://b.example/")
    assert "secret" not in f"{found.where}{found.why}{found.cure}"


def test_a_link_is_given_only_what_it_lacks() -> None:
    assert with_test_parameters("https://a.example/#b").startswith(
        f"https://a.example/?gclid={CLICK_ID}&utm_source="
    )
    assert with_test_parameters("https://a.example/#b").endswith("#b")
    whole = "https://a.example/?fbclid=x&utm_source=y"
    assert with_test_parameters(whole) == whole
