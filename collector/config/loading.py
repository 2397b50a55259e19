"""Layers in, settings out, or one error that lists every problem there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.config.settings import SETTINGS, Setting, Settings
from collector.config.sources import (
    CONFIG,
    DEFAULT,
    Given,
    Layer,
    environment_layer,
    generated,
    generated_file,
    is_there,
    parsed,
    problem,
    toml_layer,
)
from collector.domain.errors import SettingsError


def from_environment() -> Settings:
    """Load the settings of this process; logs go to stderr, so that is the terminal asked."""
    return load(os.environ, on_terminal=sys.stderr.isatty())


def load(environ: Mapping[str, str], *, on_terminal: bool = False) -> Settings:
    """Resolve every setting: environment before TOML file before generated before default.

    Creates nothing. Raises SettingsError with all problems at once.
    """
    reading = _Reading(log_format="text" if on_terminal else "json")
    reading.open_layers(environ)
    for setting in SETTINGS:
        reading.resolve(setting)
    if reading.problems:
        lines = "".join(f"\n- {each}" for each in reading.problems)
        raise SettingsError(f"The settings cannot be used:{lines}")
    return Settings(
        **reading.values,
        sources=reading.sources,
        files=reading.files,
        warnings=tuple(reading.warnings),
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What is known so far; in the order of the table, as defaults use the values before them.

    The first two values stand in only where the real ones have a problem, so that the rest is
    judged all the same.
    """

    log_format: str
    layers: list[Layer] = field(default_factory=list)
    problems: list[SettingsError] = field(default_factory=list)
    values: dict[str, Any] = field(
        default_factory=lambda: {"data_dir": Path("data"), "database_url": ""}
    )
    sources: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def open_layers(self, environ: Mapping[str, str]) -> None:
        """Take the environment, then the file it names; note the names that set nothing."""
        environment = environment_layer(environ)
        self.layers.append(environment)
        if CONFIG in environment.texts:
            try:
                self.layers.append(toml_layer(Path(environment.texts[CONFIG])))
            except SettingsError as error:
                self.problems.append(error)
        self.problems += [unknown for layer in self.layers for unknown in layer.unknown()]

    def resolve(self, setting: Setting) -> None:
        """Settle one setting, or note its problem."""
        try:
            given = self._given(setting)
            value = setting.notation.absent if given is None else parsed(setting, given)
        except SettingsError as error:
            self.problems.append(error)
            return
        self.values[setting.name] = value
        self.sources[setting.name] = given.source if given else DEFAULT
        if given and given.file and given.alone:
            self.files[setting.name] = given.file
        hidden = setting.secret and setting.notation.render(value) != value
        if given and hidden and (warning := given.exposure()) and warning not in self.warnings:
            self.warnings.append(warning)

    def _given(self, setting: Setting) -> Given | None:
        for layer in self.layers:
            if given := layer.given(setting):
                return given
        return self._generated(setting) or self._default(setting)

    def _generated(self, setting: Setting) -> Given | None:
        if setting.notation.generate is None:
            return None
        if self.values["database_url"].startswith("postgresql:"):
            fault = "it is not set, and with PostgreSQL nothing is generated"
            raise problem(setting.variable, fault, setting.cure)
        file = generated_file(setting, self.values["data_dir"])
        return generated(setting, file) if is_there(file) else None

    def _default(self, setting: Setting) -> Given | None:
        if setting.default is None:
            return None
        text = setting.default.format(data_dir=self.values["data_dir"], log_format=self.log_format)
        return Given(text=text, where=setting.variable, source=DEFAULT)
