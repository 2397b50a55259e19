from __future__ import annotations

from pathlib import Path

import pytest

from collector.cli.setup_file import read_setup
from collector.domain.errors import InputError
from collector.domain.mapping import parse_mapping


def written(folder: Path, text: str) -> Path:
    file = folder / "setup.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_secrets_are_read_from_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "from the environment")
    (tmp_path / "key").write_text("from a file\n")
    text = """
    [destinations.a]
    kind = "driftrock"
    settings = { a = "plain", b = { env = "SOME_KEY" }, c = { file = "key" } }
    """
    found = read_setup(written(tmp_path, text)).destinations["a"]
    assert found.settings == {"a": "plain", "b": "from the environment", "c": "from a file"}
    assert found.name == "a"


def test_links_are_a_list_or_tables_with_mappings(tmp_path: Path) -> None:
    text = """
    [captures.a]
    destinations = ["x", "y"]
    [captures.b.destinations.x.mapping]
    unmapped = "drop"
    [captures.b.destinations.y]
    [captures.c]
    """
    found = read_setup(written(tmp_path, text)).captures
    assert found["a"].links == {"x": None, "y": None}
    assert found["b"].links == {"x": parse_mapping({"unmapped": "drop"}), "y": None}
    assert found["c"].links is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[captures\na = 1", "line 1"),
        ("[capture.a]", "capture: unknown; there are fields"),
        ("captures = 1", "captures: write tables"),
        ("[captures.a]\nkind = 'fax'", "captures.a.kind: Invalid enum value 'fax'"),
        ("[captures.a]\norigins = 'x'", "captures.a.origins: Expected"),
        ("[captures.a]\ncolour = 'red'", "captures.a: Object contains unknown field `colour`"),
        (
            "[captures.a.mapping]\nrules = [{to = 1}]",
            "captures.a.mapping.rules[0].to: this cannot be read: Expected `str`",
        ),
        (
            "[captures.a.destinations.b.mapping]\nunmapped = 'x'",
            "captures.a.destinations.b.mapping.unmapped: this cannot be read: Invalid enum value",
        ),
        ("[fields.a]\ntype = 'colour'", "fields.a: a: there is no type 'colour'"),
        ("[fields.a]\nchoices = 1", "fields.a.choices: Expected"),
        ("[lead_types.a]\nrequired = 'email'", "lead_types.a.required: Expected `array`"),
        ("[destinations.a]", "destinations.a: Object missing required field `kind`"),
        (
            "[destinations.a]\nkind = 'x'\nsettings = {k = 1}",
            "destinations.a.settings.k: write a text",
        ),
        (
            "[destinations.a]\nkind = 'x'\nsettings = {k = {env = 'NOT_THERE'}}",
            "destinations.a.settings.k: the environment variable NOT_THERE is not set",
        ),
        (
            "[destinations.a]\nkind = 'x'\nsettings = {k = {file = 'nowhere'}}",
            "cannot be read: FileNotFoundError",
        ),
        (
            "[destinations.a]\nkind = 'x'\nsettings = {k = {vault = 'x'}}",
            "destinations.a.settings.k",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_setup(written(tmp_path, text))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_setup(tmp_path / "nowhere.toml")
