"""`collector backup`: a copy of the database, made while the collector runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from collector.cli.session import now, print_json
from collector.config import Settings, from_environment, with_generated_secrets
from collector.domain.errors import BackupFailed, CollectorError
from collector.storage import schema
from collector.storage.backups import Backup
from collector.storage.postgresql_backup import dump_postgresql
from collector.storage.sqlite_backup import copy_sqlite
from collector.storage.store import Store, open_database, sqlite_path
from collector.storage.whole_file import whole_file

EXAMPLE = """\b
Example:
  collector backup /var/backups/collector-$(date +%F).db
"""


@click.command(epilog=EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="FILE may be there already: it is written anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def backup(*, file: Path, replace: bool, as_json: bool) -> None:
    """Copy the database into FILE, which appears once the copy is whole and proven.

    Runs beside `collector serve`. On PostgreSQL it needs pg_dump. Keys are not in it.
    """
    try:
        settings = with_generated_secrets(from_environment())
        require_free(file, settings, replace=replace)
        made = _copy(settings.database_url, file)
        noted = asyncio.run(_note(settings.database_url, made))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json({"file": made.file, "size": made.size, "noted": noted})
    else:
        click.echo(f"{made.file} is a whole copy of {made.size} bytes")
    _advise(settings, noted=noted)


def require_free(file: Path, settings: Settings, *, replace: bool) -> None:
    """Refuse a file that must not be written over. Raises BackupFailed."""
    database = sqlite_path(settings.database_url)
    if file.exists() and database and database.exists() and file.samefile(database):
        raise BackupFailed(f"{file} is the database itself: name another file")
    if file.exists() and not replace:
        raise BackupFailed(f"{file} is there already: name another file, or add --replace")


def _copy(database_url: str, file: Path) -> Backup:
    database = sqlite_path(database_url)
    made_at = now()
    try:
        with whole_file(file.absolute()) as draft:
            if database is None:
                dump_postgresql(database_url, draft)
            elif database.exists():
                copy_sqlite(database, draft)
            else:
                raise BackupFailed(f"there is no database yet at {database}")
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}") from error
    return Backup(made_at, str(file.absolute()), file.stat().st_size)


async def _note(database_url: str, made: Backup) -> bool:
    """Note it in the database; one that waits for its upgrade is left as it is."""
    store = Store(open_database(database_url))
    try:
        is_ours = await store.read(schema.current_revision) == schema.HEAD
        if is_ours:
            await store.write(made)
        return is_ours
    finally:
        await store.close()


def _advise(settings: Settings, *, noted: bool) -> None:
    """Say what the file does not hold."""
    if not noted:
        click.echo("not noted in the database: its schema is of another version", err=True)
    where = {settings.sources[name] for name in ("secret_keys", "encryption_keys")}
    click.echo(
        "Keep the keys as well, in another place: without them nobody can open what "
        f"destinations keep secret ({', '.join(sorted(where))}).",
        err=True,
    )
