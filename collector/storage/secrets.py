"""The box that destination secrets lie in: encrypted from the first row on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from collector.domain.errors import SettingsError


class SecretBox:
    """Seals with the first key, opens with any: `COLLECTOR_ENCRYPTION_KEYS`, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secrets: Mapping[str, str]) -> str:
        """Encrypt secret settings."""
        return self._fernet.encrypt(msgspec.json.encode(dict(secrets))).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Decrypt secret settings. Raises SettingsError when none of the keys fits."""
        try:
            opened = self._fernet.decrypt(sealed)
        except InvalidToken:
            raise SettingsError(
                "these secrets were encrypted with a key that COLLECTOR_ENCRYPTION_KEYS lacks; "
                "add that key to the end of the list"
            ) from None
        return msgspec.json.decode(opened, type=dict[str, str])

    def opens(self, sealed: str) -> bool:
        """Whether one of the keys fits."""
        try:
            self._fernet.decrypt(sealed)
        except InvalidToken:
            return False
        return True
