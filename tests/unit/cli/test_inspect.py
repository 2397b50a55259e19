from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from collector.cli import main
from tests.installation import SITE, installation

LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&gclid=Cj0KCQ_a-Z"
TIMELY = ("token", "at")


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    found = CliRunner().invoke(
        main, ["inspect", *arguments], env={"COLLECTOR_DATA_DIR": str(folder)}
    )
    assert found.exit_code == code, found.output
    return found.stdout


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in TIMELY}
    return value


def test_inspect_says_what_a_touch_would_answer(tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, LANDING, "--referrer", "https://www.google.com/", "--json"))
    with installation(tmp_path) as site:
        answered = site.touch(LANDING, referrer="https://www.google.com/").json()
    assert timeless(said) == timeless(answered)


def test_inspect_explains_in_words_and_needs_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, LANDING)
    assert "Paid Search" in said
    assert "gclid = Cj0KCQ_a-Z" in said
    assert not (tmp_path / "collector.db").exists()


def test_a_cookie_that_is_none_is_named(tmp_path: Path) -> None:
    assert "The cookie is not used: malformed" in run(tmp_path, LANDING, "--cookie", "x")


def test_an_address_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    run(tmp_path, "www.example.com", code=2)
