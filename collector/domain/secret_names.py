"""Parameters whose names say that their value is a secret.

A form with `method="get"` puts its fields into the next page's URL, passwords included.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ANYWHERE = (
    "passw(?:or[dt]|d)|pwd|kennwort|passphrase|passcode|mot[-_]?de[-_]?passe|contrasena|wachtwoord"
    "|card[-_]?(?:number|num|no|holder|cvc|cvv|code|exp)|cc[-_]?(?:number|num|no|cvc|csc|cvv|exp)"
    "|kartennummer|cvc|cvv|csrf|xsrf|captcha|nonce|api[-_]?key|secret|jwt"
)
_AS_A_WORD = "pass|pin|tan|otp|totp|token|iban|card"
_SECRET = rf"(?:{_ANYWHERE}|(?<![a-z])(?:{_AS_A_WORD})(?![a-z]))"
_SECRET_NAME = re.compile(_SECRET, re.IGNORECASE)
_NAME = re.compile(r"[?&#;]([^=&#?;]{1,100})=")
_PAIR = re.compile(
    rf"([?&#;](?=[^=&#?;]*{_SECRET})[^=&#?;]{{1,100}}=)[^&#]+",
    re.IGNORECASE,
)


def without_secrets(url: str) -> str:
    """Empty what a URL's parameters with a secret's name hold; all else stays byte for byte.

    Names repeat from view to view, so that hardly one is looked at for the first time.
    """
    if "=" in url and any(map(_is_secret, _NAME.findall(url))):
        return _PAIR.sub(r"\1", url)
    return url


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None
