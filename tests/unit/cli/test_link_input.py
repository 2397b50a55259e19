from __future__ import annotations

from pathlib import Path

import click
import pytest

from collector.cli.link_input import read_links, read_rules

A, B = "https://example.com/?a=1,2;3", "https://example.com/b"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"{A}\n{B}\n", [A, B]),
        (f"\ufeff  {A}\r\n\r\n'{B}'\n", [A, B]),
        (f"url\n{A}\n", [A]),
        (f'Name,Final URL,Cost\nx,"{A}",3\ny,,4\nz,{B},5\n', [A, B]),
        (f"Name;Ziel-URL\nx;{B}\n", [B]),
        (f"Name\tLink\nx\t{A}\n", [A]),
        ("", []),
    ],
)
def test_links_are_found_in_lists_and_tables(text: str, links: list[str]) -> None:
    assert read_links(text, None) == links


def test_a_column_is_named_or_asked_for() -> None:
    table = f"Name,Where\nx,{B}\n"
    assert read_links(table, "where") == [B]
    for column in (None, "nowhere"):
        with pytest.raises(click.UsageError, match="Name, Where"):
            read_links(table, column)


def test_rules_that_cannot_be_read_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "links.toml"
    file.write_text("case = [")
    with pytest.raises(click.UsageError, match=r"links\.toml"):
        read_rules(file, ())
    file.write_text('own_domains = ["a.example"]')
    assert read_rules(file, ["B.example"]).own_domains == {"a.example", "b.example"}
