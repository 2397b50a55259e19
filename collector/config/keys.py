"""Lists of keys that lie in files of their own: read again, and given a new first key."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.config.settings import SETTINGS, Setting, Settings
from collector.config.sources import given_in_file, parsed, problem
from collector.storage.whole_file import whole_file


def key_setting(name: str) -> Setting:
    """Look up the setting of a list of keys."""
    return next(one for one in SETTINGS if one.name == name)


def keys_now(settings: Settings, name: str) -> tuple[str, ...]:
    """Read a list of keys anew where it lies in a file of its own; else as it was at the start.

    Raises SettingsError.
    """
    found: tuple[str, ...] = getattr(settings, name)
    if file := settings.files.get(name):
        setting = key_setting(name)
        found = parsed(setting, given_in_file(file, where=str(file), source=str(file)))
    return found


def put_key_first(settings: Settings, name: str) -> Path:
    """Make a key and put it before those of its file, which all stay. Raises SettingsError."""
    setting = key_setting(name)
    make = setting.notation.generate
    if make is None:
        raise TypeError(f"{name} holds no keys")
    file = settings.files[name].resolve()  # a link goes on leading to it
    try:
        with _alone_in(file.parent):
            keys = (make(), *keys_now(settings, name))
            with whole_file(file) as draft:
                draft.write_text("".join(f"{key}\n" for key in keys))
                draft.chmod(stat.S_IMODE(file.stat().st_mode))
    except OSError as error:
        fault = f"{file} cannot be written: {error.strerror}"
        raise problem(setting.variable, fault, "Run this as the user that owns it") from None
    return file


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let nobody else put a key first meanwhile: one of two would be lost, and what it sealed."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
