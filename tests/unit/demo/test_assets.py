from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from collector.demo.assets import route_file
from collector.web.shipped import shipped


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("demo/site.css", "text/css"), ("demo/callback.js", "text/javascript")],
)
def test_a_file_is_served_as_what_it_is(name: str, media_type: str) -> None:
    answer = TestClient(Starlette(routes=[route_file("/file", name)])).get("/file")
    assert answer.content == (shipped("templates") / name).read_bytes()
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
