"""Settings: what an operator may set, where each value came from, and nothing half-read.

`load` is pure but for the files it is told to read; `from_environment` is the only reader of the
environment; `with_generated_secrets` and `collector.config.keys` are the only writers.
"""

from __future__ import annotations

from collector.config.generated import with_generated_secrets
from collector.config.loading import from_environment, load
from collector.config.settings import SETTINGS, Setting, Settings

__all__ = [
    "SETTINGS",
    "Setting",
    "Settings",
    "from_environment",
    "load",
    "with_generated_secrets",
]
