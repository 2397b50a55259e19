from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector.domain.link_rules import LinkRules
from collector.storage.link_rules import SaveLinkRules
from collector.web.console.build_link import MOST_IN_A_CODE
from tests.installation import in_store, installation
from tests.people import Person, new_user, sign_in, text_of

PAGE = "https://www.example.com/offer?a=b#c"
GIVEN = {"page": PAGE, "source": "google", "medium": "cpc"}


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Person]:
    with installation(tmp_path) as site:
        yield sign_in(site, new_user("viewer"))


def asked(viewer: Person, language: str = "en", **given: str) -> str:
    answer = viewer.get(f"/links?{urlencode(given)}", **{"accept-language": language})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def built(page: str) -> str:
    _, _, rest = page.partition('<code id="link">')
    return rest.partition("</code>")[0]


def test_a_link_is_built_without_script_and_drawn(viewer: Person) -> None:
    page = asked(viewer, **GIVEN, campaign="Spring Sale")
    query = "a=b&utm_source=google&utm_medium=cpc&utm_campaign=spring-sale"
    assert built(page) == f"https://www.example.com/offer?{query}#c"
    assert "Nothing to mend" in page
    assert 'aria-label="QR code of the link"' in page
    assert 'value="Spring Sale"' in page
    assert "No link yet" in text_of(viewer.get("/links").text)


def test_the_linter_speaks_beside_the_link_in_the_persons_language(viewer: Person) -> None:
    page = asked(viewer, **{**GIVEN, "source": "flyer", "medium": "odd"})
    assert "Use a medium of GA4's channels" in page
    german = asked(viewer, "de", **{**GIVEN, "source": "flyer", "medium": "odd"})
    assert "Verwenden Sie ein Medium der GA4-Kanäle" in german


def test_a_template_asks_for_its_blanks_and_keeps_its_macros(viewer: Person) -> None:
    page = asked(viewer, page=PAGE, template="google-ads")
    assert 'name="blank.campaign"' in page
    assert "Fill in the blanks of the template" in page
    page = asked(viewer, page=PAGE, template="google-ads", **{"blank.campaign": "Spring"})
    assert "utm_campaign=spring&utm_term={keyword}&utm_content={creative}" in built(page)
    assert "Nothing to mend" in page
    assert "No QR code" in page
    page = asked(viewer, page=PAGE, template="google-ads", campaign="own")
    assert 'name="blank.campaign"' not in page
    assert "utm_campaign=own" in built(page)


def test_the_stored_rules_are_followed_and_offered(viewer: Person) -> None:
    rules = LinkRules(sources={"google": ("adwords",)}, separator="_")
    write = SaveLinkRules(rules=rules, now=1)
    in_store(viewer.site.settings, lambda store: store.write(write))
    page = asked(viewer, **{**GIVEN, "source": "AdWords", "campaign": "a-b"})
    assert "utm_source=google&utm_medium=cpc&utm_campaign=a_b" in built(page)
    assert '<option value="google">' in page
    assert "unknown_source" in asked(viewer, **{**GIVEN, "source": "bing"})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"page": ""}, "page"),
        ({"page": "https://a.test/" + "a" * 2_000}, "page"),
        ({"template": "none-such"}, "template"),
    ],
)
def test_what_cannot_be_built_is_said_at_its_field(
    viewer: Person, given: dict[str, str], field: str
) -> None:
    page = asked(viewer, **{**GIVEN, **given})
    assert f'id="{field}-wrong"' in page
    assert "Mend what is marked" in page


def test_a_link_that_no_phone_could_read_has_no_code(viewer: Person) -> None:
    page = asked(viewer, **{**GIVEN, "page": f"https://a.test/{'a' * (MOST_IN_A_CODE - 30)}"})
    assert "No QR code" in page
    assert "utm_source=google" in built(page)
