"""Every error this project raises on purpose: one tree, each with a stable code.

The web maps these classes to HTTP in one place (`collector/web/errors.py`); the text of an error
is for the person who caused it: what was wrong, and how to cure it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class CollectorError(Exception):
    """The root of the tree; `code` is stable, `field` names the input at fault.

    Where it holds values, pages say it in their language if the message is a `Said`.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.said = message
        self.field = field


class SettingsError(CollectorError):
    """The settings cannot be used; the text lists every problem at once."""

    code = "settings"


class InputError(CollectorError):
    """Something sent to us is not what the contract asks for."""

    code = "bad_request"


class NotJson(InputError):
    """A body that should be JSON is not."""

    code = "not_json"


class TooComplex(InputError):
    """A body is nested too deep or has too many fields."""

    code = "too_complex"


class Incomplete(InputError):
    """A body ended before its own framing said it would."""

    code = "incomplete"


class FieldsRefused(InputError):
    """Single fields are at fault; `errors` maps each to what is wrong with it."""

    code = "fields"

    def __init__(self, message: str, errors: Mapping[str, str]) -> None:
        super().__init__(message)
        self.errors = dict(errors)


class TooSlow(InputError):
    """A body did not arrive in time."""

    code = "too_slow"


class BodyTooLarge(InputError):
    """More bytes than the path accepts."""

    code = "too_large"


class UnsupportedType(InputError):
    """A content type that the path does not read."""

    code = "unsupported_type"


class Unauthorized(CollectorError):
    """No key came, or none that is good here; `scheme` is the one to use (RFC 9110, 11.6.1)."""

    code = "unauthorized"

    def __init__(self, message: str, scheme: str = "Bearer") -> None:
        super().__init__(message, field="Authorization")
        self.scheme = scheme


class Refused(CollectorError):
    """The request is understood and not allowed."""

    code = "refused"


class OriginRefused(Refused):
    """The `Origin` is not one of the capture's allowed origins."""

    code = "origin"


class PageRefused(Refused):
    """The page is not on one of the capture's own domains."""

    code = "page"


class HostRefused(Refused):
    """The request names a host that this installation does not answer for."""

    code = "host"


class MethodRefused(Refused):
    """The path is there, and not for this method."""

    code = "method"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"use {' or '.join(allowed)} here")
        self.allowed = allowed


class UnknownPath(CollectorError):
    """Nothing lives at this address."""

    code = "unknown_path"


class UnknownCapture(CollectorError):
    """No capture with this source_id, or it is archived."""

    code = "unknown_capture"


class UnknownDestination(CollectorError):
    """No destination with this id."""

    code = "unknown_destination"


class UnknownField(CollectorError):
    """No field of this name."""

    code = "unknown_field"


class UnknownLeadType(CollectorError):
    """No lead type of this name."""

    code = "unknown_lead_type"


class UnknownEvent(CollectorError):
    """No event with this id."""

    code = "unknown_event"


class DeliveriesOwed(InputError):
    """A destination cannot be deleted while it is owed deliveries."""

    code = "deliveries_owed"


class UnknownDelivery(CollectorError):
    """No delivery with this id."""

    code = "unknown_delivery"


class UnknownKey(CollectorError):
    """No API key with this id."""

    code = "unknown_key"


class UnknownUser(CollectorError):
    """No user with this address or id."""

    code = "unknown_user"


class UnknownCheck(CollectorError):
    """A check of a site that is not, or no more, there."""

    code = "unknown_check"


class UnknownView(CollectorError):
    """No saved view with this id."""

    code = "unknown_view"


class LinkSpent(CollectorError):
    """A one-time link that works no more."""

    code = "link_spent"


class SignInRefused(Refused):
    """Address and password do not belong together; which of them is wrong is not told."""

    code = "sign_in"


class NotSignedIn(CollectorError):
    """Nobody is signed in: the session is over, or there never was one."""

    code = "not_signed_in"


class RoleRefused(Refused):
    """The role of the person who is signed in does not allow it."""

    code = "role"


class CrossSite(Refused):
    """A request that changes something came from another site's page."""

    code = "cross_site"


class MappingFailed(CollectorError):
    """An event's fields cannot be mapped; the text names fields, never what they hold."""

    code = "mapping"


class TooManyRequests(CollectorError):
    """The address is far over its rate limit."""

    code = "too_many_requests"


class StoreUnavailable(CollectorError):
    """Nothing can be written now; nothing was acknowledged."""

    code = "store_unavailable"


class DiskFull(StoreUnavailable):
    """The disk has no room for another event."""

    code = "disk_full"


class StoreMisconfigured(CollectorError):
    """The database is set in a way that could lose acknowledged events."""

    code = "store_misconfigured"


class StoreInUse(CollectorError):
    """Another process already serves this SQLite file."""

    code = "store_in_use"


class SchemaOutdated(CollectorError):
    """The database's schema is not the one this version needs."""

    code = "schema_outdated"


class BackupFailed(CollectorError):
    """A backup cannot be made, or what should be one cannot be put back."""

    code = "backup"
