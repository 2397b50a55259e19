from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from collector.domain import errors
from collector.domain.submission import read_submission
from collector.web.answer import Answer
from collector.web.pages import Language, open_pages
from collector.web.public.pages import error_page, form_again_page, thanks_page
from tests.installation import SITE, SOURCE, Installation, installation, new_capture

PAGES = open_pages()
REFUSAL = errors.FieldsRefused("wrong", {"email": "This is no address."})
TYPED = read_submission(
    [
        ("email", "ada@"),
        ("topic", "one"),
        ("topic", "two"),
        ("file", {"name": "a.pdf", "size": 3}),
        ("_event_id", "e-1"),
        ("_token", "t.o"),
        ("_page", f"{SITE}/?gclid=x&a=1"),
        ("_next", ""),
    ]
)
ANSWERS = {
    "thanks": thanks_page(PAGES, "en", new_capture()),
    "an error": error_page(PAGES, "en", errors.UnknownCapture("x"), "../style.css"),
    "the form again": form_again_page(PAGES, "en", TYPED, REFUSAL),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_page_on_the_customers_origin_can_do_nothing(answer: Answer) -> None:
    headers = dict(answer.headers)
    assert len(headers) == len(answer.headers)
    assert headers[b"content-security-policy"] == (
        b"default-src 'none'; style-src 'self'; sandbox allow-forms allow-top-navigation"
    )
    assert headers[b"content-type"] == b"text/html; charset=utf-8"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"vary"] == b"Accept-Language"
    assert not re.search(rb"<script|\s(style|on[a-z]+)=", answer.body)


@pytest.mark.parametrize(
    ("origins", "back"),
    [
        ((SITE, "https://example.com"), f'href="{SITE}"'),
        (("https://*.example.com", SITE), f'href="{SITE}"'),
        (("https://*.example.com",), None),
    ],
    ids=["the first origin", "a wildcard is no address", "no address at all"],
)
def test_the_way_back_is_an_address_of_the_owner(
    origins: tuple[str, ...], back: str | None
) -> None:
    page = thanks_page(PAGES, "en", new_capture(origins=origins)).body.decode()
    assert (back in page) if back else ("<a " not in page)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (errors.StoreUnavailable("x"), 503, {"en": "Nothing was saved", "de": "gespeichert"}),
        (errors.DiskFull("x"), 507, {"en": "no room left", "de": "gespeichert"}),
        (errors.TooManyRequests("x"), 429, {"en": "wait a minute", "de": "Minute"}),
        (errors.UnknownCapture("x"), 404, {"en": "does not exist", "de": "gibt es nicht"}),
    ],
    ids=["no store", "no room", "too many", "no such form"],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_error_page_says_in_the_visitors_language_what_became_of_the_form(
    error: errors.CollectorError, status: int, words: dict[str, str], language: Language
) -> None:
    answer = error_page(PAGES, language, error, "../style.css")
    assert answer.status == status
    assert words[language] in answer.body.decode()
    assert (b"retry-after" in dict(answer.headers)) is (status in (429, 503, 507))


def test_the_text_of_an_error_which_may_quote_the_visitor_is_not_on_its_page() -> None:
    answer = error_page(PAGES, "en", errors.UnknownCapture("'canary' is no"), "../style.css")
    assert b"canary" not in answer.body


def test_the_form_comes_back_whole_and_is_sent_again_as_the_same_event() -> None:
    answer = form_again_page(PAGES, "en", TYPED, REFUSAL)
    page = answer.body.decode()
    assert answer.status == 422
    for name, value in (
        ("email", "ada@"),
        ("topic", "one"),
        ("topic", "two"),
        ("_event_id", "e-1"),
        ("_token", "t.o"),
        ("_page", f"{SITE}/?gclid=x&amp;a=1"),
    ):
        assert f'name="{name}"' in page
        assert f'value="{value}"' in page
    assert "This is no address." in page
    assert 'name="file"' not in page
    assert 'name="_next"' not in page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


ADDRESSES = {
    "thanks": ("GET", f"/f/{SOURCE}/thanks", 200),
    "an empty form": ("POST", f"/f/{SOURCE}", 422),
    "an unknown form": ("POST", "/f/unknown", 404),
    "thanks of an unknown form": ("GET", "/f/unknown/thanks", 404),
    "a form that is only looked at": ("GET", f"/f/{SOURCE}", 405),
}


@pytest.mark.parametrize(("method", "path", "status"), ADDRESSES.values(), ids=ADDRESSES)
def test_the_style_sheet_of_every_page_is_where_the_page_says(
    site: Installation, method: str, path: str, status: int
) -> None:
    headers = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
    answer = site.client.request(method, path, headers=headers)
    assert answer.status_code == status
    _, _, rest = answer.text.partition('<link rel="stylesheet" href="')
    sheet = site.client.get(urljoin(str(answer.url), rest.partition('"')[0]))
    assert sheet.status_code == 200
    assert sheet.headers["content-type"].startswith("text/css")
