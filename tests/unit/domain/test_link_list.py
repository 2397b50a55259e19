from __future__ import annotations

import pytest

from collector.domain.errors import InputError
from collector.domain.link_list import decode_list, read_list

A, B = "https://example.com/?a=1,2;3", "https://example.com/b"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"{A}\n{B}\n", [A, B]),
        (f"\ufeff  {A}\r\n\r\n'{B}'\n", [A, B]),
        (f"url\n{A}\n", [A]),
        ("no link\n", ["no link"]),
        (f'Name,Final URL,Cost\nx,"{A}",3\ny,,4\nz,{B},5\n', [A, B]),
        (f"Name;Ziel-URL\nx;{B}\n", [B]),
        (f"Name|Link\nx|{B}\n", [B]),
        (f"Name\tLink\nx\t{A}\n", [A]),
        (f"sep=;\nName;Link\nx;{B}\n", [B]),
        (f"Ad report\n\n2026\nName,Image URL,Final URL\nx,{A[:20]},{B}\n", [B]),
        (f"Link text,Where\nx,{B}\n", [B]),
        (f"x,{B}\ny,{B}\n", [B, B]),
        ("Final URL,Ad\nwww.example.com,x\n", ["www.example.com"]),
        ("", []),
    ],
)
def test_links_are_found_in_lists_and_tables(text: str, links: list[str]) -> None:
    assert read_list(text) == links


def test_a_column_is_named_or_asked_for() -> None:
    table = f"Name,Where,Link\nx,{B},{A[:20]}\n"
    assert read_list(table, "where") == [B]
    for column, text in (("nowhere", table), (None, "Name,Where,Link-less\nx,y")):
        if column is None:
            assert read_list(text) == []
            continue
        with pytest.raises(InputError, match="there are: Name, Where, Link"):
            read_list(text, column)
    with pytest.raises(InputError, match="there are: Name, Where"):
        read_list("Name,Where\nx,y\n")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_a_file_is_read_in_the_encoding_it_was_exported_in(encoding: str) -> None:
    text = f"Name;URL\nFrühjahr;{B}\n"
    assert decode_list(text.encode(encoding)) == text


def test_what_no_table_can_be_is_refused() -> None:
    with pytest.raises(InputError, match="no table"):
        read_list(f"Name,Link\n{'x' * 200_000},{B}\n")
