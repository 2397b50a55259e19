"""Change the attribution rules in every small way there is, and list the changes no test sees.

    .venv/bin/python tools/mutate.py [--most SHARE]

Works on a copy of the checkout with mutmut and the tests of `tests/unit/domain`; takes some
minutes. Prints each mutant that lives as a diff. Exits 1 when more than SHARE of all live
(default: 0.10). Tables are made at import, before a mutant is chosen: their rows are out of reach.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = Path(sys.executable).parent / "mutmut"
COPIED = ("collector", "templates", "tests", "pyproject.toml")
MUTATED = ("attribution", "channels", "channel_rules", "parameters", "url_parameters")
SEEN = ("killed", "timeout")
"""Verdicts of mutants that the tests noticed: one that never ends is noticed too."""

CONFIG = f"""
[tool.mutmut]
source_paths = ["collector"]
also_copy = ["templates"]
only_mutate = {json.dumps([f"collector/domain/{name}.py" for name in MUTATED])}
pytest_add_cli_args_test_selection = ["tests/unit/domain"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
"""
CACHED = re.compile(r"^@lru_cache\(.*\)\n", re.MULTILINE)
"""mutmut leaves decorated functions alone."""

FORGET = """
import functools
import gc

from collector.domain.touch import Touch


def pytest_sessionstart() -> None:
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper):
            found.cache_clear()
        elif isinstance(found, Touch):
            found.__dict__.clear()
"""
"""Every mutant starts as a fork of one process: what that one computed unmutated must go."""


def copy_to(place: Path) -> None:
    """Copy what the tests of the domain need, and say what to mutate."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "browser", "e2e", "js")
            shutil.copytree(source, place / name, ignore=ignored)
        else:
            (place / name).write_text(source.read_text() + CONFIG)
    (place / "tests" / "unit" / "domain" / "conftest.py").write_text(FORGET)
    for module in MUTATED:
        file = place / "collector" / "domain" / f"{module}.py"
        file.write_text(CACHED.sub("", file.read_text()))


def mutmut(place: Path, *arguments: str) -> str:
    """Run mutmut in the copy; give its output, or end with it when mutmut fails."""
    done = subprocess.run(
        [MUTMUT, *arguments], cwd=place, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"mutate.py: mutmut {arguments[0]} failed:\n{done.stdout[-4_000:]}{done.stderr}")
    return done.stdout


def verdicts(place: Path) -> dict[str, str]:
    """Read what became of each mutant, by its name."""
    lines = mutmut(place, "results", "--all", "true").splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines if ": " in line)
    return {name: verdict for name, _, verdict in pairs}


def main() -> None:
    """Mutate, print what lives, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=float, default=0.10, help="the largest share that may live")
    most = parser.parse_args().most
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_to(place)
        mutmut(place, "run")
        found = verdicts(place)
        alive = [name for name, verdict in found.items() if verdict not in SEEN]
        for name in alive:
            print(f"{found[name]}: {mutmut(place, 'show', name)}")
    print(f"{len(alive)} of {len(found)} mutants live")
    if not found or len(alive) > most * len(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
