"""A capture: a named source of leads, and which pages may feed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from collector.domain.errors import InputError
from collector.domain.fields import STANDARD, Catalogue
from collector.domain.lead_type import LeadCheck, LeadType
from collector.domain.mapped import NO_MAPPING, CompiledMapping
from collector.domain.mapping import Mapping
from collector.domain.said import Said
from collector.domain.sites import origin_of, registrable_domain, split_url

CaptureKind = Literal["form", "webhook", "affiliate"]
CaptureState = Literal["active", "paused", "archived"]
AttributionModel = Literal["last_campaign", "last", "first", "last_paid"]
CAPTURE_KINDS: tuple[str, ...] = get_args(CaptureKind)
ATTRIBUTION_MODELS: tuple[str, ...] = get_args(AttributionModel)

_WILDCARD = "://*."


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A capture and its rules; `https://*.example.com` among its origins stands for any label.

    `mapping` is None until somebody maps its fields, `store_only` says that it is meant to have no
    destination. `catalogue` holds the fields that its mapping and its lead type name.
    """

    source_id: str
    name: str
    kind: CaptureKind = "form"
    state: CaptureState = "active"
    origins: tuple[str, ...]
    redirect: str | None = None
    event_type: str = "lead"
    event_name: str = "Lead"
    attribution_model: AttributionModel = "last_campaign"
    utm_keyword_from: str | None = None
    derive_utm: bool = False
    refuse_other_origins: bool = False
    mapping: Mapping | None = None
    lead_type: LeadType | None = None
    store_only: bool = False
    created_at: int
    catalogue: Catalogue = field(default_factory=lambda: STANDARD, compare=False, repr=False)

    @cached_property
    def own_domains(self) -> frozenset[str]:
        """The registrable domains of the allowed origins."""
        urls = (split_url(origin.replace(_WILDCARD, "://")) for origin in self.origins)
        return frozenset(registrable_domain(url.host) for url in urls if url)

    @cached_property
    def _exact_origins(self) -> frozenset[str]:
        return frozenset(origin for origin in self.origins if _WILDCARD not in origin)

    @cached_property
    def _wildcards(self) -> tuple[tuple[str, str], ...]:
        pairs = (origin.split("*", 1) for origin in self.origins if _WILDCARD in origin)
        return tuple((scheme, suffix) for scheme, suffix in pairs)

    @property
    def lead_type_name(self) -> str | None:
        """The name of the lead type, if there is one."""
        return self.lead_type.name if self.lead_type else None

    @cached_property
    def compiled_mapping(self) -> CompiledMapping:
        """The mapping, made ready."""
        if self.mapping is None:
            return NO_MAPPING
        return CompiledMapping(self.mapping, self.catalogue)

    @cached_property
    def _lead_check(self) -> LeadCheck:
        return LeadCheck(self.lead_type, self.compiled_mapping, self.catalogue)

    def lead_faults(self, fields: dict[str, Any]) -> dict[str, str]:
        """Say how fields as they were sent break the lead type: words of `FAULTS` by name."""
        return self._lead_check.faults(fields)

    def allows_origin(self, origin: str) -> bool:
        """Whether a browser's `Origin` is one of the allowed ones."""
        if origin in self._exact_origins:
            return True
        return any(
            origin.startswith(scheme)
            and origin.endswith(suffix)
            and len(origin) > len(scheme + suffix)
            for scheme, suffix in self._wildcards
        )

    def owns_host(self, host: str) -> bool:
        """Whether a host is on one of the capture's own domains."""
        return registrable_domain(host) in self.own_domains


def parse_origin(text: str) -> str:
    """Read an allowed origin, `https://www.example.com` or `https://*.example.com`.

    Raises InputError when it is neither, or says more than scheme, host and port.
    """
    url = split_url(text.strip().replace(_WILDCARD, "://wildcard."))
    origin = origin_of(url) if url else None
    if url and url.host.startswith("wildcard.") and registrable_domain(url.host) == url.host:
        said = Said("'{found}' would allow domains of other people", found=text)
        raise InputError(said, field="origin")
    if url is None or origin is None or url.path not in ("", "/") or url.query or url.fragment:
        raise InputError(
            Said(
                "'{found}' is not an origin; write scheme, host and port only, "
                "such as https://www.example.com or https://*.example.com",
                found=text,
            ),
            field="origin",
        )
    return origin.replace("://wildcard.", _WILDCARD)


def missing_twins(origins: tuple[str, ...]) -> list[str]:
    """Name the apex or `www` twin that a site owner usually forgets to allow."""
    missing = []
    for origin in origins:
        url = split_url(origin)
        if url is None or _WILDCARD in origin or "." not in url.host or url.host[-1].isdigit():
            continue
        apex = registrable_domain(url.host)
        twin_host = (
            apex if url.host == f"www.{apex}" else f"www.{apex}" if url.host == apex else None
        )
        twin = twin_host and origin.replace(f"://{url.host}", f"://{twin_host}", 1)
        if twin and twin not in origins and origin.split(url.host)[0] + "*." + apex not in origins:
            missing.append(twin)
    return missing
