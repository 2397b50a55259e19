from __future__ import annotations

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
