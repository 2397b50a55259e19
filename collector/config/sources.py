"""Where the text of a setting comes from: the environment, the TOML file, a file of its own.

Each problem is a SettingsError of one line; `collector.config.loading` joins them.
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from collector.config.settings import PREFIX, SETTINGS, Setting
from collector.domain.errors import SettingsError

CONFIG = PREFIX + "CONFIG"

DEFAULT = "default"


def problem(where: str, fault: str, cure: str) -> SettingsError:
    """Say in one line what is wrong where, and what to do about it."""
    return SettingsError(f"{where}: {fault}. {cure}", field=where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A text found for a setting: where to mend it, where it came from, the file it lay in.

    `alone` tells that nothing else lies in the file.
    """

    text: str
    where: str
    source: str
    file: Path | None = None
    alone: bool = False

    def exposure(self) -> str | None:
        """Warn where the file is open to every user of this machine; for secrets only."""
        if self.file is None or not self.file.stat().st_mode & stat.S_IRWXO:
            return None
        return f"{self.file} holds a secret and is open to all: chmod o-rwx {self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The texts of the environment, or of a TOML file, by the names they have there."""

    texts: Mapping[str, str]
    file: Path | None = None

    def unknown(self) -> Iterator[SettingsError]:
        """Name each text that sets nothing, and the nearest name that would."""
        known = {name: self._spelled(name) for row in SETTINGS for name in row.names}
        known |= {} if self.file else {"config": CONFIG}
        for name in sorted(self.texts.keys() - known.values()):
            plain = name.removeprefix(PREFIX).lower()
            nearest = known[get_close_matches(plain, known, n=1, cutoff=0)[0]]
            cure = f"The nearest name is {nearest}"
            yield problem(self._where(name), "there is no such setting", cure)

    def given(self, setting: Setting) -> Given | None:
        """Find the text of a setting, in place or in the file that is named for it."""
        spelled = [self._spelled(name) for name in setting.names]
        found = [name for name in spelled if name in self.texts]
        if len(found) > 1:
            raise problem(self._where(found[0]), f"{found[1]} is set too", "Set one of the two")
        if not found:
            return None
        where, text = self._where(found[0]), self.texts[found[0]]
        if found[0] == spelled[0]:
            source = f"file {self.file}" if self.file else f"env {where}"
            return Given(text=text, where=where, source=source, file=self.file)
        return given_in_file(Path(text), where=where, source=f"file {text}, by {where}")

    def _spelled(self, name: str) -> str:
        return name if self.file else PREFIX + name.upper()

    def _where(self, name: str) -> str:
        return f"{name} in {self.file}" if self.file else name


def given_in_file(file: Path, *, where: str, source: str) -> Given:
    """Read a file that holds one setting's text and nothing else."""
    text = _read(file, where).strip()
    if not text:
        raise problem(where, "the file is empty", "Write the value into it")
    return Given(text=text, where=where, source=source, file=file, alone=True)


def generated_file(setting: Setting, data_dir: Path) -> Path:
    """Where a generated secret lies."""
    return data_dir / setting.name


def is_there(file: Path) -> bool:
    """Whether a file exists; one that cannot be asked for counts, so that reading it says why."""
    try:
        return file.exists()
    except OSError:
        return True


def generated(setting: Setting, file: Path) -> Given:
    """Read a secret that was generated earlier."""
    return given_in_file(file, where=f"{setting.variable} in {file}", source=f"generated {file}")


def parsed(setting: Setting, given: Given) -> Any:
    """Turn a text into its value; a problem never shows the text of a secret."""
    try:
        return setting.notation.parse(given.text)
    except ValueError as error:
        text = "the value" if setting.secret else _quoted(given.text)
        raise problem(given.where, f"{text} {error}", setting.cure) from None


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """Take what is ours and not empty."""
    ours = {name: text.strip() for name, text in environ.items() if name.startswith(PREFIX)}
    return Layer(texts={name: text for name, text in ours.items() if text})


def toml_layer(file: Path) -> Layer:
    """Take what is not empty from a file that holds nothing but settings."""
    where = f"{CONFIG} {file}"
    try:
        document = tomllib.loads(_read(file, where))
    except tomllib.TOMLDecodeError as error:
        raise problem(where, f"the file is not TOML: {error}", "Mend it") from None
    texts = {name: _text(value) for name, value in document.items()}
    return Layer(texts={name: text for name, text in texts.items() if text}, file=file)


def _text(value: Any) -> str:
    """Write a TOML value as the environment would; a list or a table is one text with commas."""
    if isinstance(value, dict):
        value = [f"{name}={_text(item)}" for name, item in value.items()]
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    return str(value).strip()


def _read(file: Path, where: str) -> str:
    """Read a file; a problem does not show its path, which may be a secret in the wrong place."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        fault = f"the file cannot be read: {error.strerror}"
        raise problem(where, fault, "Name one that this user may read") from None
    except UnicodeDecodeError:
        raise problem(where, "the file is not UTF-8 text", "Mend it") from None


def _quoted(text: str) -> str:
    """Cut what is long, and hide what may be a password in an address."""
    return repr(re.sub(r"(?<=//)[^/]*@", "***@", text)[:100])
