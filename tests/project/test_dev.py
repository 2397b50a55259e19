"""tools/dev.py in a small checkout, with a stand-in for pip that installs scripts saying their names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import dev

ROOT = Path(__file__).resolve().parents[2]

#: Notes each call in `calls`. Where a file `fails` or `is killed` lies beside, the install ends that way.
PIP = """
import os, signal, sys
from pathlib import Path

here = Path(__file__).parent
with (here / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
if (here / "fails").exists():
    sys.exit(1)
if (here / "is killed").exists():
    os.kill(os.getppid(), signal.SIGKILL)
print("this is pip speaking")
python = Path(sys.argv[sys.argv.index("--python") + 1])
for name in ("pytest", "ruff", "mypy", "lint-imports"):
    script = python.with_name(name)
    script.write_text(f'#!/bin/sh\\necho {name} "$@"\\n')
    script.chmod(0o755)
"""


class Checkout:
    """A checkout that holds what tools/dev.py reads, and nothing else."""

    def __init__(self, root: Path) -> None:
        self.root = root / "checkout"
        self.pip = root / "stand-in" / "pip"
        self.pip.mkdir(parents=True)
        (self.pip / "__init__.py").touch()
        (self.pip / "__main__.py").write_text(PIP)
        (self.root / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "dev.py", self.root / "tools")
        for name in ("requirements.lock", "requirements-test.lock", "bench.py", "soak.py"):
            (self.root / "tools" / name).write_text("print('measured')")
        (self.root / "pyproject.toml").write_text("")

    def dev(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, self.root / "tools" / "dev.py", *arguments],
            env=os.environ | {"PYTHONPATH": str(self.pip.parent)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def installs(self) -> list[str]:
        """Return what pip was called for since the last time this was asked."""
        calls = self.pip / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return [line.partition(" install ")[2] for line in lines]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_setup_installs_the_locked_packages_by_hash_and_then_the_project_alone(
    checkout: Checkout,
) -> None:
    assert checkout.dev("setup").returncode == 0
    packages, project = checkout.installs()
    assert "--require-hashes --only-binary=:all: -r" in packages
    assert packages.endswith("tools/requirements.lock")
    assert "--no-deps --no-build-isolation -e" in project


def test_a_warm_start_installs_nothing(checkout: Checkout) -> None:
    checkout.dev("setup")
    checkout.installs()
    assert checkout.dev("setup").returncode == 0
    assert checkout.installs() == []


@pytest.mark.parametrize("end", ["fails", "is killed"])
def test_an_install_that_did_not_end_well_is_done_again_from_nothing(
    checkout: Checkout, end: str
) -> None:
    (checkout.pip / end).touch()
    assert checkout.dev("setup").returncode != 0
    (checkout.pip / end).unlink()
    checkout.installs()
    half_written = checkout.root / ".venv" / "half-written"
    half_written.touch()
    assert checkout.dev("setup").returncode == 0
    assert len(checkout.installs()) == 2
    assert not half_written.exists()


@pytest.mark.parametrize("changed", ["tools/requirements.lock", "pyproject.toml"])
def test_a_change_of_what_is_installed_updates_the_environment_in_place(
    checkout: Checkout, changed: str
) -> None:
    checkout.dev("setup")
    checkout.installs()
    kept = checkout.root / ".venv" / "kept"
    kept.touch()
    (checkout.root / changed).write_text("changed")
    assert checkout.dev("setup").returncode == 0
    assert len(checkout.installs()) == 2
    assert kept.exists()


def test_an_environment_for_tests_serves_the_other_commands_too(checkout: Checkout) -> None:
    checkout.dev("test")
    assert checkout.installs()[0].endswith("tools/requirements-test.lock")
    assert checkout.dev("setup").returncode == 0
    assert checkout.installs() == []


def test_an_environment_that_another_tool_made_is_kept(checkout: Checkout) -> None:
    venv = checkout.root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "kept").touch()
    assert checkout.dev("setup").returncode == 0
    assert len(checkout.installs()) == 2
    assert (venv / "kept").exists()


def test_a_moved_checkout_is_installed_where_it_is_now(checkout: Checkout) -> None:
    checkout.dev("setup")
    checkout.installs()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checkout.dev("setup").returncode == 0
    assert checkout.installs()[-1].endswith("/moved")


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        pytest.param([], "-m not long", id="everyday"),
        pytest.param(["tests/unit", "-x"], "-m not long tests/unit -x", id="some"),
        pytest.param(["--long"], "", id="all"),
    ],
)
def test_test_starts_pytest_with_the_arguments(
    checkout: Checkout, arguments: list[str], passed: str
) -> None:
    started = checkout.dev("test", *arguments).stdout
    assert started == f"pytest -n 3 --dist loadgroup {passed}".rstrip() + "\n"


def test_programs_that_tests_start_are_compiled_once_whatever_the_environment_says(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    checkout.dev("test")
    told = checkout.root / ".venv" / "bin" / "pytest"
    told.write_text('#!/bin/sh\necho "${PYTHONDONTWRITEBYTECODE-not told}"\n')
    assert checkout.dev("test").stdout == "not told\n"


def test_lint_runs_every_linter(checkout: Checkout) -> None:
    started = checkout.dev("lint").stdout
    assert started == "ruff check\nruff format --check\nmypy\nlint-imports\n"


@pytest.mark.parametrize("tool", ["bench", "soak"])
def test_only_the_tool_speaks_on_standard_output(checkout: Checkout, tool: str) -> None:
    finished = checkout.dev(tool, "--json")
    assert finished.stdout == "measured\n"
    assert "this is pip speaking" in finished.stderr


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["setup", "more"]])
def test_wrong_use_exits_2_and_says_what_there_is(
    checkout: Checkout, arguments: list[str]
) -> None:
    finished = checkout.dev(*arguments)
    assert finished.returncode == 2
    assert "tools/dev.py run" in finished.stderr


@pytest.mark.parametrize("missing", [("postgresql",), ("postgresql", "nginx")], ids=" ".join)
def test_where_apt_does_not_work_postgresql_alone_comes_as_a_locked_wheel(
    monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    ran: list[str] = []

    def succeeds(*command: str | Path) -> bool:
        ran.append(" ".join(map(str, command)))
        return "apt-get" not in command

    monkeypatch.setattr(dev, "PACKAGES", dict.fromkeys(missing, "nowhere/at/all"))
    monkeypatch.setattr(dev, "UNPACKED", dev.ROOT / "nowhere")
    monkeypatch.setattr(dev, "succeeds", succeeds)
    if "nginx" in missing:
        with pytest.raises(SystemExit, match="apt-get install"):
            dev.ensure_packages()
        assert not any("pip" in command for command in ran)
    else:
        dev.ensure_packages()
        assert "--require-hashes" in ran[-1]
        assert "tools/requirements-postgresql.lock" in ran[-1]
