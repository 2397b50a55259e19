"""Consent banners by what they leave in a page's HTML, as data."""

from __future__ import annotations

from typing import Final

MARKERS: Final[dict[str, tuple[str, ...]]] = {
    "Cookiebot": ("consent.cookiebot.",),
    "OneTrust": ("cdn.cookielaw.org", "otSDKStub", "OptanonWrapper"),
    "Usercentrics": ("usercentrics.eu", "usercentrics.com/"),
    "CookieYes": ("cdn-cookieyes.com", "cookieyes.com/client_data"),
    "Complianz": ("complianz-gdpr", "cmplz-"),
    "Borlabs Cookie": ("borlabs-cookie", "BorlabsCookie"),
    "consentmanager": ("consentmanager.net",),
    "Didomi": ("privacy-center.org", "didomi.io"),
    "iubenda": ("iubenda.com/cs", "iubenda_cs"),
    "Klaro": ("klaro.js", "klaroConfig"),
    "Osano": ("cmp.osano.com",),
    "Quantcast": ("quantcast.mgr.consensu.org", "cmp.inmobi.com"),
    "TrustArc": ("consent.trustarc.com",),
    "Sourcepoint": ("sp-prod.net", "sourcepoint.mgr"),
    "Cookie Script": ("cookie-script.com",),
    "Termly": ("app.termly.io",),
    "CCM19": ("ccm19",),
    "another TCF banner": ("__tcfapi",),
    "Consent Mode": ("gtag('consent'", 'gtag("consent"'),
}


def banner_on(html: str) -> str | None:
    """Name the banner that a page's HTML speaks of; the general marks count last."""
    for name, marks in MARKERS.items():
        if any(mark in html for mark in marks):
            return name
    return None
