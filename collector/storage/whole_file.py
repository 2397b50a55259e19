"""Files that appear whole or not at all: written under another name, synced, then renamed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give an empty file beside the target, for its owner alone, to be written in the block.

    It becomes the target when the block ends, and belongs to whom the target belonged; where it
    fails, nothing is left of it. Raises OSError.
    """
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        if target.exists():
            os.chown(draft, target.stat().st_uid, target.stat().st_gid)
        sync(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before anything else is done."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
