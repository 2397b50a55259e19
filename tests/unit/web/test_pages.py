from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import UndefinedError

from collector.domain.faults import FAULTS as VALUE_FAULTS
from collector.domain.inspection_texts import SAID
from collector.domain.link_findings import FAULTS as LINK_FAULTS
from collector.domain.link_list import _COLUMN
from collector.domain.link_rules_text import _BOTH, _LINE
from collector.domain.mapping import UNREADABLE
from collector.domain.note_texts import NOTES
from collector.domain.said import Said
from collector.site_check.site_findings import FAULTS
from collector.web.pages import (
    LANGUAGES,
    LOCALE_FOLDER,
    Language,
    choose_language,
    open_pages,
)
from collector.web.shipped import shipped

ROOT = Path(__file__).resolve().parents[3]
PAGES = open_pages()
CODES = (400, 403, 404, 405, 413, 415, 422, 429, 500, 503, 507)
NASTY = "\"><script>alert(1)</script>{{ 7*7 }} &amp; 'x' \u202eabc"

FORM: dict[str, Any] = {
    "stylesheet": "style.css",
    "title": "Brochure " + NASTY,
    "action": "0190a7c0-0000-7000-8000-000000000001",
    "hidden": [("_event_id", "e-1"), ("_token", NASTY), ("_lang", "en")],
    "fields": [
        ("first_name", NASTY, ""),
        ("email", "ada@", "This is no e-mail address."),
        ("topic", "one", ""),
        ("topic", "two", ""),
        ("message", "\n\n second </textarea> line\n", "Too short."),
        ("long", "x" * 61, ""),
        (NASTY, "", ""),
    ],
}


class Page(HTMLParser):
    """What a browser makes of a page: its elements, its text, and what its form would send."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.sent: list[tuple[str, str]] = []
        self._textarea: str | None = None
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append((tag, values))
        if tag == "input":
            self.sent.append((values["name"], values["value"]))
        if tag == "textarea":
            self._textarea = values["name"]
            self.sent.append((values["name"], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            name, text = self.sent[-1]
            self.sent[-1] = (name, text.removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is None:
            self.text += data
        else:
            self.sent[-1] = (self._textarea, self.sent[-1][1] + data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


PUBLIC: list[tuple[str, dict[str, Any]]] = [
    ("public/thanks.html", {"stylesheet": "../style.css", "back": None}),
    ("public/thanks.html", {"stylesheet": "../style.css", "back": "https://example.com/"}),
    ("public/form_again.html", FORM),
    *(("public/error.html", {"stylesheet": "style.css", "code": code}) for code in CODES),
]


@pytest.mark.parametrize(
    ("wanted", "accept_language", "chosen"),
    [
        pytest.param(None, "", "en", id="nothing known"),
        pytest.param("de", "en", "de", id="asked for by name"),
        pytest.param("DE-at", "en", "de", id="asked for with a region"),
        pytest.param("fr", "de", "de", id="asked for one we do not have"),
        pytest.param("", "de", "de", id="asked for nothing"),
        pytest.param(None, "de-DE,de;q=0.9,en;q=0.8", "de", id="a German browser"),
        pytest.param(None, "en-US,en;q=0.9,de;q=0.8", "en", id="an English browser"),
        pytest.param(None, "en;q=0.5, de;q=0.9", "de", id="quality beats order"),
        pytest.param(None, "de, en", "de", id="of equal qualities the first"),
        pytest.param(None, "fr, nl;q=0.9, de;q=0.1", "de", id="the only one we have"),
        pytest.param(None, "fr", "en", id="none we have"),
        pytest.param(None, "*", "en", id="anything"),
        pytest.param(None, "de;q=0, *", "en", id="anything but German"),
        pytest.param(None, "en;q=0, *;q=0.1", "de", id="anything but English"),
        pytest.param(None, "de;q=0", "en", id="not German"),
        pytest.param(None, "de;q=nan, en;q=0.1", "en", id="quality is no number"),
        pytest.param(None, "de;q=7, en;q=0.1", "en", id="quality out of range"),
        pytest.param(None, ";,=q;;,, de ;q=0.4", "de", id="garbage around a language"),
        pytest.param(None, "deutsch, german", "en", id="words that are no tags"),
    ],
)
def test_the_language_is_the_named_one_else_the_best_of_the_browser(
    wanted: str | None, accept_language: str, chosen: str
) -> None:
    assert choose_language(wanted, accept_language) == chosen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "values"), PUBLIC)
def test_public_pages_need_nothing_but_their_stylesheet(
    name: str, values: dict[str, Any], language: Language
) -> None:
    source = PAGES.render(name, language, **values)
    page = Page(source)
    forbidden = {"script", "style", "img", "iframe", "object", "embed", "base", "video"}
    attributes = {attribute for _, found in page.elements for attribute in found}
    links = {found["href"] for _, found in page.elements if "href" in found}
    assert source.startswith(b"<!doctype html>")
    assert page.all("html") == [{"lang": language}]
    assert not forbidden & {tag for tag, _ in page.elements}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert links == {values["stylesheet"], values.get("back")} - {None}


def test_the_public_stylesheet_loads_nothing() -> None:
    sheet = (shipped("templates") / "public" / "style.css").read_text()
    assert "url(" not in sheet
    assert "@import" not in sheet


def test_the_form_again_sends_exactly_what_was_submitted() -> None:
    page = Page(PAGES.render("public/form_again.html", "en", **FORM))
    submitted = [(name, value) for name, value, _ in FORM["fields"]]
    assert page.sent == FORM["hidden"] + submitted
    assert [form["action"] for form in page.all("form")] == [FORM["action"]]
    assert [form["method"] for form in page.all("form")] == ["post"]


def test_each_error_is_told_at_its_field() -> None:
    source = PAGES.render("public/form_again.html", "en", **FORM).decode()
    inputs = [found for tag, found in Page(source.encode()).elements if "aria-invalid" in found]
    assert [found["name"] for found in inputs] == ["email", "message"]
    for found, error in zip(inputs, ("This is no e-mail address.", "Too short."), strict=True):
        told = source.split(f'id="{found["aria-describedby"]}"')[1].split("</p>")[0]
        assert error in told


@pytest.mark.parametrize(
    ("language", "errors", "sentence"),
    [
        ("en", 1, "One entry needs another look"),
        ("en", 2, "2 entries need another look"),
        ("de", 1, "Bitte sehen Sie eine Angabe noch einmal an"),
        ("de", 2, "Bitte sehen Sie 2 Angaben noch einmal an"),
    ],
)
def test_the_form_again_counts_what_is_wrong(
    language: Language, errors: int, sentence: str
) -> None:
    fields = [("email", "x", "wrong")] * errors
    page = PAGES.render("public/form_again.html", language, **{**FORM, "fields": fields})
    assert sentence in Page(page).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_page_has_texts_of_its_own(language: Language) -> None:
    pages = {
        code: PAGES.render("public/error.html", language, stylesheet="style.css", code=code)
        for code in CODES
    }
    headings = {page.partition(b"<h1>")[2].partition(b"</h1>")[0] for page in pages.values()}
    assert len(headings) == len(CODES)
    assert [code for code, page in pages.items() if f" {code}</p>" not in page.decode()] == []


def test_an_unforeseen_error_reads_like_a_fault_of_ours() -> None:
    page = Page(PAGES.render("public/error.html", "en", stylesheet="style.css", code=599))
    assert "The fault is on our side." in page.text
    assert "Error 599" in page.text


def test_a_value_that_a_page_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="stylesheet"):
        PAGES.render("public/thanks.html", "en", back=None)


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (LOCALE_FOLDER / "de.po").open("rb") as source:
        return read_po(source, locale="de")


@pytest.fixture(scope="module")
def extracted() -> set[str | tuple[str, ...]]:
    with (LOCALE_FOLDER / "babel.cfg").open() as source:
        methods, options = parse_mapping_cfg(source)  # type: ignore[no-untyped-call]
    found = extract_from_dir(shipped("templates"), method_map=methods, options_map=options)
    return {message for _, _, message, _, _ in found}


def test_the_templates_hold_messages_of_both_kinds(
    extracted: set[str | tuple[str, ...]],
) -> None:
    assert {type(message) for message in extracted} == {str, tuple}


def test_every_message_has_a_german_text(
    german: Catalog, extracted: set[str | tuple[str, ...]]
) -> None:
    missing = [
        message
        for message in extracted
        if (entry := german.get(message)) is None
        or entry.fuzzy
        or not all((entry.string,) if isinstance(entry.string, str) else entry.string or ())
    ]
    assert missing == []


def test_what_the_code_says_is_known_to_translators(
    extracted: set[str | tuple[str, ...]],
) -> None:
    of_sites = {text for _, *texts in FAULTS.values() for text in texts}
    of_links = {cure for _, cure in LINK_FAULTS.values()}
    assert (set(SAID.values()) | of_sites | of_links) - extracted == set()


def test_no_german_text_is_left_over(
    german: Catalog, extracted: set[str | tuple[str, ...]]
) -> None:
    assert [entry.id for entry in german if entry.id and entry.id not in extracted] == []
    assert not german.obsolete


def test_german_texts_keep_the_placeholders(german: Catalog) -> None:
    assert [(entry.id, errors) for entry, errors in german.check()] == []


def test_german_addresses_the_visitor_formally(german: Catalog) -> None:
    words = {
        word.strip(".,;:") for entry in german if entry.id for word in str(entry.string).split()
    }
    assert not words & {"du", "dich", "dir", "dein", "deine", "Du", "Dein", "Deine"}


def test_the_templates_are_found_in_a_checkout() -> None:
    assert shipped("templates") == Path(__file__).parents[3] / "templates"


def _is_words(text: str) -> bool:
    """Whether a text says something beside the values in it."""
    return any(letter.isalpha() for plain, *_ in Formatter().parse(text) for letter in plain)


def _calls(*names: str) -> Iterator[ast.Call]:
    for path in (ROOT / "collector").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = getattr(node, "func", None)
            if isinstance(node, ast.Call) and (
                getattr(named, "id", "") in names or getattr(named, "attr", "") in names
            ):
                yield node


CURES_OF_LINKS = {cure for _, cure in LINK_FAULTS.values()}
TABLES: dict[str, set[str]] = {
    "SAID[word]": set(SAID.values()),
    "_BOTH": {_BOTH},
    "_COLUMN": {_COLUMN},
    "_LINE": {_LINE},
    "FAULTS[fault]": set(VALUE_FAULTS.values()),
    "UNREADABLE": {UNREADABLE},
    "kept": {"{found} (from a cache)"},
    "banner": {"another TCF banner"},
    "cure": {cure for _, _, cure in FAULTS.values()},
    "wording": set(NOTES.values()),
    "finding.cure": CURES_OF_LINKS,
    "one.cure": CURES_OF_LINKS,
    "why": {why for _, why, _ in FAULTS.values()},
}
"""What is said by a name, and the texts that may stand behind it."""


def said_texts() -> set[str]:
    """Find every text that the code says and pages make in their language."""
    firsts = [call.args[0] for call in _calls("Said")]
    literals = {str(one.value) for one in firsts if isinstance(one, ast.Constant)}
    named = {ast.unparse(one) for one in firsts if not isinstance(one, ast.Constant)}
    assert named == TABLES.keys(), "what is no literal is named in TABLES"
    return {text for text in literals.union(*TABLES.values()) if _is_words(text)}


def test_what_the_code_says_is_said_in_german(german: Catalog) -> None:
    texts = said_texts()
    assert len(texts) > 200
    assert {text for text in texts if not (german.get(text) and german[text].string)} == set()
    for text in texts:
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        made = str(german[text].string)
        assert {name for _, name, _, _ in Formatter().parse(made) if name} == names


def test_values_that_were_said_are_said_in_german_too() -> None:
    said = Said("{name}: {fault}", name="<b>{x}", fault=Said("This is not a date."))
    one = Said.listed([said, Said("there is no field {name}; create it first", name="{y}")])
    made = PAGES.environments["de"].from_string("{{ one | translated }}").render(one=one)
    assert made == (
        "&lt;b&gt;{x}: Das ist kein Datum.; es gibt kein Feld {y}; legen Sie es zuerst an"
    )


def _plain_words(node: ast.AST) -> str:
    """Give the words of a literal, which no page could look up once they are filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr | ast.BinOp | ast.BoolOp | ast.IfExp):
        return "".join(_plain_words(one) for one in ast.iter_child_nodes(node))
    return ""


def test_a_site_check_fills_nothing_in_that_stays_english() -> None:
    found = [
        _plain_words(value)
        for call in _calls("site_finding", "note")
        for value in (*call.args[1:], *(one.value for one in call.keywords))
    ]
    assert len(found) > 40
    assert [text for text in found if re.search("[a-z]{2} [a-z]{2}", text)] == []


def test_whoever_looks_for_problems_says_them() -> None:
    """So that a page can tell them in its language."""
    looking = [
        node
        for folder in ("domain", "storage")
        for path in (ROOT / "collector" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.endswith("problems")
    ]
    yielded = [
        inside.value.elts[1] if isinstance(inside.value, ast.Tuple) else inside.value
        for node in looking
        for inside in ast.walk(node)
        if isinstance(inside, ast.Yield) and inside.value
    ]
    assert len(yielded) > 20
    assert [ast.unparse(one) for one in yielded if _plain_words(one)] == []


OF_PROGRAMS = {"driftrock_event.py"}
"""What refuses the calls of programs, which read English."""


def test_no_input_of_a_form_is_refused_in_english_alone() -> None:
    refusals = [
        (path.name, ast.unparse(node.args[0]))
        for folder in ("domain", "storage")
        for path in (ROOT / "collector" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "InputError"
        and "field" in {one.arg for one in node.keywords}
        and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert [one for one in refusals if one[0] not in OF_PROGRAMS] == []
