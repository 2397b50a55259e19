"""The tables that attribution goes by: what ships, and what an installation adds of its own."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from collector.domain.channels import TABLE_VERSION
from collector.domain.parameters import SHIPPED, Parameter, ParameterTable

_FINGERPRINT = 8


class Tables:
    """One installation's tables: made once at start and passed on, never changed.

    `silent_hosts` send nobody, beside those that ship. `version` stands with every conclusion: an
    installation's own rows add a fingerprint behind a `+`.
    """

    __slots__ = ("parameters", "silent_hosts", "version")

    parameters: ParameterTable
    silent_hosts: frozenset[str]
    version: str

    def __init__(
        self, parameters: Iterable[Parameter] = (), silent_hosts: Iterable[str] = ()
    ) -> None:
        own, hosts = tuple(parameters), sorted(silent_hosts)
        self.parameters = ParameterTable(own) if own else SHIPPED
        self.silent_hosts = frozenset(hosts)
        self.version = TABLE_VERSION
        if own or hosts:
            digest = sha256(msgspec.json.encode([own, hosts])).hexdigest()
            self.version += f"+{digest[:_FINGERPRINT]}"


SHIPPED_TABLES = Tables()
"""The tables of an installation that adds nothing."""
