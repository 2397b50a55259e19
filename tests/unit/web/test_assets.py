from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.web.assets import Asset, load_assets, load_console_assets
from collector.web.shipped import shipped

CONTENT = b"export const answer = 42; // " + b"x" * 500


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [
        Route("/t.js", Asset(CONTENT, ".js", max_age_s=3_600)),
        Route("/t.v1.js", Asset(CONTENT, ".js", max_age_s=31_536_000)),
    ]
    with TestClient(Starlette(routes=routes)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_the_script_comes_in_the_best_encoding_accepted(
    client: TestClient, accepted: str, encoding: str | None, decode: object
) -> None:
    with client.stream("GET", "/t.js", headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert decode(raw) == CONTENT  # type: ignore[operator]
    assert answer.headers["content-length"] == str(len(raw))
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_browser_that_has_it_is_told_so(client: TestClient) -> None:
    etag = client.get("/t.js").headers["etag"]
    answer = client.get("/t.js", headers={"if-none-match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


def test_the_current_script_follows_within_an_hour_and_a_frozen_one_never_changes(
    client: TestClient,
) -> None:
    assert client.get("/t.js").headers["cache-control"] == "public, max-age=3600"
    assert client.get("/t.v1.js").headers["cache-control"] == "public, max-age=31536000, immutable"


def test_head_has_no_body_and_other_methods_are_refused(client: TestClient) -> None:
    assert client.head("/t.js").content == b""
    answer = client.post("/t.js")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["code"] == "method"


def test_what_the_script_loads_is_there_for_every_site_and_never_changes() -> None:
    assets = load_assets()
    with TestClient(
        Starlette(routes=[Route(f"/{name}", assets[name]) for name in assets])
    ) as opened:
        loaded = set(re.findall(r"t-[0-9a-f]{6}\.js", opened.get("/t.js").text))
        assert loaded
        for name in loaded:
            answer = opened.get(f"/{name}")
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["content-type"].startswith("text/javascript")


def test_what_others_made_is_what_they_published() -> None:
    folder = shipped("static_js") / "vendor"
    listed = tomllib.loads((folder / "vendored.toml").read_text())
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {f"{one['folder']}/{file}" for one in listed.values() for file in one["sha256"]}
    assert kept == named | {"vendored.toml"}
    for one in listed.values():
        assert one["version"] in one["folder"]
        for file, digest in one["sha256"].items():
            assert sha256((folder / one["folder"] / file).read_bytes()).hexdigest() == digest


def test_charts_are_drawn_by_what_is_vendored() -> None:
    for name in ("charts.js", "charts.css"):
        hashed, asset = load_console_assets()[name]
        with TestClient(Starlette(routes=[Route("/it", asset)])) as opened:
            sent = opened.get("/it").content
        vendored = shipped("static_js") / "vendor" / "uplot-1.6.32"
        first = vendored / ("uPlot.iife.min.js" if name.endswith(".js") else "uPlot.min.css")
        assert sent.startswith(first.read_bytes())
        assert sha256(sent).hexdigest()[:12] in hashed
