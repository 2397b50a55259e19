"""Check codes: they make an event a test, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import Signer
from itsdangerous.encoding import want_bytes

from collector.domain.times import MINUTE, SECOND

LIFETIME = 30 * MINUTE
_SALT = "lead-collector.check-code"


class CheckCodes:
    """Makes and verifies the codes of all captures. `keys` are newest first; the newest signs."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._signers = [Signer(key, salt=_SALT, digest_method=sha256) for key in keys]

    def make(self, source_id: str, now: int) -> tuple[str, int]:
        """Make a code for one capture; answers it and when it ends."""
        expires_s = (now + LIFETIME) // SECOND
        return (
            f"{expires_s}-{_signature(self._signers[0], source_id, expires_s)}",
            expires_s * SECOND,
        )

    def refusal(self, code: str, source_id: str, now: int) -> str | None:
        """Say why a code does not make a test (`invalid`, `expired`), or None when it does."""
        expires, _, signature = code.partition("-")
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):  # noqa: PLR2004  (a year far off)
            return "invalid"
        message = _message(source_id, int(expires))
        if not any(
            signer.verify_signature(message, want_bytes(signature)) for signer in self._signers
        ):
            return "invalid"
        return "expired" if int(expires) * SECOND < now else None


def _message(source_id: str, expires_s: int) -> bytes:
    return f"{source_id}:{expires_s}".encode()


def _signature(signer: Signer, source_id: str, expires_s: int) -> str:
    return signer.get_signature(_message(source_id, expires_s)).decode()
