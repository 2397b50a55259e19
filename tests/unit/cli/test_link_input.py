from __future__ import annotations

from pathlib import Path

import click
import pytest

from collector.cli.link_input import read_links, read_rules

B = "https://example.com/b"


def test_a_column_is_named_or_asked_for() -> None:
    table = f"Name,Where,Other\nx,{B},1\n".encode("utf-16")
    assert read_links(table, "where") == [B]
    for column, text in (("nowhere", table), (None, b"Name,Where\nx,y\n")):
        with pytest.raises(click.UsageError, match=r"Name, Where.*--column"):
            read_links(text, column)


def test_rules_that_cannot_be_read_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "links.toml"
    file.write_text("case = [")
    with pytest.raises(click.UsageError, match=r"links\.toml"):
        read_rules(file, ())
    file.write_text('own_domains = ["a.example"]')
    assert read_rules(file, ["B.example"]).own_domains == {"a.example", "b.example"}
