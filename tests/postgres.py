"""A private PostgreSQL for tests: Debian's own binaries, a temporary cluster, a unix socket."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp


def _binaries() -> Path:
    """Find Debian's newest, or what stands on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    assert on_path, "PostgreSQL is missing: apt-get install postgresql"
    return Path(on_path).parent


@dataclass
class Cluster:
    """A cluster that can be stopped hard and started again; durable as a real one is."""

    folder: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, as an unprivileged user where we are root."""
        command = [str(_binaries() / program), *arguments]
        if os.geteuid() == 0:
            drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            command = [*drop, *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        self.run(
            "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"
        )

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c max_connections=200"
        log = str(self.folder / "log")
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start"
        )

    def stop(self, how: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def sql(self, statement: str, database: str = "postgres") -> None:
        self.run("psql", "-h", str(self.folder), "-U", "postgres", "-qc", statement, database)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster, gone when the block ends."""
    folder = Path(mkdtemp(prefix="pg-", dir="/tmp"))
    made = Cluster(folder)
    made.create()
    made.start()
    try:
        yield made
    finally:
        made.stop("immediate")
        shutil.rmtree(folder)
