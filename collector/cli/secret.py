"""`collector secret rotate`: new keys before the old ones, and destinations sealed with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from collector.cli.session import Session, now, print_json, run
from collector.config import Settings, from_environment, with_generated_secrets
from collector.config.keys import key_setting, put_key_first
from collector.domain.errors import CollectorError
from collector.domain.times import DAY, render_time
from collector.storage.resealing import Reseal, Resealed
from collector.storage.secrets import SecretBox
from collector.storage.store import sqlite_path

EXAMPLE = """\b
Example:
  collector secret rotate
"""
LISTS = ("secret_keys", "encryption_keys")


@click.group(epilog=EXAMPLE)
def secret() -> None:
    """Change the keys that sign cookies and seal destinations' secrets."""


@secret.command(epilog=EXAMPLE)
@click.option("--finish", is_flag=True, help="Make no keys: seal with the newest there is.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def rotate(*, finish: bool, as_json: bool) -> None:
    """Put new keys before the old ones, and seal destinations' secrets with the newest.

    Runs beside `collector serve`. Older keys stay, so that cookies signed with them are read on.
    Where the keys are set in the environment, or on PostgreSQL, it says what to do by hand.
    """
    try:
        settings = with_generated_secrets(from_environment())
        made = [] if finish else _make_keys(settings)
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    settings, resealed = run(_reseal)
    if as_json:
        print_json(_shown(settings, made, resealed))
    else:
        for line in _told(settings, made, resealed):
            click.echo(line)
    if resealed.locked:
        names = ", ".join(resealed.locked)
        click.echo(f"no key opens the secrets of {names}: enter them again", err=True)
        sys.exit(1)


def _make_keys(settings: Settings) -> list[str]:
    """Put a key first in each list that is ours to write; answers their names."""
    ours = [name for name in LISTS if name in settings.files]
    if ours != list(LISTS) or sqlite_path(settings.database_url) is None:
        raise click.ClickException("\n".join(_by_hand(settings)))
    for name in ours:
        put_key_first(settings, name)
    return ours


def _by_hand(settings: Settings) -> Iterator[str]:
    yield "these keys are set where this command writes nothing, so nothing was changed:"
    for name in LISTS:
        setting = key_setting(name)
        yield f"- {setting.variable} ({settings.sources[name]}): {setting.notation.wanted}"
    yield "By hand, for each list, so that no process ever meets a key it does not know:"
    yield "1. Make a key and put it last; restart all."
    yield "2. Move it to the front; restart all."
    yield "3. Run collector secret rotate --finish."


async def _reseal(session: Session) -> tuple[Settings, Resealed]:
    box = SecretBox(session.settings.encryption_keys)
    resealed: Resealed = await session.store.write(Reseal(box))
    return session.settings, resealed


def _shown(settings: Settings, made: list[str], resealed: Resealed) -> dict[str, Any]:
    return {
        "made": [key_setting(name).variable for name in made],
        "resealed": resealed.done,
        "locked": resealed.locked,
        "older_keys": {key_setting(name).variable: _older(settings, name) for name in LISTS},
        "cookies_until": render_time(_cookies_until(settings)),
    }


def _told(settings: Settings, made: list[str], resealed: Resealed) -> Iterator[str]:
    for name in made:
        yield f"{settings.files[name]}: a new key, with {_older(settings, name)} older behind it"
    yield f"{resealed.done} destinations sealed anew, with the newest key"
    if made:
        yield "Now restart the collector: from then on it signs with the new key."
    if _older(settings, "secret_keys"):
        until = render_time(_cookies_until(settings))[:10]
        yield f"Older signing keys: no cookie of a visitor needs them after {until}."
    if _older(settings, "encryption_keys") and not resealed.locked:
        yield "Older encryption keys: only backups made before now need them."
        if made:
            yield "Before you drop them, run collector secret rotate --finish after the restart."


def _older(settings: Settings, name: str) -> int:
    return len(getattr(settings, name)) - 1


def _cookies_until(settings: Settings) -> int:
    return now() + settings.cookie_days * DAY
