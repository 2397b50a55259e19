from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.storage.whole_file import whole_file


def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with whole_file(target) as draft:
        draft.write_text("all of it")
        assert not target.exists()
    assert target.read_text() == "all of it"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), whole_file(target) as draft:
        draft.write_text(str(1 // 0))
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_who_owned_the_file_before_owns_it_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator who rewrites a file must not lock the collector's own user out of it."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "chown", lambda _draft, user, group: given.append((user, group)))
    target = tmp_path / "out"
    with whole_file(target):
        pass
    assert given == []
    with whole_file(target):
        pass
    assert given == [(target.stat().st_uid, target.stat().st_gid)]
