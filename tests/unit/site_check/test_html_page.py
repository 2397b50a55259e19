from __future__ import annotations

from collector.site_check.html_page import read_page

URL = "https://www.example.com/a/b"


def test_a_form_that_a_table_breaks_keeps_its_fields() -> None:
    page = read_page(URL, "<table><form action=x><tr><td><input name=mail></table>")
    form = read_page(URL, "<form action=x><table><tr><td><input name=mail></table>").forms[0]
    assert [one.get("name") for one in form.controls] == ["mail"]
    assert form.wants_person
    assert len(page.forms) == 1


def test_addresses_are_resolved_against_the_page_and_its_base() -> None:
    assert read_page(URL, '<iframe src="c"></iframe>').frames == ("https://www.example.com/a/c",)
    based = read_page(URL, '<base href="/x/"><a href="c">c</a><form action="d"></form>')
    assert based.links == ("https://www.example.com/x/c",)
    assert based.forms[0].action == "https://www.example.com/x/d"


def test_broken_pages_are_read() -> None:
    for html in (
        "",
        "\0",
        "<",
        "<form",
        "<script>",
        "a" * 100_000,
        "<p>" * 20_000,
        '<a href="http://[">x</a>',
    ):
        assert read_page(URL, html).url == URL
