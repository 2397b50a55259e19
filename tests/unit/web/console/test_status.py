from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import __version__
from collector.domain.times import HOUR
from collector.storage.backups import Backup
from collector.storage.schema import HEAD
from tests.installation import SOURCE, Installation, in_store, installation
from tests.people import Person, add_destination, new_user, sign_in

PATH = "/settings/status"
TOKEN = "a-token-that-nobody-may-read"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, metrics_token=TOKEN, cookie_days="30") as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def test_says_what_runs_what_waits_and_how_it_is_set(site: Installation, ada: Person) -> None:
    assert "nothing waits" in ada.text(PATH)
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    site.post({"email": "cy@example.com"})
    site.post({"email": "ed@example.com"})
    page = ada.text(PATH)
    assert f"Version {__version__} Database SQLite, " in page
    assert f"Migration {HEAD} Waiting 2 Oldest waiting" in page
    assert "nothing waits" not in page
    assert "iB" in page.partition("Free disk")[2].partition("Make a backup")[0]
    assert "COLLECTOR_COOKIE_DAYS 30 env COLLECTOR_COOKIE_DAYS" in page


def test_secrets_are_masked(site: Installation, ada: Person) -> None:
    page = ada.text(PATH)
    assert "COLLECTOR_METRICS_TOKEN" in page
    kept = (TOKEN, *site.settings.secret_keys, *site.settings.encryption_keys)
    assert [one for one in kept if one in page] == []


@pytest.mark.parametrize(
    ("hours", "said"),
    [(None, "none yet make one"), (5, "5 hours ago 4 KiB, /backups"), (49, "old: make one")],
    ids=["none", "fresh", "old"],
)
def test_a_backup_that_is_missing_or_old_is_asked_for(
    site: Installation, ada: Person, hours: int | None, said: str
) -> None:
    if hours is not None:
        made = Backup(site.clock.at - hours * HOUR, "/backups/one.db", 4096)
        in_store(site.settings, lambda store: store.write(made))
    page = ada.text(PATH).partition("Last backup")[2].partition("Make a backup")[0]
    assert said in page
    assert ("make one" in page) == (hours != 5)
    assert ("/backups/one.db" in page) == (hours is not None)


def test_it_is_for_admins(site: Installation) -> None:
    for user in (new_user("viewer"), new_user("editor")):
        assert sign_in(site, user).get(PATH).status_code == 403
