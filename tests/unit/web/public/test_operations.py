"""The table of public addresses against the URL table; each answer: tests/e2e/test_openapi.py."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from starlette.routing import Route

from collector.domain.errors import CollectorError
from collector.web.assets import load_assets
from collector.web.errors import STATUS, status_of
from collector.web.public.operations import OPERATIONS
from collector.web.routes import routes
from tests.installation import installation

MODULES = re.compile(r"/(?!t\.)[\w.-]+\.js")
"""The script's further modules: their names change with every build."""


def test_every_public_address_is_described_and_nothing_else() -> None:
    served = {one.path for one in routes(load_assets()) if isinstance(one, Route)}
    assert {path for path in served if not MODULES.fullmatch(path)} == {
        one.path for one in OPERATIONS
    }


@pytest.mark.parametrize("kind", STATUS, ids=lambda one: str(one.__name__))
def test_an_errors_status_is_known_without_raising_it(kind: type[CollectorError]) -> None:
    assert status_of(kind.__new__(kind)) == STATUS[kind]


def test_the_description_is_answered_from_memory(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        answers = [site.client.get("/openapi.json") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["content-type"] == "application/json"
    paths = msgspec.json.decode(answers[0].content)["paths"]
    assert set(paths["/v2/event"]["post"]["responses"]) == {
        *("200", "400", "401", "408", "413", "421", "503", "507"),
    }
