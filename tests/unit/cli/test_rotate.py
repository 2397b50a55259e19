from __future__ import annotations

from pathlib import Path

from tests.unit.cli.test_destination import SECRET, URL, Command


def test_another_secret_is_printed_once_and_no_third_within_a_day(tmp_path: Path) -> None:
    command = Command(tmp_path)
    key = command.create("--set", f"url={URL}", "--set", f"secret={SECRET}")
    made = command.json("destination", "rotate-secret", key)
    assert made["secret"].startswith("whsec_")
    assert made["secret"] != SECRET
    assert made["former_until"] is not None
    refused = command.run("destination", "rotate-secret", key, code=1)
    assert "less than a day ago" in refused.output


def test_a_first_secret_is_printed_alone(tmp_path: Path) -> None:
    command = Command(tmp_path)
    key = command.create("--set", f"url={URL}")
    result = command.run("destination", "rotate-secret", key)
    assert (len(result.stdout.strip()), result.stderr) == (50, "")
