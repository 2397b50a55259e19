"""What `collector inspect` says in words, for each kind of page view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.cli.inspect import lines_of
from collector.domain.attribution import Attribution
from collector.domain.browser_cookies import NO_IDS
from collector.domain.channels import TABLE_VERSION
from collector.domain.consent import NOT_ASKED
from collector.domain.errors import InputError
from collector.domain.inspection import Inspection, Looked, inspect_view, own_rules, read_page
from collector.domain.lead_attribution import Rules
from collector.domain.parameters import MAX_VALUE, Parameter
from collector.domain.sites import split_url
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.token import TokenSigner
from collector.domain.touch import PageView
from collector.domain.visit import visit
from tests.installation import CHROME
from tests.unit.domain.views import OWN, START, attributed, nobody, touched

OWN_TABLES = Tables([Parameter("promo"), Parameter("cid", click_id=True)], ["pay.test"])
HOME = "https://www.example.com/"
VISITOR = "v" * 12
SIGNER = TokenSigner(["k" * 32], "_lc", 90 * 86_400)


def told(
    query: str = "",
    *,
    referrer: str = "",
    before: Attribution | None = None,
    tables: Tables = SHIPPED_TABLES,
    rejected: str | None = None,
    agent: str = "",
) -> str:
    """Write the inspection of one page view, the spaces between columns as one."""
    page = split_url(HOME + query)
    assert page is not None
    view = PageView(url=HOME + query, referrer=referrer, at=START, own_domains=OWN, tables=tables)
    visited = visit(before or nobody(), view, NO_IDS, NOT_ASKED)
    rules = Rules(own_domains=OWN, tables=tables)
    lines: Iterator[str] = lines_of(Inspection(view, page, rules, visited, rejected, agent))
    return "\n".join(" ".join(line.split()) for line in lines)


PARAMETERS = {
    "an id that implies": ("?gclid=1", "gclid = 1 (click id of google; implies google / cpc)"),
    "an id that implies nothing": ("?cid=1", "cid = 1 (click id)"),
    "an id by another name": ("?GCLID=1", "gclid = 1 (click id of google;"),
    "plus in an id": ("?gclid=a+b%2B", "gclid = a+b+ (click id"),
    "a campaign": ("?utm_campaign=a+b", "utm_campaign = a b\n"),
    "one of the installation": ("?promo=x", "promo = x\n"),
    "in the fragment": ("#/a?gclid=1", "gclid = 1 (click"),
    "a person": ("?mc_eid=x", "mc_eid dropped: it names a person"),
    "an empty one": ("?utm_term=", "utm_term dropped: empty"),
    "an empty one before": ("?utm_term=&utm_term=b", "utm_term dropped: empty"),
    "a second one": ("?utm_term=a&utm_term=b", "utm_term dropped: the first value counts"),
    "too long": (f"?gclid={'x' * (MAX_VALUE + 1)}", "gclid dropped: over 2,000 characters"),
    "with a control character": (
        "?gclid=a%00",
        "gclid dropped: over 2,000 characters, or nothing",
    ),
    "with an e-mail address": (
        "?utm_term=for+ada@example.org+only",
        "(without control characters and e-mail addresses)",
    ),
    "no known one": ("?page=2", "page not known: no part of the attribution"),
    "none at all": ("", "Parameters\nnone\n"),
}


@pytest.mark.parametrize(("query", "said"), PARAMETERS.values(), ids=PARAMETERS)
def test_of_each_parameter_it_says_what_becomes_of_it(query: str, said: str) -> None:
    assert said in told(query, tables=OWN_TABLES)


REFERRERS = {
    "a search engine": (
        "https://www.google.com/",
        "search site google; by itself google / organic",
    ),
    "a social site": ("https://l.facebook.com/", "outside: social site facebook; by itself"),
    "any other": ("https://blog.test/a", "outside: a site like any other; by itself blog.test / "),
    "an own page": (f"{HOME}a", "does not count: own domain"),
    "a payment page": ("https://www.paypal.com/", "does not count: payment host of paypal"),
    "a sign-in page": ("https://accounts.google.com/", "does not count: sign-in host of google"),
    "a host of the installation": (
        "https://pay.test/",
        "does not count: in COLLECTOR_SILENT_HOSTS",
    ),
    "no address": ("blog", "does not count: no whole address"),
    "none": ("", "Referrer\n- none\n"),
}


@pytest.mark.parametrize(("referrer", "said"), REFERRERS.values(), ids=REFERRERS)
def test_of_the_referrer_it_says_whether_it_counts(referrer: str, said: str) -> None:
    assert said in told(referrer=referrer, tables=OWN_TABLES)


DECIDED = {
    "a click id": ("?gclid=1", "", "google / cpc (gclid: the click id gclid implies it)"),
    "UTMs": ("?utm_source=a", "", "a / (not set) (utm: UTM parameters are explicit; "),
    "the referrer": ("", "https://blog.test/", "(referrer: no parameter says more than the"),
    "nothing": ("", "", "(direct) / (none) (direct: there are neither parameters nor an"),
    "a shared link": ("?gclid=1", "https://l.facebook.com/", "(shared link: a link with the id"),
    "an id beside UTMs": (
        "?gclid=1&utm_source=a&utm_medium=b",
        "",
        "a / b (gclid: the click id gclid implies it; utm_source and utm_medium as written)",
    ),
    "an id beside one UTM": (
        "?gclid=1&utm_medium=b",
        "",
        "google / b (gclid: the click id gclid implies it; utm_medium as written)",
    ),
    "a parameter that implies nothing": ("?promo=1", "", "(promo: only promo is there)"),
}


@pytest.mark.parametrize(("query", "referrer", "said"), DECIDED.values(), ids=DECIDED)
def test_it_says_what_decided_source_and_medium(query: str, referrer: str, said: str) -> None:
    assert said in told(query, referrer=referrer, tables=OWN_TABLES)


def test_it_names_the_channel_rule_and_what_the_rule_looked_at() -> None:
    paid = told("?gclid=1&utm_campaign=spring")
    assert "channel Paid Search (paid-search: google is a search site; cpc is paid)" in paid
    assert "campaign spring\n" in paid
    assert f"tables {TABLE_VERSION}\n" in paid
    assert "flyer is no known site; print is not paid)" in told(
        "?utm_source=flyer&utm_medium=print"
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?gclid=2", "merged as new touch: gclid\n"),
        ("?gclid=1", "merged as same click id (the token knows this click: no new touch)"),
        ("?utm_id=1", "merged as reload (the same landing page within 30 minutes: no new touch)"),
        ("", "merged as direct (a direct view replaces nothing)"),
    ],
)
def test_it_says_how_the_view_joins_what_was_known(query: str, said: str) -> None:
    before = attributed(touched("?gclid=1", at=-2), touched("?utm_id=1", at=-1))
    assert said in told(query, before=before)


def test_of_a_visitor_it_tells_both_ends_and_each_models_metadata() -> None:
    before = attributed(touched("?gclid=1", at=-2), touched("?utm_source=news", at=-1))
    said = told(referrer="https://blog.test/", before=before)
    assert (
        "touches 3\nfirst Paid Search: google / cpc (gclid)\nlast Referral: blog.test / " in said
    )
    _, _, models = said.partition("by attribution model\n")
    assert models.splitlines() == [
        "last_campaign the capture's model; last_campaign: utm",
        "utm_source = news",
        "last last: referrer",
        "no metadata: this touch has no parameters",
        "first first: gclid",
        "gclid = 1",
        "last_paid last_paid: gclid",
        "gclid = 1",
    ]


def test_a_new_visitor_is_told_from_one_whose_cookie_is_no_good() -> None:
    assert "cookie" not in told()
    assert "cookie not used: expired\n" in told(rejected="expired")
    assert "merged as new touch: direct (the first that is known of this visitor)" in told()


def test_it_says_who_looks_and_where_a_page_does_not_belong() -> None:
    assert "agent" not in told()
    assert "agent a browser\n" in told(agent=CHROME)
    assert "agent crawler: nothing of this view is kept" in told(
        agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    )
    assert "agent inside the app facebook\n" in told(agent=f"{CHROME} [FBAN/FBIOS;FBAV/450]")


def test_a_page_of_another_site_is_told() -> None:
    looked = Looked(url="https://elsewhere.test/?gclid=1", at=START)
    told = "\n".join(lines_of(inspect_view(looked, Rules(own_domains=OWN), SIGNER, VISITOR)))
    assert "not on an own domain of the capture: its views are refused" in told


def test_a_view_is_inspected_with_what_the_cookie_holds() -> None:
    rules = own_rules(read_page(HOME), SHIPPED_TABLES)
    first = inspect_view(Looked(url=f"{HOME}?gclid=1", at=START), rules, SIGNER, VISITOR)
    kept = SIGNER.sign(first.visited.attribution)
    again = inspect_view(Looked(url=HOME, at=START, cookie=kept), rules, SIGNER, VISITOR)
    assert (again.rejected, again.visited.attribution.count) == (None, 2)
    no_good = inspect_view(Looked(url=HOME, at=START, cookie="x"), rules, SIGNER, VISITOR)
    assert no_good.rejected
    with pytest.raises(InputError, match="no whole address"):
        read_page("example.com")
