from __future__ import annotations

from pathlib import Path

from collector.storage.sqlite_restore import NOTHING, look_at_former, set_aside


def test_a_log_goes_with_its_database_and_the_name_is_never_free(tmp_path: Path) -> None:
    database, kept = tmp_path / "live.db", tmp_path / "kept.db"
    log = Path(f"{database}-wal")
    database.write_text("damaged")
    log.write_text("its log")
    set_aside(database, kept)
    assert database.read_text() == kept.read_text() == "damaged"
    assert Path(f"{kept}-wal").read_text() == "its log"
    assert not log.exists()


def test_where_nothing_stands_nothing_is_made(tmp_path: Path) -> None:
    assert look_at_former(tmp_path / "live.db", tmp_path / "draft") == NOTHING
    assert list(tmp_path.iterdir()) == []
