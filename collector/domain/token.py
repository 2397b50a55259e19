"""The attribution token: an attribution, signed, in letters that any cookie can carry."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Literal

import msgspec
from itsdangerous import Signer
from itsdangerous.signer import SigningAlgorithm

from collector.domain.attribution import VERSION, Attribution
from collector.domain.shrink import shrink
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import MINUTE, SECOND

MAX_BYTES = 3_800
"""What name and token may take together: browsers drop a cookie of more than 4,096 bytes whole."""

MAX_AHEAD = 5 * MINUTE
"""How far a token's time of issue may lie ahead of our clock."""

RejectedReason = Literal[
    "malformed", "key", "signature", "version", "expired", "site", "oversized"
]

_SALT = b"collector.attribution-token"
_KEY_ID_LENGTH = 4
_SIGNATURE_LENGTH = len(".") + 43
_SHAPE = re.compile(r"[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{43}")


class Rejected(msgspec.Struct, frozen=True):
    """Why a token counts as none; of another site's token, what it says all the same."""

    reason: RejectedReason
    attribution: Attribution | None = None


class _OneShotSha256(SigningAlgorithm):
    """HMAC-SHA-256 in one call."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class TokenSigner:
    """Signs with the newest key and opens with all; keys are newest first.

    A token is the id of its key (4 characters), base64url of JSON, a dot and the signature. The
    time of issue stands inside: age is judged by the `now` that is passed in.
    """

    def __init__(
        self,
        keys: Sequence[str],
        cookie_name: str,
        max_age_s: int,
        tables: Tables = SHIPPED_TABLES,
    ) -> None:
        self._tables = tables
        self._budget = MAX_BYTES - len(cookie_name) - _SIGNATURE_LENGTH
        self._max_age = max_age_s * SECOND
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Attribution)
        derived = [hmac.digest(key.encode(), _SALT, "sha256") for key in keys]
        self._newest = _key_id(derived[0])
        self._signers = {_key_id(key): _signer(key) for key in reversed(derived)}

    def sign(self, attribution: Attribution) -> str:
        """Sign an attribution, shrunk as far as it takes to fit."""
        smaller = shrink(attribution, self._tables)
        candidates = map(self._payload, chain((attribution,), smaller))
        payload = next(payload for payload in candidates if len(payload) <= self._budget)
        return self._signers[self._newest].sign(payload).decode()

    def open(self, text: str, now: int, sites: Collection[str]) -> Attribution | Rejected:
        """Open a token that was issued on one of these sites; `now` is microseconds UTC."""
        if len(text) > MAX_BYTES:
            return Rejected("oversized")
        signer = self._signers.get(text[:_KEY_ID_LENGTH])
        payload, _, signature = text.encode(errors="replace").rpartition(b".")
        if signer is None or not hmac.compare_digest(signer.get_signature(payload), signature):
            return Rejected(_fault(text, signer))
        attribution = self._decode(payload)
        if attribution is None:
            return Rejected("version")
        if not now - self._max_age <= attribution.issued_at <= now + MAX_AHEAD:
            return Rejected("expired")
        return attribution if attribution.site in sites else Rejected("site", attribution)

    def signed_by_newest(self, text: str) -> bool:
        """Whether a token was signed by the key that signs now; any other should be renewed."""
        return text[:_KEY_ID_LENGTH] == self._newest

    def _payload(self, attribution: Attribution) -> bytes:
        encoded = urlsafe_b64encode(self._encoder.encode(attribution)).rstrip(b"=")
        return self._newest.encode() + encoded

    def _decode(self, payload: bytes) -> Attribution | None:
        """Decode what was signed; None when it is another version's."""
        try:
            attribution = self._decoder.decode(urlsafe_b64decode(payload[_KEY_ID_LENGTH:] + b"=="))
        except (ValueError, RecursionError, msgspec.MsgspecError):
            return None
        return attribution if attribution.version == VERSION else None


def _fault(text: str, signer: Signer | None) -> RejectedReason:
    """Say why a text was not signed by us; what was is in shape, and not looked at here."""
    if not _SHAPE.fullmatch(text):
        return "malformed"
    return "key" if signer is None else "signature"


def _signer(key: bytes) -> Signer:
    return Signer(key, key_derivation="none", algorithm=_OneShotSha256())


def _key_id(key: bytes) -> str:
    """Name a key without telling it: the first characters of a digest for this purpose alone."""
    return urlsafe_b64encode(hmac.digest(key, b"key id", "sha256"))[:_KEY_ID_LENGTH].decode()
