"""The built wheel: what it holds, and that it runs on the runtime lock and nothing else."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from fnmatch import filter as matching
from importlib.metadata import PackagePath, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.xdist_group("wheel")  # one build serves them all

#: Folders of the checkout that go into the wheel, and where they are in it.
SHIPPED = {
    "collector": "collector",
    "templates": "collector/templates",
    "static_js/dist": "collector/static_js/dist",
    "static_js/vendor": "collector/static_js/vendor",
}

#: What the console script does that an installer makes of the entry point.
CONSOLE_SCRIPT = """
from importlib.metadata import entry_points
[script] = entry_points(group="console_scripts", name="collector")
raise SystemExit(script.load()())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = ("hatchling", "build", "--target", "wheel", "--directory", str(folder))
    built = subprocess.run(
        [sys.executable, "-m", *build], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment of the wheel and the runtime lock; return its interpreter."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(home)}))
    for file in runtime_files():
        link = packages / file
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.locate())
    wheel.extractall(packages)
    return home / "bin" / "python"


def runtime_files() -> Iterator[PackagePath]:
    """Yield the files of the runtime lock's packages.

    They are those this run has of the test lock, which holds the same versions of them.
    """
    lock = (ROOT / "tools" / "requirements.lock").read_text().splitlines()
    for requirement in (Requirement(line.rstrip(" \\")) for line in lock if "==" in line):
        if requirement.marker is None or requirement.marker.evaluate():
            files = distribution(requirement.name).files or []
            yield from (file for file in files if file.parts[0] != "..")


@pytest.fixture(scope="module")
def address(
    installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """Run the installed `collector serve` on a new store; return where it listens."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
    serve = ("serve", "--host", host, "--port", str(port))
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [installed, "-I", "-c", CONSOLE_SCRIPT, *serve],
            cwd=folder,
            env={"COLLECTOR_DATA_DIR": str(folder / "data")},
            stdout=output,
            stderr=output,
        )
    try:
        assert listens(server, (host, port)), log.read_text()
        yield host, port
    finally:
        server.terminate()
        server.wait(timeout=20)


def listens(server: subprocess.Popen[bytes], address: tuple[str, int]) -> bool:
    """Wait until the server takes connections; False when it ended or took too long."""
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(address) == 0:
                return True
        time.sleep(0.05)
    return False


def test_the_wheel_holds_the_package_the_templates_and_the_built_script_whole(
    wheel: ZipFile,
) -> None:
    expected = {
        f"{place}/{file.relative_to(ROOT / folder).as_posix()}"
        for folder, place in SHIPPED.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.parametrize(
    "kind",
    [
        "collector/templates/*.html",
        "collector/static_js/dist/*.js",
        "collector/storage/migrations/versions/*.py",
        "collector/*/de*.[mp]o",
        "*.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds_files_of_each_kind(wheel: ZipFile, kind: str) -> None:
    assert matching(wheel.namelist(), kind)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        pytest.param("/healthz", "application/json", id="the process runs"),
        pytest.param("/readyz", "application/json", id="the store opens"),
        pytest.param("/t.js", "text/javascript", id="the script is found"),
    ],
)
def test_the_wheel_serves_on_the_runtime_lock_alone(
    address: tuple[str, int], path: str, content_type: str
) -> None:
    client = http.client.HTTPConnection(*address, timeout=10)
    try:
        client.request("GET", path)
        answer = client.getresponse()
        body = answer.read()
    finally:
        client.close()
    assert answer.status == 200, body
    assert answer.headers.get_content_type() == content_type
    assert body
