from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.channels import TABLE_VERSION, classify, referral_of
from collector.domain.parameters import PARAMETERS

PAGES = {
    "google": "https://www.google.com/",
    "bing": "https://www.bing.com/",
    "facebook": "https://l.facebook.com/",
    "instagram": "https://l.instagram.com/",
    "chatgpt": "https://chatgpt.com/",
    "blog": "https://blog.example.org/post",
}
BLOG, FACEBOOK = PAGES["blog"], PAGES["facebook"]

# Rows: why it is so | parameters | referrer | source / medium | channel | reason.
# REFERRERS: short names and derived mediums; the assistants are those that GA names.
# CLICKS: what a click id implies. SHARED: links seen on another network. UTMS: what they outrank.

REFERRERS = """
direct | | | (direct) / (none) | Direct | direct
search | | google | google / organic | Organic Search | referrer
assistant | | chatgpt | chatgpt.com / ai-assistant | AI Assistant | referrer
social | | facebook | facebook / referral | Organic Social | referrer
video | | https://www.youtube.com/ | youtube / referral | Organic Video | referrer
shopping | | https://www.amazon.de/ | amazon / referral | Organic Shopping | referrer
webmail | | https://mail.google.com/ | gmail / referral | Email | referrer
plain site | | blog | blog.example.org / referral | Referral | referrer
plain site without www. | | https://www.example.org/ | example.org / referral | Referral | referrer
a part of Google that is no search | | https://docs.google.com/ | docs.google.com / referral | Referral | referrer
maps by path | | https://www.google.com/maps | google.com / referral | Referral | referrer
an unknown app | | android-app://com.example.app/ | com.example.app / referral | Referral | referrer
a known app | | android-app://com.google.android.gm/ | gmail / referral | Email | referrer
no URL | | nonsense | (direct) / (none) | Direct | direct
"""

CLICKS = """
gclid | gclid=1 | | google / cpc | Paid Search | gclid
gbraid | gbraid=1 | | google / cpc | Paid Search | gbraid
wbraid | wbraid=1 | | google / cpc | Paid Search | wbraid
dclid | dclid=1 | | google / display | Display | dclid
msclkid | msclkid=1 | | bing / cpc | Paid Search | msclkid
ttclid | ttclid=1 | | tiktok / paid social | Paid Social | ttclid
li_fat_id | li_fat_id=1 | | linkedin / paid social | Paid Social | li_fat_id
twclid | twclid=1 | | twitter / paid social | Paid Social | twclid
rdt_cid | rdt_cid=1 | | reddit / paid social | Paid Social | rdt_cid
epik | epik=1 | | pinterest / paid social | Paid Social | epik
ScCid | ScCid=1 | | snapchat / paid social | Paid Social | ScCid
qclid | qclid=1 | | quora / paid social | Paid Social | qclid
yclid | yclid=1 | | yandex / cpc | Paid Search | yclid
ysclid marks every result | ysclid=1 | | yandex / organic | Organic Search | ysclid
oppref | oppref=1 | | chatgpt.com / cpc | Paid Other | oppref
irclickid | irclickid=1 | | impact / affiliate | Affiliates | irclickid
fbclid is no proof of an ad | fbclid=1 | | facebook / social | Organic Social | fbclid
igshid | igshid=1 | | instagram / social | Organic Social | igshid
what survives where gclid is stripped | gad_source=1&gad_campaignid=2 | | google / cpc | Paid Search | gad_campaignid
facts 0.4: all of Google's at once | gad_source=1&gad_campaignid=2&gbraid=3&gclid=4 | google | google / cpc | Paid Search | gclid
Mailchimp's campaign | mc_cid=1 | | mailchimp / email | Email | mc_cid
an id that implies nothing | srsltid=1 | | (not set) / (not set) | Unassigned | srsltid
an id that implies nothing, on Google | srsltid=1 | google | google / organic | Organic Search | referrer
auto-tagging on Google | gclid=1 | google | google / cpc | Paid Search | gclid
an ad on a plain site | gclid=1 | blog | google / cpc | Paid Search | gclid
an ad on Google's own YouTube | gclid=1 | https://www.youtube.com/ | google / cpc | Paid Video | gclid
an ad in Google's own Gmail | gclid=1 | https://mail.google.com/ | google / cpc | Paid Search | gclid
Microsoft's ads on its partners | msclkid=1 | https://duckduckgo.com/ | bing / cpc | Paid Search | msclkid
Google's ads on its partners | gclid=1 | https://www.ecosia.org/ | google / cpc | Paid Search | gclid
fbclid on Facebook | fbclid=1 | facebook | facebook / social | Organic Social | fbclid
fbclid on Instagram | fbclid=1 | instagram | instagram / social | Organic Social | fbclid
fbclid on Threads | fbclid=1 | https://l.threads.com/ | threads / social | Organic Social | fbclid
fbclid on Meta AI | fbclid=1 | https://www.meta.ai/ | meta.ai / ai-assistant | AI Assistant | fbclid
fbclid on a plain site | fbclid=1 | blog | facebook / social | Organic Social | fbclid
"""

SHARED = """
gclid beside fbclid | gclid=1&fbclid=2 | | facebook / social | Organic Social | shared link
whatever the order | fbclid=2&gclid=1 | | facebook / social | Organic Social | shared link
on Facebook | gclid=1&fbclid=2 | facebook | facebook / social | Organic Social | shared link
on Instagram | gclid=1&fbclid=2 | instagram | instagram / social | Organic Social | shared link
on Google: its own id speaks | fbclid=2&gclid=1 | google | google / cpc | Paid Search | shared link
on Bing | gclid=1&fbclid=2 | bing | bing / organic | Organic Search | shared link
gclid on Facebook | gclid=1 | facebook | facebook / referral | Organic Social | shared link
gclid on Bing | gclid=1 | bing | bing / organic | Organic Search | shared link
gclid on ChatGPT | gclid=1 | chatgpt | chatgpt.com / ai-assistant | AI Assistant | shared link
gclid on LinkedIn | gclid=1 | https://www.linkedin.com/ | linkedin / referral | Organic Social | shared link
msclkid on Google | msclkid=1 | google | google / organic | Organic Search | shared link
fbclid on Google | fbclid=1 | google | google / organic | Organic Search | shared link
gclid on a social site without ads | gclid=1 | https://mastodon.social/ | mastodon / referral | Organic Social | shared link
two ad networks: the later in the URL | gclid=1&msclkid=2 | | bing / cpc | Paid Search | shared link
the other way round | msclkid=2&gclid=1 | | google / cpc | Paid Search | shared link
on a plain site too | msclkid=2&gclid=1 | blog | google / cpc | Paid Search | shared link
two ad networks on one's own site | msclkid=2&gclid=1 | bing | bing / cpc | Paid Search | shared link
campaign parameters are no later id | msclkid=2&gclid=1&gad_source=1 | | google / cpc | Paid Search | shared link
nor do they outlast an id | gclid=1&msclkid=2&gad_source=1 | | bing / cpc | Paid Search | shared link
stripped gclid beside fbclid | gad_campaignid=1&fbclid=2 | | facebook / social | Organic Social | shared link
stripped ids of two networks | fbclid=1&ysclid=2 | | yandex / organic | Organic Search | shared link
affiliates post their links anywhere | irclickid=1 | facebook | impact / affiliate | Affiliates | irclickid
explicit UTMs win | utm_source=google&utm_medium=cpc&gclid=1&fbclid=2 | facebook | google / cpc | Paid Search | shared link
each missing one is filled | utm_source=google&gclid=1&fbclid=2 | | google / social | Organic Social | shared link
"""

UTMS = """
UTMs alone | utm_source=news&utm_medium=email | | news / email | Email | utm
UTMs beside a referrer | utm_source=news&utm_medium=email | google | news / email | Email | utm
UTMs beside gclid | utm_source=partner&utm_medium=banner&gclid=1 | | partner / banner | Display | gclid
raw values stay | utm_source=Google&utm_medium=CPC | | Google / CPC | Paid Search | utm
medium from the click id | utm_source=news&gclid=1 | | news / cpc | Paid Other | gclid
source from the click id | utm_medium=cpc&gclid=1 | | google / cpc | Paid Search | gclid
medium from the referrer | utm_source=news | google | news / organic | Organic Search | utm
source from the referrer | utm_campaign=x | facebook | facebook / referral | Organic Social | utm
medium of a known search engine | utm_source=google | | google / organic | Organic Search | utm
ChatGPT names itself | utm_source=chatgpt.com | | chatgpt.com / ai-assistant | AI Assistant | utm
medium of a known social site | utm_source=facebook | | facebook / referral | Organic Social | utm
medium of an unknown source | utm_source=news | | news / (not set) | Unassigned | utm
source unknown | utm_medium=email | | (not set) / email | Email | utm
only a campaign | utm_campaign=x | | (not set) / (not set) | Unassigned | utm
a medium that says not set | utm_source=google&utm_medium=(not set) | | google / (not set) | Organic Search | utm
a host as source | utm_source=m.facebook.com&utm_medium=cpc | | m.facebook.com / cpc | Paid Social | utm
an alias as source | utm_source=fb&utm_medium=paid | | fb / paid | Paid Social | utm
not on a label boundary | utm_source=notfacebook.com&utm_medium=cpc | | notfacebook.com / cpc | Paid Other | utm
a payment host is no source we know | utm_source=paypal.com | | paypal.com / (not set) | Unassigned | utm
the source decides, not the referrer | utm_source=news&utm_medium=x | facebook | news / x | Unassigned | utm
other campaign parameters | hsa_cam=1&hsa_kw=2 | | (not set) / (not set) | Unassigned | hsa_cam
other campaign parameters on a site | hsa_cam=1 | blog | blog.example.org / referral | Referral | referrer
stripped gclid beside UTMs | utm_campaign=x&gad_source=1 | | google / cpc | Paid Search | utm
"""


def rows() -> Iterator[object]:
    tables = {"referrer": REFERRERS, "click": CLICKS, "shared": SHARED, "utm": UTMS}
    for group, text in tables.items():
        for line in text.strip().splitlines():
            why, query, referrer, *expected = (cell.strip() for cell in line.split("|"))
            yield pytest.param(
                query, PAGES.get(referrer, referrer), expected, id=f"{group}: {why}"
            )


def concluded(query: str, referrer: str, app: str | None = None) -> list[str]:
    parameters = dict(pair.split("=") for pair in query.split("&") if pair)
    found = classify(parameters, referrer, app)
    return [f"{found.source} / {found.medium}", found.channel, found.reason]


@pytest.mark.parametrize(("query", "referrer", "expected"), [*rows()])
def test_source_medium_channel_and_reason(query: str, referrer: str, expected: list[str]) -> None:
    assert concluded(query, referrer) == expected


def test_white_space_and_case_are_kept_but_do_not_decide() -> None:
    found = classify({"utm_source": " Google ", "utm_medium": "CPC "})
    assert (found.source, found.medium, found.channel) == (" Google ", "CPC ", "Paid Search")


@pytest.mark.parametrize(
    ("query", "referrer", "app", "source"),
    [
        ("fbclid=1", "", "instagram", "instagram"),
        ("fbclid=1", "", "facebook", "facebook"),
        ("fbclid=1", FACEBOOK, "instagram", "facebook"),
        ("fbclid=1", BLOG, "instagram", "instagram"),
        ("fbclid=1", "", "tiktok", "facebook"),
        ("fbclid=1", "", "unheard-of", "facebook"),
        ("gclid=1", "", "instagram", "google"),
        ("", "", "instagram", "(direct)"),
    ],
)
def test_an_in_app_browser_says_which_of_metas_sites_it_was(
    query: str, referrer: str, app: str, source: str
) -> None:
    assert concluded(query, referrer, app)[0].startswith(f"{source} /")


def test_campaign_term_and_content_come_from_their_parameters_alone() -> None:
    found = classify({"utm_campaign": "Spring", "utm_term": "shoes", "utm_content": "a"})
    assert (found.campaign, found.term, found.content) == ("Spring", "shoes", "a")
    found = classify({"gclid": "1", "utm_keyword": "shoes", "hsa_kw": "shoes"})
    assert (found.campaign, found.term, found.content) == (None, None, None)


def test_every_classification_names_a_rule_of_a_versioned_table() -> None:
    assert classify({"gclid": "1"}).channel_rule == "paid-search"
    assert classify({}).channel_rule == "direct"
    assert all(part.isdigit() for part in TABLE_VERSION.split("."))


def test_a_referrer_that_is_no_url_stands_for_nothing() -> None:
    assert referral_of("") is None
    assert referral_of("about:blank") is None


_names = st.sampled_from([parameter.name for parameter in PARAMETERS])
_referrers = st.sampled_from(["", "nonsense", *PAGES.values()])


@given(st.dictionaries(_names, st.text()), st.text() | _referrers, st.text() | st.none())
def test_nothing_raises_and_everything_gets_an_answer(
    parameters: dict[str, str], referrer: str, app: str | None
) -> None:
    found = classify(parameters, referrer, app)
    assert found.channel
    assert found.channel_rule
    assert found.reason


@given(st.dictionaries(_names, st.text(min_size=1)), _referrers)
def test_explicit_utms_always_win(parameters: dict[str, str], referrer: str) -> None:
    found = classify(parameters, referrer)
    assert found.source == parameters.get("utm_source", found.source)
    assert found.medium == parameters.get("utm_medium", found.medium)


@given(st.dictionaries(_names, st.text(min_size=1)), _referrers)
def test_only_what_has_neither_parameters_nor_referrer_is_direct(
    parameters: dict[str, str], referrer: str
) -> None:
    found = classify(dict.fromkeys(parameters, "x"), referrer)
    nothing = not parameters and referral_of(referrer) is None
    assert (found.source == "(direct)") is nothing
