from __future__ import annotations

import hmac
import re
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain.attribution import Attribution, choose_touch, merge, metadata_of, with_ids
from collector.domain.browser_cookies import BrowserIds
from collector.domain.times import DAY, MINUTE, SECOND
from collector.domain.token import Rejected, TokenSigner
from collector.domain.touch import PageView, Touch, touch_of
from tests.unit.domain.views import GOOGLE, OWN, START, attributed, journeys, nobody, touched

OLD, NEW = "an old key of the installation", "the newest key of the installation"
MAX_AGE = 90 * 86_400


def signer(*keys: str, name: str = "_lc") -> TokenSigner:
    return TokenSigner(keys or (NEW,), name, MAX_AGE)


SIGNER = signer()
KNOWN = attributed(touched("?gclid=a&utm_source=google"), touched(referrer=GOOGLE, at=DAY))
TOKEN = SIGNER.sign(KNOWN)
NOW = KNOWN.issued_at


def opened(text: str, now: int = NOW, by: TokenSigner = SIGNER) -> Attribution | str:
    found = by.open(text, now, OWN)
    return found.reason if isinstance(found, Rejected) else found


def test_what_was_signed_comes_out_again() -> None:
    full = with_ids(KNOWN, BrowserIds("1.2", "3", "fb.1.1.1", "fb.1.1.a"))
    assert opened(SIGNER.sign(full)) == full
    assert opened(TOKEN) == KNOWN
    assert opened(SIGNER.sign(nobody()), START) == nobody()


def test_a_token_is_made_of_letters_that_no_firewall_minds() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}", TOKEN)


def test_a_token_begins_with_the_id_of_its_key_and_never_tells_the_key() -> None:
    assert signer(NEW).sign(KNOWN)[:4] == TOKEN[:4] != signer(OLD).sign(KNOWN)[:4]
    assert SIGNER.signed_by_newest(TOKEN)
    assert not SIGNER.signed_by_newest(signer(OLD).sign(KNOWN))
    assert not SIGNER.signed_by_newest("")


def test_the_newest_key_signs_and_every_key_opens() -> None:
    rotated = signer(NEW, OLD)
    by_old = signer(OLD).sign(KNOWN)
    assert opened(by_old, by=rotated) == KNOWN
    assert not rotated.signed_by_newest(by_old)
    assert rotated.sign(KNOWN) == TOKEN
    assert opened(TOKEN, by=signer(OLD)) == "key"


REJECTED = [
    pytest.param("", "malformed", id="empty"),
    pytest.param("x", "malformed", id="one letter"),
    pytest.param("_lc", "malformed", id="no signature"),
    pytest.param(TOKEN.replace(".", ""), "malformed", id="no dot"),
    pytest.param(TOKEN + ".", "malformed", id="a dot more"),
    pytest.param(TOKEN[:-1], "malformed", id="cut by one"),
    pytest.param(TOKEN[:100], "malformed", id="cut in the middle"),
    pytest.param(TOKEN + "A", "malformed", id="longer"),
    pytest.param(f"{TOKEN} ", "malformed", id="a space behind"),
    pytest.param(f'"{TOKEN}"', "malformed", id="quoted"),
    pytest.param("ü" * 60, "malformed", id="other letters"),
    pytest.param("\ud800" * 60, "malformed", id="lone surrogates"),
    pytest.param("\x00" * 60, "malformed", id="NUL"),
    pytest.param("A" * 3801, "oversized", id="oversized"),
    pytest.param(TOKEN[:10] + "A" * 4000 + TOKEN[10:], "oversized", id="stuffed"),
    pytest.param("AAAA" + TOKEN[4:], "key", id="another key's id"),
    pytest.param(TOKEN[:20] + "AAAA" + TOKEN[24:], "signature", id="tampered"),
    pytest.param(TOKEN[:-43] + "A" * 43, "signature", id="a made-up signature"),
    pytest.param(TOKEN[:4] + "A" * 9 + "." + "A" * 43, "signature", id="made up"),
]


@pytest.mark.parametrize(("text", "reason"), REJECTED)
def test_a_bad_token_is_rejected_with_a_reason(text: str, reason: str) -> None:
    assert opened(text) == reason


@pytest.mark.parametrize("at", [*range(4, 60), -44, *range(-43, 0)])
def test_no_letter_of_a_token_can_be_changed(at: int) -> None:
    for letter in string.ascii_letters + string.digits + "-_.":
        if letter != TOKEN[at]:
            index = at % len(TOKEN)
            assert isinstance(opened(TOKEN[:index] + letter + TOKEN[index + 1 :]), str)


def test_a_token_lives_for_its_maximum_age_and_not_longer() -> None:
    assert opened(TOKEN, NOW + MAX_AGE * SECOND) == KNOWN
    assert opened(TOKEN, NOW + MAX_AGE * SECOND + 1) == "expired"


def test_a_token_from_the_future_is_expired() -> None:
    assert opened(TOKEN, NOW - 5 * MINUTE) == KNOWN
    assert opened(TOKEN, NOW - 5 * MINUTE - 1) == "expired"


def test_a_token_of_another_site_is_rejected_but_still_says_what_it_holds() -> None:
    found = SIGNER.open(TOKEN, NOW, {"example.org"})
    assert found == Rejected("site", KNOWN)
    assert SIGNER.open(TOKEN, NOW, ["example.org", "example.com"]) == KNOWN


def signed(payload: bytes) -> str:
    """Sign a payload as the newest key does, whatever it holds."""
    key = hmac.digest(NEW.encode(), b"collector.attribution-token", "sha256")
    text = TOKEN[:4].encode() + urlsafe_b64encode(payload).rstrip(b"=")
    signature = urlsafe_b64encode(hmac.digest(key, text, "sha256")).rstrip(b"=")
    return (text + b"." + signature).decode()


def test_the_signature_is_an_hmac_of_the_text_by_a_key_for_this_purpose_alone() -> None:
    payload = TOKEN[4:].partition(".")[0]
    assert signed(urlsafe_b64decode(payload + "==")) == TOKEN


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b"[]",
        b"null",
        b'[2,"example.com","v"]',
        b'["1","example.com","v"]',
        b'[1,"example.com","v",[[1]]]',
        b"\xff\xfe\xfd",
        b'[1,"\xff","v"]',
        b"[" * 2500,
        b'[1,"example.com","v",[],0,null,null,null,null,"x",0,' + b"[" * 2000,
        b"12345678",
    ],
)
def test_what_another_version_signed_is_rejected_by_version(payload: bytes) -> None:
    assert opened(signed(payload)) == "version"


def test_a_payload_that_is_no_base64_is_rejected_by_version() -> None:
    text = TOKEN[:4] + "A" * 5
    key = hmac.digest(NEW.encode(), b"collector.attribution-token", "sha256")
    signature = urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).rstrip(b"=").decode()
    assert opened(f"{text}.{signature}") == "version"


def test_a_later_version_may_add_members_behind() -> None:
    longer = msgspec.json.encode(KNOWN)[:-1] + b',"more"]'
    assert opened(signed(longer)) == KNOWN


@pytest.mark.parametrize("name", ["_lc", "a_rather_long_name_for_a_cookie"])
@pytest.mark.parametrize("length", [100, 1000, 1900, 2000])
def test_a_token_never_exceeds_its_budget(name: str, length: int) -> None:
    query = f"?gclid={'g' * length}&fbclid={'f' * length}&utm_campaign={'ü' * length}"
    touches = [
        touched(query.replace("g" * 9, f"{index:09}", 1), at=index * DAY, path="p" * 1500)
        for index in range(6)
    ]
    by = signer(name=name)
    token = by.sign(attributed(*touches))
    assert len(name) + len(token) <= 3800
    found = opened(token, touches[-1].at, by)
    assert isinstance(found, Attribution)
    assert found.last is not None
    for value in found.last.parameters.values():
        assert len(value) in (length, min(length, 255)), "whole, or no click id"
    if length == 2000:
        assert "dropped: " in found.last.reason()
        assert found.last.parameters


_heavy = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["gclid", "fbclid", "msclkid", "utm_term", "hsa_kw"]),
            st.sampled_from("gü€🙂"),
            st.integers(1, 2000),
        ),
        min_size=1,
        max_size=4,
    ),
    max_size=6,
)


@given(_heavy, st.integers(0, 2000))
@settings(max_examples=50)
def test_no_journey_is_too_heavy_for_a_token(
    journey: list[list[tuple[str, str, int]]], path: int
) -> None:
    touches = [
        touched(
            "?" + "&".join(f"{name}={letter * length}" for name, letter, length in parameters),
            at=index * DAY,
            path="p" * path,
        )
        for index, parameters in enumerate(journey)
    ]
    known = attributed(*touches)
    token = SIGNER.sign(known)
    assert len("_lc") + len(token) <= 3800
    found = opened(token, known.issued_at)
    assert isinstance(found, Attribution)
    whole = {id_ for touch in known.touches for id_ in touch.click_ids()}
    assert all(touch.click_ids() <= whole for touch in found.touches), "whole, or no click id"


def test_a_token_that_fits_is_not_shrunk() -> None:
    many = attributed(*(touched(f"?gclid={index}", at=index * DAY) for index in range(5)))
    assert opened(SIGNER.sign(many), many.issued_at) == many


@given(journeys)
def test_a_shrunk_or_whole_token_merges_its_own_views_as_known(journey: list[Touch]) -> None:
    found = opened(SIGNER.sign(attributed(*journey)), START + 10 * DAY)
    assert isinstance(found, Attribution)
    for touch in found.touches:
        assert merge(found, touch).attribution is found


_click_ids = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1, max_size=400
)


@given(_click_ids, _click_ids)
@settings(max_examples=200)
def test_click_ids_come_out_as_they_went_in(gclid: str, fbclid: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in gclid.encode())
    shared = "".join(f"%{byte:02x}" for byte in fbclid.encode())
    url = f"https://www.example.com/?gclid={encoded}&fbclid={shared}"
    touch = touch_of(PageView(url=url, referrer="", at=START, own_domains=OWN))
    found = opened(SIGNER.sign(attributed(touch)), START)
    assert isinstance(found, Attribution)
    chosen, _ = choose_touch(found, "last_campaign")
    assert metadata_of(chosen, None) == {"gclid": gclid, "fbclid": fbclid}


@given(st.text(max_size=4000) | st.text(alphabet=TOKEN, max_size=200))
def test_no_text_raises(text: str) -> None:
    assert isinstance(opened(text), str)
    SIGNER.signed_by_newest(text)


@given(st.binary(min_size=1, max_size=300))
def test_no_signed_garbage_raises(payload: bytes) -> None:
    assert opened(signed(payload)) == "version"
