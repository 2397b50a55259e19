"""Random URLs, referrers and cookie headers: valid pieces, broken ones, and both mixed and cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from collector.domain.parameters import PARAMETERS

NAMES = [parameter.name for parameter in PARAMETERS]
_HOSTS = (
    *(
        "www.example.com",
        "EXAMPLE.com.",
        "www.google.com",
        "l.facebook.com",
        "x.com",
        "paypal.com",
    ),
    *(
        "[::1]",
        "[::ffff:1.2.3.4]",
        "[",
        "127.0.0.1",
        "1",
        "münchen.de",
        "xn--",
        "🙂.example",
        "a_b.c",
    ),
    *(
        "user:pass@example.com",
        "example.com:443",
        "example.com:99999",
        "%65xample.com",
        ".",
        "..",
        "",
    ),
)
_SCHEMES = (
    "https://",
    "http://",
    "HTTPS:\\\\",
    "android-app://",
    "https:/",
    "javascript:",
    "//",
    "",
)
_VALUES = (
    *(
        "Cj0KCQ_a-Z",
        "IwAR0abc",
        "1",
        "spring sale",
        "ada@example.org",
        "a+b%2Bc",
        "x" * 300,
        "y" * 2_001,
    ),
    *(
        "%",
        "%2",
        "%zz",
        "%FF",
        "%C3%A4",
        "%F0%9F%99%82",
        "%00",
        "%0D%0A",
        "%25%32%35",
        "\ud800",
        "\udfff",
    ),
    *(
        "\x00",
        "\r\n",
        "\u202e",
        "🙂",
        "é",
        "\ufeff",
        "https%3A%2F%2Fa.b%2F%3Futm_source%3Dx",
        "amp;",
        "[]",
    ),
)
_SEPARATORS = (
    "&",
    "=",
    "?",
    "#",
    ";",
    "&amp;",
    "%26",
    "%3D",
    "%3d",
    "/",
    "//",
    "+",
    "[",
    "]",
    "@",
    ":",
)
_URL_PIECES = (*NAMES, *(name.upper() for name in NAMES), *_VALUES, *_SEPARATORS * 8)
_ODD = '&=?#%;+@[]/\\:.\x00\x1f\x7f\x85\u2028\ud83d\ude42éß\U0001f642 \t\n"'

_COOKIE_NAMES = (
    *(
        "_ga",
        "_ga_ABC123",
        "_fbp",
        "_fbc",
        "_gcl_aw",
        "_gac_UA-1",
        "_uetmsclkid",
        "_uetvid",
        "_ttp",
    ),
    *("li_fat_id", "_epik", "hubspotutk", "_lc", "other", "", "FPID"),
)
_COOKIE_VALUES = (
    *("GA1.1.1234567890.1700000000", "GA1.2-2.1.2", "GS1.1.1700000000.1.1.1700000100.0.0.0"),
    *(
        "GS2.1.s1700000000$o1$g0$t1700000100$j60$l0$h0",
        "fb.1.1700000000000.1234567890",
        "GCL.17.Cj0KCQ_a-Z",
    ),
    *("fb.1.1700000000000.IwAR0abc", "2.1.kCj0KCQ_a-Z$i17", "_uet" + "0" * 32, "1" * 32 + "-0"),
    *(
        "00000000-0000-0000-0000-000000000000",
        "\xe4",
        "\xff\xfe",
        '"quoted"',
        "a=b",
        "GA1.1.",
        "$s$",
        ".",
    ),
    *_VALUES[:20],
)
_COOKIE_PIECES = (*_COOKIE_NAMES, *_COOKIE_VALUES, *("; ", "=", ";", ",", " ", '"') * 6)


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """Makes inputs from one stream of random numbers: the same seed, the same inputs."""

    random: Random

    def url(self) -> str:
        """Make what may be anything from a usual landing page to noise; one in 1,000 is huge."""
        choose = self.random.choice
        pieces = self.random.choices(_URL_PIECES, k=self.random.randrange(16))
        start = choose(_SCHEMES) + choose(_HOSTS) + choose(("/", "", "/a/b?", "?", "#", "/#/x?"))
        return self._spoilt(start + "".join(pieces))

    def campaign_url(self) -> str:
        """Make a landing page with parameters as ads write them."""
        choose = self.random.choice
        pairs = [f"{choose(NAMES)}={choose(_VALUES)}" for _ in range(self.random.randrange(1, 6))]
        return self._spoilt("https://www.example.com/?" + "&".join(pairs))

    def cookies(self) -> str:
        """Make a Cookie header as a server sees it: Latin-1."""
        choose = self.random.choice
        if self.random.random() < 0.5:
            pairs = [f"{choose(_COOKIE_NAMES)}={choose(_COOKIE_VALUES)}" for _ in range(5)]
            header = "; ".join(pairs)
        else:
            header = "".join(self.random.choices(_COOKIE_PIECES, k=self.random.randrange(24)))
        return self._spoilt(header).encode("latin-1", "replace").decode("latin-1")

    def _spoilt(self, text: str) -> str:
        """Leave one in three as it is; cut, repeat or overwrite a part of the others."""
        fate = self.random.randrange(1_000)
        if fate == 0:
            return (text * (100_000 // max(len(text), 1) + 1))[:100_000]
        if fate < 333:
            return text
        start = self.random.randrange(len(text) + 1)
        end = start + self.random.randrange(12)
        if fate < 550:
            return text[:start] + text[end:]
        if fate < 750:
            return text[:end] + text[start:]
        odd = "".join(self.random.choices(_ODD, k=3))
        return text[:start] + odd + text[end:]


Grown = Callable[[int], str]
"""Makes a text of about so many characters."""


def _repeated(start: str, unit: str, end: str = "") -> Grown:
    return lambda size: start + unit * (size // len(unit)) + end


_PAGE = "https://www.example.com/"
HOSTILE_URLS: dict[str, Grown] = {
    **{
        f"many {unit!r}": _repeated(f"{_PAGE}?", unit)
        for unit in (
            *(
                "&",
                "=",
                "?",
                "#",
                "%",
                "+",
                "/",
                "[",
                "a",
                ";",
                "amp;",
                "&amp;",
                "%25",
                "%26",
                "%3D",
            ),
            *(
                "a=b&",
                "?gclid=",
                "#gclid=",
                "?a",
                "gclid=1&",
                "gclid%3D1%26",
                "utm_source=%",
                "é",
                "\ud800",
            ),
            *(
                "utm_source=a@b.de&",
                "a@",
                "@",
                "a@b.",
                "%40",
                "\x00",
                "%00",
                "%2525",
                "mc_eid=x&",
                "🙂",
            ),
        )
    },
    "a long value": _repeated(f"{_PAGE}?utm_source=", "a"),
    "a long value of e-mail addresses": _repeated(f"{_PAGE}?utm_source=", "a@b.de "),
    "a long value of control characters": _repeated(f"{_PAGE}?utm_source=", "%01"),
    "a long click id": _repeated(f"{_PAGE}?gclid=", "%2B"),
    "a long name": _repeated(f"{_PAGE}?", "amp;", "gclid=1"),
    "a long fragment": _repeated(f"{_PAGE}#", "?gclid=1&"),
    "a long path": _repeated(_PAGE, "/a"),
    "a long host": _repeated("https://", "a.", "com/?gclid=1"),
    "a long user name": _repeated("https://", "a@", "example.com/?gclid=1"),
    "a long scheme": _repeated("", "a", "://example.com/"),
    "spaces before": _repeated("", " ", f"{_PAGE}?gclid=1"),
}

HOSTILE_COOKIES: dict[str, Grown] = {
    f"many {unit!r}": _repeated("", unit)
    for unit in (
        *(
            ";",
            "=",
            "; ",
            "_ga=; ",
            "_ga=GA1.1.1.2; ",
            "_ga_X=GS1.1.1.1; ",
            "_fbp=fb.1.1.1; ",
            "a=b; ",
        ),
        *("_gcl_aw=GCL.1.Cj0KCQ_a-Zz; ", "_lc=x; ", '"', "%", "_uetmsclkid=0; "),
    )
} | {
    f"a long {name} of {unit!r}": _repeated(f"{name}=", unit)
    for name in ("_ga", "_ga_X", "_fbc", "_fbp", "_gcl_aw", "_epik", "_uetmsclkid", "li_fat_id")
    for unit in (".", "1", "1.", "GA1.", "$s1", "%", "%2E", "fb.1.")
}
