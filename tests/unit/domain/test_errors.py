from __future__ import annotations

import inspect

import pytest

from collector.domain import errors

CODES = {
    "SettingsError": "settings",
    "InputError": "bad_request",
    "NotJson": "not_json",
    "TooComplex": "too_complex",
    "Incomplete": "incomplete",
    "FieldsRefused": "fields",
    "TooSlow": "too_slow",
    "BodyTooLarge": "too_large",
    "UnsupportedType": "unsupported_type",
    "Unauthorized": "unauthorized",
    "Refused": "refused",
    "OriginRefused": "origin",
    "PageRefused": "page",
    "HostRefused": "host",
    "MethodRefused": "method",
    "UnknownPath": "unknown_path",
    "UnknownCapture": "unknown_capture",
    "UnknownDestination": "unknown_destination",
    "UnknownEvent": "unknown_event",
    "UnknownDelivery": "unknown_delivery",
    "UnknownKey": "unknown_key",
    "UnknownUser": "unknown_user",
    "LinkSpent": "link_spent",
    "SignInRefused": "sign_in",
    "NotSignedIn": "not_signed_in",
    "RoleRefused": "role",
    "CrossSite": "cross_site",
    "TooManyRequests": "too_many_requests",
    "StoreUnavailable": "store_unavailable",
    "DiskFull": "disk_full",
    "StoreMisconfigured": "store_misconfigured",
    "StoreInUse": "store_in_use",
    "SchemaOutdated": "schema_outdated",
    "BackupFailed": "backup",
}
"""What scripts and translations rely on: a code may be added, never changed."""

CLASSES = {
    name: one
    for name, one in vars(errors).items()
    if inspect.isclass(one) and issubclass(one, errors.CollectorError)
}


@pytest.mark.parametrize(("name", "code"), CODES.items(), ids=CODES)
def test_a_code_is_for_good(name: str, code: str) -> None:
    assert CLASSES[name].code == code


def test_no_two_errors_share_a_code() -> None:
    codes = [one.code for one in CLASSES.values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (errors.NotJson, errors.InputError),
        (errors.FieldsRefused, errors.InputError),
        (errors.OriginRefused, errors.Refused),
        (errors.DiskFull, errors.StoreUnavailable),
    ],
)
def test_who_handles_a_kind_of_error_handles_its_narrower_ones(
    narrow: type[errors.CollectorError], wide: type[errors.CollectorError]
) -> None:
    assert issubclass(narrow, wide)


def test_an_error_is_its_text_and_names_the_input_at_fault() -> None:
    error = errors.InputError("age_s must be a number", field="age_s")
    assert (str(error), error.field) == ("age_s must be a number", "age_s")
    assert errors.InputError("x").field is None


def test_the_fields_at_fault_are_kept_as_they_were_when_it_was_raised() -> None:
    given = {"email": "no address"}
    error = errors.FieldsRefused("wrong", given)
    given.clear()
    assert error.errors == {"email": "no address"}


def test_a_request_without_a_key_says_how_one_is_sent() -> None:
    error = errors.Unauthorized("no key", scheme="Basic")
    assert (error.field, error.scheme) == ("Authorization", "Basic")
    assert errors.Unauthorized("no key").scheme == "Bearer"


def test_a_refused_method_says_which_ones_there_are() -> None:
    error = errors.MethodRefused(("GET", "HEAD"))
    assert (str(error), error.allowed) == ("use GET or HEAD here", ("GET", "HEAD"))
