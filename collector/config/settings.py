"""The settings: one row each, and the frozen values the rest of the project is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.config import notation, tables
from collector.config.notation import Network, Notation, Shown
from collector.domain.parameters import Parameter
from collector.domain.tables import Tables

PREFIX = "COLLECTOR_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table.

    `default` is a text in the setting's own notation, in which `{data_dir}` and `{log_format}`
    stand for what is known at start, or None; `otherwise` says in words what then happens.
    """

    name: str
    default: str | None
    notation: Notation
    meaning: str
    otherwise: str = ""
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that set it: its own and, for a secret, the one of a file that holds it."""
        return (self.name, f"{self.name}_file") if self.secret else (self.name,)

    @property
    def cure(self) -> str:
        """What to write instead of a value that cannot be used."""
        return f"Write {self.notation.wanted}"


SETTINGS = (
    Setting(
        name="data_dir",
        default="./data",
        notation=notation.FOLDER,
        meaning="the SQLite file, generated secrets (mode 0600)",
    ),
    Setting(
        name="database_url",
        default="sqlite:///{data_dir}/collector.db",
        otherwise="sqlite:///DATA_DIR/collector.db",
        notation=notation.DATABASE_URL,
        meaning="SQLite file or PostgreSQL database",
        secret=True,
    ),
    Setting(
        name="secret_keys",
        default=None,
        otherwise="generated once into the data dir; on PostgreSQL: must be set",
        notation=notation.SECRET_KEYS,
        meaning="signing keys: the newest signs, all verify",
        secret=True,
    ),
    Setting(
        name="encryption_keys",
        default=None,
        otherwise="generated once into the data dir; on PostgreSQL: must be set",
        notation=notation.ENCRYPTION_KEYS,
        meaning="keys for destination secrets: the newest encrypts, all decrypt",
        secret=True,
    ),
    Setting(
        name="metrics_token",
        default=None,
        otherwise="none",
        notation=notation.BEARER_TOKEN,
        meaning="bearer token for /metrics; without one only loopback may read it",
        secret=True,
    ),
    Setting(
        name="base_url",
        default=None,
        otherwise="from the request",
        notation=notation.BASE_URL,
        meaning="public address",
    ),
    Setting(
        name="host",
        default="127.0.0.1",
        notation=notation.HOST,
        meaning="where to listen",
    ),
    Setting(
        name="port",
        default="8000",
        notation=notation.whole_number(0, 65_535),
        meaning="where to listen; 0 takes any free port",
    ),
    Setting(
        name="cookie_name",
        default="_lc",
        notation=notation.COOKIE_NAME,
        meaning="name of the visitor cookie",
    ),
    Setting(
        name="cookie_days",
        default="90",
        notation=notation.whole_number(1, 400),
        meaning="days the visitor cookie lives after the newest touch",
    ),
    Setting(
        name="trusted_proxies",
        default="loopback",
        notation=notation.NETWORKS,
        meaning="whose forwarded headers count",
    ),
    Setting(
        name="allow_destinations",
        default="none",
        notation=notation.NETWORKS,
        meaning="address ranges that destinations may use although they are private",
    ),
    Setting(
        name="parameters",
        default=None,
        otherwise="none",
        notation=tables.PARAMETERS,
        meaning="query parameters to keep beside the known ones; =person: never keep it",
    ),
    Setting(
        name="silent_hosts",
        default=None,
        otherwise="none",
        notation=tables.SILENT_HOSTS,
        meaning="payment, sign-in and other hosts that send nobody, beside the known ones",
    ),
    Setting(
        name="rate_limit",
        default="60",
        notation=notation.whole_number(0, 1_000_000),
        meaning="form posts a minute per address (touches: ten times that); 0 switches it off",
    ),
    Setting(
        name="retention_days",
        default="0",
        otherwise="0 (keep)",
        notation=notation.whole_number(0, 36_500),
        meaning="days after which delivered events are erased",
    ),
    Setting(
        name="log_format",
        default="{log_format}",
        otherwise="text on a terminal, else json",
        notation=notation.one_of("text", "json"),
        meaning="how log lines are written",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values in force; fields are named like the settings, without their prefix.

    Keys are newest first; they are empty only on SQLite, before `with_generated_secrets`.
    `sources` tells for each setting where its value came from, `files` which ones lie in a file of
    their own, `warnings` what works but should be mended.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    metrics_token: str | None = field(repr=False)
    base_url: str | None
    host: str
    port: int
    cookie_name: str
    cookie_days: int
    trusted_proxies: tuple[Network, ...]
    allow_destinations: tuple[Network, ...]
    parameters: tuple[Parameter, ...]
    silent_hosts: tuple[str, ...]
    rate_limit: int
    retention_days: int
    log_format: str
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    files: Mapping[str, Path] = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def cookie_age_s(self) -> int:
        """How long the visitor cookie lives, in seconds."""
        return self.cookie_days * 86_400

    def tables(self) -> Tables:
        """Make the tables that attribution goes by; once for each process."""
        return Tables(self.parameters, self.silent_hosts)

    def shown(self, setting: Setting) -> Shown | None:
        """Give what may be shown of a value: never a part of a secret; None for nothing."""
        value = getattr(self, setting.name)
        nothing = setting.default is None and not value
        return None if nothing else setting.notation.render(value)

    def listed(self) -> tuple[tuple[str, str, str], ...]:
        """Give every setting as people read it: its variable, its value, where it came from."""
        return tuple(
            (setting.variable, self._text(setting), self.sources[setting.name])
            for setting in SETTINGS
        )

    def _text(self, setting: Setting) -> str:
        match self.shown(setting):
            case None:
                return f"({setting.otherwise})"
            case list(items):
                return ", ".join(items) or "none"
            case value:
                return str(value)
