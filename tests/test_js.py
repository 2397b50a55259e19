"""The script's modules, tested by node's own test runner on the node that Playwright brings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import playwright

ROOT = Path(__file__).resolve().parents[1]
NODE = Path(playwright.__file__).parent / "driver" / "node"


def test_the_modules_of_the_script_pass_their_own_tests() -> None:
    files = sorted((ROOT / "tests" / "js").glob("*.test.js"))
    assert files
    finished = subprocess.run(
        [NODE, "--test", *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
