"""The box that destination secrets lie in: encrypted from the first row on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from collector.domain.errors import SettingsError
from collector.domain.said import Said


class SecretBox:
    """Seals with the first key, opens with any: `COLLECTOR_ENCRYPTION_KEYS`, newest first.

    `again` gives the keys as they are now, for a process that stays: one that was put first since
    its start is found when something is sealed with it.
    """

    def __init__(
        self, keys: Sequence[str], again: Callable[[], Sequence[str]] | None = None
    ) -> None:
        self._again = again
        self._take(keys)

    def _take(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._any = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secrets: Mapping[str, str]) -> str:
        """Encrypt secret settings."""
        return self._any.encrypt(msgspec.json.encode(dict(secrets))).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Decrypt secret settings. Raises SettingsError when none of the keys fits."""
        opened = _opened(self._any, sealed)
        if opened is None and self._again is not None:
            self._take(self._again())
            opened = _opened(self._any, sealed)
        if opened is None:
            raise SettingsError(
                Said(
                    "these secrets were encrypted with a key that COLLECTOR_ENCRYPTION_KEYS "
                    "lacks; add that key to the end of the list"
                )
            )
        return msgspec.json.decode(opened, type=dict[str, str])

    def opens(self, sealed: str) -> bool:
        """Whether one of the keys fits."""
        return _opened(self._any, sealed) is not None

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key fits."""
        return _opened(self._newest, sealed) is not None

    def renewed(self, sealed: str) -> str:
        """Seal with the first key what any of them opens."""
        return self._any.rotate(sealed).decode()


def _opened(by: Fernet | MultiFernet, sealed: str) -> bytes | None:
    try:
        return by.decrypt(sealed)
    except InvalidToken:
        return None
