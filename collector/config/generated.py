"""Secrets that are made once on SQLite and kept in the data directory, for its owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.config.settings import SETTINGS, Settings
from collector.config.sources import generated, generated_file, is_there, parsed, problem


def with_generated_secrets(settings: Settings) -> Settings:
    """Make the keys that are not set; where two processes start at once, both get the same.

    Raises SettingsError where the data directory cannot be written.
    """
    values: dict[str, Any] = {}
    sources, files = dict(settings.sources), dict(settings.files)
    for setting in SETTINGS:
        generate = setting.notation.generate
        if generate and not getattr(settings, setting.name):
            file = generated_file(setting, settings.data_dir)
            if not is_there(file):
                _keep(file, generate())
            given = generated(setting, file)
            values[setting.name] = parsed(setting, given)
            sources[setting.name], files[setting.name] = given.source, file
    return replace(settings, **values, sources=sources, files=files)


def _keep(file: Path, secret: str) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_first(file, f"{secret}\n".encode())
    except OSError as error:
        fault = f"{file} cannot be written: {error.strerror}"
        raise problem("COLLECTOR_DATA_DIR", fault, "Name a folder of this user") from None


def _write_first(file: Path, content: bytes) -> None:
    """Write a file, whole and durable, unless there is one: a key in use is never replaced.

    A link appears at once with all its bytes, and fails where a rename would overwrite.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
