from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.command_line import CommandLine
from tests.installation import installation, new_capture

URL = "https://hooks.example.com/in"
SECRET = "whsec_" + "A" * 32
OTHER = "01990000-0000-7000-8000-000000000002"
KEY_FILES = ("secret_keys", "encryption_keys")
BOTH = ["COLLECTOR_SECRET_KEYS", "COLLECTOR_ENCRYPTION_KEYS"]


class House(CommandLine):
    """An installation with a destination that has a secret."""

    def create(self) -> None:
        given = ("--set", f"url={URL}", "--set", f"secret={SECRET}")
        self.run("destination", "create", "webhook", "--name", "Hook", *given)

    def keys(self, name: str) -> list[str]:
        return (Path(self.env["COLLECTOR_DATA_DIR"]) / name).read_text().split()


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.create()
    return made


def test_both_lists_get_a_new_key_and_destinations_need_the_older_no_more(
    house: House, tmp_path: Path
) -> None:
    before = {name: house.keys(name) for name in KEY_FILES}
    done = house.json("secret", "rotate")
    assert (done["made"], done["resealed"], done["locked"]) == (BOTH, 1, [])
    assert done["older_keys"] == dict.fromkeys(BOTH, 1)
    for name, old in before.items():
        new, *rest = house.keys(name)
        assert rest == old
        assert new not in rest
    (tmp_path / "encryption_keys").write_text(house.keys("encryption_keys")[0])
    house.run("destination", "rotate-secret", house.json("destination", "list")[0]["id"])


def test_cookies_that_an_older_key_signed_are_read_on(house: House, tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        site.touch("https://www.example.com/?gclid=Cj0K")
        cookie = site.client.cookies["_lc"]
    house.run("secret", "rotate")
    assert len(house.keys("secret_keys")) == 2
    with installation(tmp_path, new_capture(source_id=OTHER)) as site:
        site.client.cookies.set("_lc", cookie)
        page = "https://www.example.com/contact"
        answer = site.touch(page, source_id=OTHER).json()
    assert answer["metadata"]["gclid"] == "Cj0K"
    assert answer["token"] != cookie


def test_it_says_what_is_to_be_done_next_and_no_key(house: House) -> None:
    said = house.run("secret", "rotate").output
    assert "restart the collector" in said
    assert "no cookie of a visitor needs them after 20" in said
    assert "secret rotate --finish" in said
    assert [key for name in KEY_FILES for key in house.keys(name) if key in said] == []


def test_finishing_makes_no_key_and_seals_what_was_left(house: House, tmp_path: Path) -> None:
    file = tmp_path / "encryption_keys"
    file.write_text(f"{Fernet.generate_key().decode()}\n{file.read_text()}")
    done = house.json("secret", "rotate", "--finish")
    assert (done["made"], done["resealed"]) == ([], 1)
    assert house.json("secret", "rotate", "--finish")["resealed"] == 0
    assert [len(house.keys(name)) for name in KEY_FILES] == [1, 2]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"COLLECTOR_SECRET_KEYS": "k" * 40}, id="one list in the environment"),
        pytest.param(
            {
                "COLLECTOR_DATABASE_URL": "postgresql://db.example.com/leads",
                "COLLECTOR_SECRET_KEYS_FILE": "secret_keys",
                "COLLECTOR_ENCRYPTION_KEYS_FILE": "encryption_keys",
            },
            id="files that other machines have, too",
        ),
    ],
)
def test_keys_that_are_not_ours_to_write_are_left_and_it_is_said_what_to_do(
    house: House, tmp_path: Path, settings: dict[str, Any]
) -> None:
    house.env |= {
        name: str(tmp_path / value) if name.endswith("_FILE") else value
        for name, value in settings.items()
    }
    before = [house.keys(name) for name in KEY_FILES]
    refused = house.run("secret", "rotate", code=1).stderr
    assert "put it last; restart all" in refused
    assert "collector secret rotate --finish" in refused
    assert [house.keys(name) for name in KEY_FILES] == before


def test_secrets_that_no_key_opens_are_named_and_kept(house: House, tmp_path: Path) -> None:
    (tmp_path / "encryption_keys").write_text(Fernet.generate_key().decode())
    refused = house.run("secret", "rotate", code=1)
    assert "no key opens the secrets of Hook" in refused.stderr
    assert "0 destinations sealed anew" in refused.stdout
