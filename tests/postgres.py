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
    max_connections: int = 200

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

    def copy(self, of: Cluster) -> None:
        """Become a standby that follows another cluster."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
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

    def sql(self, statement: str, database: str = "postgres") -> None:
        self.run("psql", "-h", str(self.folder), "-U", "postgres", "-qc", statement, database)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"


@contextmanager
def cluster(*, of: Cluster | None = None, max_connections: int = 200) -> Iterator[Cluster]:
    """A running cluster, or a standby of one, gone when the block ends."""
    folder = Path(mkdtemp(prefix="pg-", dir="/tmp"))
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
