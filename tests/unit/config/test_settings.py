"""The table, the class and the page say the same."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from collector.config import SETTINGS, Setting, Settings, load

PAGE = (Path(__file__).parents[3] / "docs" / "settings.md").read_text()
BESIDES = {"COLLECTOR_CONFIG"}


def row_of_page(setting: Setting) -> str:
    secret = " (secret)" if setting.secret else ""
    default = setting.otherwise or setting.default
    cells = f"`{setting.variable}`{secret}", default, setting.notation.wanted, setting.meaning
    return f"| {' | '.join(map(str, cells))} |"


def test_the_page_has_a_row_for_each_setting_and_no_other() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows == [row_of_page(setting) for setting in SETTINGS]


def test_the_page_names_nothing_that_does_not_exist() -> None:
    known = {f"COLLECTOR_{name.upper()}" for setting in SETTINGS for name in setting.names}
    assert set(re.findall(r"COLLECTOR_[A-Z_]+", PAGE)) <= known | BESIDES


def test_every_row_is_a_field_and_every_field_a_row() -> None:
    about = {"sources", "files", "warnings"}
    assert {field.name for field in fields(Settings)} - about == {row.name for row in SETTINGS}


def test_the_text_of_settings_holds_no_secret() -> None:
    secrets = {
        "COLLECTOR_DATABASE_URL": "postgresql://u:sesame@db/leads",
        "COLLECTOR_SECRET_KEYS": "s" * 32,
        "COLLECTOR_ENCRYPTION_KEYS": f"{'e' * 43}=",
        "COLLECTOR_METRICS_TOKEN": "opensesame",
    }
    settings = load(secrets)
    shown = [settings.shown(setting) for setting in SETTINGS if setting.secret]
    assert shown == ["postgresql://u:***@db/leads", "1 key", "1 key", "set"]
    assert not any(secret in repr(settings) for secret in secrets.values())
