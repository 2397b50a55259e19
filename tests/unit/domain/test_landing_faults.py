from __future__ import annotations

import pytest

from collector.domain.landing_faults import LandingFault, landing_faults, may_be_faulty
from collector.domain.link_findings import FAULTS
from collector.domain.parameters import Parameter
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.touch import PageView

HOST = "www.example.com"
PAGE = f"{HOST}/offer"
AT = f"https://{PAGE}"
GOOD = "utm_source=google&utm_medium=cpc"
START = f"https://{HOST}/start"
OWN = frozenset({"example.com", "example-shop.net"})

HEALTHY = {
    "no query": (AT, START),
    "others": (f"{AT}?page=2&utmost=1&gclid=x", START),
    "from outside": (f"{AT}?{GOOD}", "https://www.google.com/"),
    "from a mail": (f"{AT}?{GOOD}&utm_campaign=Fr%C3%BChling+24&utm_id=789180622957", ""),
    "handed on by a redirect": (f"{AT}?{GOOD}", f"https://example.com/?page=1&{GOOD}"),
    "a campaign and its number": (f"{AT}?{GOOD}&utm_campaign=spring+1234567890", ""),
    "no address": (f"/offer?{GOOD}&utm_keyword=a", ""),
}

FAULTY = {
    "keyword": ("utm_keyword=a", "", "keyword_for_term", "utm_keyword", PAGE),
    "misspelt": ("utm_campain=a", "", "misspelt_name", "utm_campain", PAGE),
    "longer": ("utm_source_=a", "", "misspelt_name", "utm_source_", PAGE),
    "with a dash": ("utm-source=a", "", "misspelt_name", "utm-source", PAGE),
    "left of HTML": ("x=1&amp;utm_source=a", "", "misspelt_name", "amp;utm_source", PAGE),
    "in capitals": ("UTM_Source=a", "", "name_case", "UTM_Source", PAGE),
    "unknown": ("utm_flavour=a", "", "unknown_name", "utm_flavour", PAGE),
    "behind the fragment": ("#utm_campain=a", "", "misspelt_name", "utm_campain", PAGE),
    "within the site": (GOOD, START, "own_domain", "utm_source", f"{HOST}/start"),
    "from an own domain": (GOOD, "https://example-shop.net", "own_domain", "utm_source", "example-shop.net/"),
    "other UTMs than came": (GOOD, f"{START}?utm_source=a", "own_domain", "utm_source", f"{HOST}/start"),
    "e-mail": (f"{GOOD}&utm_content=ada%40example.org", "", "personal_data", "utm_content", PAGE),
    "e-mail as it is": (f"{GOOD}&utm_term=ada@example.org", "", "personal_data", "utm_term", PAGE),
    "e-mail, encoded twice": (f"{GOOD}&utm_id=ada%2540example.org", "", "personal_data", "utm_id", PAGE),
    "phone": (f"{GOOD}&utm_content=%2B49+171+1234567", "", "personal_data", "utm_content", PAGE),
    "phone as it is": (f"{GOOD}&utm_content=+491711234567", "", "personal_data", "utm_content", PAGE),
    "a name that names": ("utm_ada%40example.org=a", "", "unknown_name", "utm_…", PAGE),
}  # fmt: skip


def view(url: str, referrer: str = "", tables: Tables = SHIPPED_TABLES) -> PageView:
    return PageView(url=url, referrer=referrer, at=1, own_domains=OWN, tables=tables)


@pytest.mark.parametrize(("url", "referrer"), HEALTHY.values(), ids=HEALTHY)
def test_what_is_as_it_should_be_is_no_fault(url: str, referrer: str) -> None:
    assert landing_faults(view(url, referrer)) == frozenset()


@pytest.mark.parametrize(
    ("query", "referrer", "code", "name", "page"), FAULTY.values(), ids=FAULTY
)
def test_a_fault_is_told_by_name_and_page(
    query: str, referrer: str, code: str, name: str, page: str
) -> None:
    seen = view(f"{AT}?{query}", referrer)
    assert may_be_faulty(seen)
    assert landing_faults(seen) == {LandingFault(code, name, page)}
    assert code in FAULTS


def test_several_faults_of_one_view_are_each_told_once() -> None:
    url = f"{AT}?utm_campain=ada@example.org&utm_campain=bob@example.org&UTM_Medium=x"
    assert sorted(landing_faults(view(url, START))) == [
        LandingFault("misspelt_name", "utm_campain", PAGE),
        LandingFault("name_case", "UTM_Medium", PAGE),
        LandingFault("own_domain", "utm_campain", f"{HOST}/start"),
        LandingFault("personal_data", "utm_campain", PAGE),
    ]


def test_a_parameter_of_the_installation_is_no_unknown_name() -> None:
    own = Tables([Parameter("utm_flavour")])
    assert landing_faults(view(f"{AT}?utm_flavour=a", tables=own)) == frozenset()


def test_texts_are_short_printable_and_name_nobody() -> None:
    url = f"{AT}\0/ada@example.org/{'x' * 900}?utm_{'y' * 90}\0=1"
    (fault,) = landing_faults(view(url))
    assert fault.name == f"utm_{'y' * 56}"
    assert fault.page.startswith(f"{PAGE}//xxx")
    assert len(fault.page) == 200


def test_what_nobody_wrote_for_people_is_not_looked_at_for_long() -> None:
    many = view(f"{AT}?{'&'.join(f'utm_{number:03}x=1' for number in range(300))}")
    assert len(landing_faults(many)) == 12
    assert not may_be_faulty(view(f"{AT}?utm_term={'x' * 4_000}"))
    assert not may_be_faulty(view(f"{AT}?page=2", START))
