"""A private PostgreSQL for tests: a temporary cluster on a unix socket, of Debian's binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwall, getpwnam
from tempfile import mkdtemp

UNPACKED = Path(__file__).parent.parent / ".cache" / "postgresql"
"""Where tools/dev.py unpacks a wheel of PostgreSQL where apt does not work."""


def _binaries() -> Path:
    """Find Debian's newest, what stands on the PATH, or the wheel's newest."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    unpacked = sorted(UNPACKED.glob("*/pginstall*/bin"))
    assert unpacked, "PostgreSQL is missing: apt-get install postgresql"
    return unpacked[-1]


def _account() -> str:
    """Name whose rights the programs run with where we are root: initdb refuses root."""
    names = {entry.pw_name for entry in getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass
class Cluster:
    """A cluster that can be stopped hard and started again; durable as a real one is."""

    folder: Path
    max_connections: int = 200

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, as an unprivileged user where we are root."""
        command = [str(_binaries() / program), *arguments]
        if os.geteuid() == 0:
            user = _account()
            group = str(getpwnam(user).pw_gid)
            drop = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
            command = [*drop, *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, _account())
        data = str(self.folder / "data")
        self.run(
            "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"
        )

    def copy(self, of: Cluster) -> None:
        """Become a standby that follows another cluster."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, _account())
        source = ("-h", str(of.folder), "-U", "postgres", "-X", "stream", "-c", "fast", "-R")
        self.run("pg_basebackup", "-D", str(self.folder / "data"), *source)

    def promote(self) -> None:
        """Stop following: take writes from now on."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "promote")

    def start(self) -> None:
        allowed = f"-c max_connections={self.max_connections}"
        options = f"-c listen_addresses='' -k {self.folder} {allowed}"
        log = str(self.folder / "log")
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start"
        )

    @property
    def runs(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def stop(self, how: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def restart(self) -> None:
        """Stop it hard, unless it ended by itself, and start it."""
        with suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        self.start()

    def sql(self, statement: str, database: str = "postgres") -> None:
        self.run("psql", "-h", str(self.folder), "-U", "postgres", "-qc", statement, database)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"


@contextmanager
def cluster(
    *, of: Cluster | None = None, max_connections: int = 200, on: Path = Path("/tmp")
) -> Iterator[Cluster]:
    """A running cluster, or a standby of one, gone when the block ends."""
    folder = Path(mkdtemp(prefix="pg-", dir=on))
    made = Cluster(folder, max_connections)
    if of is None:
        made.create()
    else:
        made.copy(of)
    made.start()
    try:
        yield made
    finally:
        if made.runs:
            made.stop("immediate")
        shutil.rmtree(folder)
