"""`collector restore`: put a backup back, settled before anybody works with it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from collector.app import serving_alone
from collector.cli.session import now, print_json
from collector.config import Settings, from_environment
from collector.domain.erasures import Erasures, parse_erasures
from collector.domain.errors import BackupFailed, CollectorError
from collector.domain.times import render_time
from collector.storage import schema
from collector.storage.destinations import list_destinations
from collector.storage.postgresql_restore import (
    load_dump,
    require_empty,
    revision_of_dump,
)
from collector.storage.restored import Settle, Settled, Stamp, newest_received
from collector.storage.secrets import SecretBox
from collector.storage.sqlite_restore import Former, fetch_backup, look_at_former, set_aside
from collector.storage.store import Database, open_database, sqlite_path
from collector.storage.whole_file import whole_file
from collector.storage.writer import Write

EXAMPLE = """\b
Example:
  collector restore /var/backups/collector-2026-11-24.backup --erasures erased.txt
"""


@click.command(epilog=EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--force", is_flag=True, help="Replace a database in use; it is kept beside (SQLite)."
)
@click.option(
    "--erasures",
    "listed",
    type=click.File(encoding="utf-8"),
    help="Who was erased since: lines of event ids (collector event erased) or e-mail addresses.",
)
@click.option("--no-erasures", is_flag=True, help="Nobody was erased since the backup.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def restore(*, file: Path, force: bool, listed: Any, no_erasures: bool, as_json: bool) -> None:
    """Put a backup in the place of the database, brought to this version's schema.

    Stop the collector first. A backup holds again who was erased after it was made: they are
    erased once more before anything is sent. The database that is replaced knows them; where
    there is none, --erasures or --no-erasures must say.
    """
    if listed and no_erasures:
        raise click.UsageError("--erasures and --no-erasures exclude each other")
    try:
        settings = from_environment()
        known = Erasures() if no_erasures else parse_erasures(listed.read()) if listed else None
        wanted = Order(settings, file, force=force, erasures=known)
        with serving_alone(settings):
            done = wanted.fulfil()
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(done)
    else:
        _tell(done)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be put back where; `erasures` is None where nobody said."""

    settings: Settings
    file: Path
    force: bool
    erasures: Erasures | None

    def fulfil(self) -> dict[str, Any]:
        """Put it back; answers what there is to tell. Raises BackupFailed."""
        database = sqlite_path(self.settings.database_url)
        try:
            return self._into_file(database) if database else self._into_postgresql()
        except OSError as error:
            raise BackupFailed(f"{error.filename or self.file}: {error.strerror}") from error

    def _into_file(self, database: Path) -> dict[str, Any]:
        if database.exists() and database.samefile(self.file):
            raise BackupFailed(f"{self.file} is the database itself")
        with whole_file(database) as draft:
            fetch_backup(self.file, draft)
            former = look_at_former(database, draft)
            if former.is_used and not self.force:
                raise BackupFailed(
                    f"{database} is in use: --force replaces it and keeps it under another name"
                )
            told = self._settle(f"sqlite:///{draft}", self._erasures(former))
            moment = render_time(now()).translate(str.maketrans("", "", "-:"))
            kept = database.with_name(f"{database.name}.before-{moment}")
            if former.is_used:
                set_aside(database, kept)
        return told | {"kept": str(kept) if former.is_used else None, "later": former.later}

    def _into_postgresql(self) -> dict[str, Any]:
        url = self.settings.database_url
        revision = revision_of_dump(self.file, url)
        erasures = self._erasures(Former(is_used=False))
        asyncio.run(_require_empty(url))
        load_dump(self.file, url)
        return self._settle(url, erasures, Stamp(revision)) | {"kept": None, "later": 0}

    def _erasures(self, former: Former) -> Erasures:
        """Join what the replaced database knows with what was said. Raises BackupFailed."""
        if former.erased is None and self.erasures is None:
            raise BackupFailed(
                "who was erased after this backup was made is in it again, and nothing here knows "
                "of them: name a list by --erasures, or say --no-erasures if nobody was"
            )
        said = self.erasures or Erasures()
        return said._replace(ids=[*said.ids, *(former.erased or ())])

    def _settle(self, url: str, erasures: Erasures, *before: Write) -> dict[str, Any]:
        settle = Settle(erasures=erasures, now=now())
        return asyncio.run(_settle(self.settings, url, [*before, schema.Upgrade(), settle]))


async def _require_empty(url: str) -> None:
    database = open_database(url)
    try:
        await database.read(require_empty)
    finally:
        await database.close()


async def _settle(settings: Settings, url: str, writes: list[Write]) -> dict[str, Any]:
    """Migrate and settle as one transaction; look at what there is then."""
    database = open_database(url)
    try:
        settled: Settled = (await database.transact(writes))[-1]
        newest = await database.read(newest_received)
        return {
            "schema": schema.HEAD,
            "newest_at": None if newest is None else render_time(newest),
            **settled._asdict(),
            "locked": await _locked(settings, database),
        }
    finally:
        await database.close()


async def _locked(settings: Settings, database: Database) -> list[str]:
    """Name the destinations whose secrets no key of this installation opens."""
    stored = await database.read(list_destinations)
    if not settings.encryption_keys:  # they lie in files that were not put back
        return [one.name for one in stored]
    box = SecretBox(settings.encryption_keys)
    return [one.name for one in stored if not box.opens(one.secrets)]


def _tell(done: dict[str, Any]) -> None:
    click.echo(f"restored: schema {done['schema']}, newest event of {done['newest_at'] or '-'}")
    click.echo(f"  {done['erased']} events erased once more, everybody signed out")
    click.echo(
        f"  {done['owed']} deliveries owed; those sent since are sent again, by the same ids"
    )
    if done["kept"]:
        click.echo(
            f"  the database before it is {done['kept']}, {done['later']} events are only there"
        )
    if done["locked"]:
        click.echo(
            "Warning: no key opens the secrets of " + ", ".join(done["locked"]) + ": put the "
            "encryption keys back that belong to this backup before the collector starts",
            err=True,
        )
    click.echo(
        "API keys and users are as they were then: revoke again what was revoked.", err=True
    )
