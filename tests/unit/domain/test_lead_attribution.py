from __future__ import annotations

from typing import Any

import pytest

from collector.domain.attribution import new_attribution
from collector.domain.browser_cookies import BrowserIds
from collector.domain.times import DAY
from tests.unit.domain.leads import (
    GCLID,
    HOME,
    PAID,
    PAID_METADATA,
    TOKEN,
    concluded,
)
from tests.unit.domain.views import GOOGLE, START, attributed, touched

CASES = [  # best evidence first
    (
        "(1) the form's own page holds parameters the token does not know",
        {"page": f"{HOME}form?gclid=new", "token": TOKEN},
        {"gclid": "new"},
        "last_campaign: gclid",
    ),
    (
        "(1) not again with a click id the token knows",
        {"page": f"{HOME}form?gclid=paid&utm_source=other", "token": TOKEN},
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(1) not again on a landing page the token knows, however long ago",
        {
            "page": f"{HOME}?utm_campaign=a",
            "token": attributed(touched("?utm_campaign=a", at=-DAY), PAID),
        },
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(1) not when the page is no own page",
        {"page": "https://evil.test/?gclid=new", "token": TOKEN},
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(2) the token, on a page without parameters",
        {"token": TOKEN, "referrer": HOME},
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(2) an outside referrer of the form's page does not outrank the token",
        {"token": TOKEN, "referrer": GOOGLE},
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(2) a referrer on an own domain that holds parameters counts like the page",
        {"referrer": f"{HOME}?gclid=fast&utm_campaign=a"},
        {"gclid": "fast", "utm_campaign": "a"},
        "last_campaign: gclid",
    ),
    (
        "(2) also beside an older token",
        {"referrer": f"{HOME}?gclid=fast", "token": TOKEN},
        {"gclid": "fast"},
        "last_campaign: gclid",
    ),
    (
        "(2) not when the token knows it",
        {
            "referrer": f"{HOME}landing?gclid=paid",
            "token": attributed(PAID, touched("?utm_id=1", at=1)),
        },
        {},
        "last_campaign: utm",
    ),
    (
        "(2) the page is newer than its referrer",
        {"page": f"{HOME}?gclid=second", "referrer": f"{HOME}?gclid=first"},
        {"gclid": "second"},
        "last_campaign: gclid",
    ),
    (
        "(2) an outside referrer's parameters are not ours",
        {"referrer": "https://blog.test/?gclid=theirs"},
        {},
        "last_campaign/last: referrer",
    ),
    (
        "(3) no token: page and outside referrer count like a page view",
        {"referrer": GOOGLE},
        {},
        "last_campaign/last: referrer",
    ),
    (
        "(3) no token: parameters on the page, no script at all",
        {"page": f"{HOME}form?utm_source=news&utm_medium=email"},
        {"utm_source": "news", "utm_medium": "email"},
        "last_campaign: utm",
    ),
    ("(3) no token, nothing else", {}, {}, "no token"),
    (
        "(3) a token that holds a direct view only",
        {"token": attributed(touched())},
        {},
        "last_campaign/first: direct",
    ),
    (
        "(3) a token that holds a direct view only, and an outside referrer",
        {"token": attributed(touched()), "referrer": GOOGLE},
        {},
        "last_campaign/last: referrer",
    ),
    (
        "(4) hidden inputs, whole, when there is no other",
        {"hidden": {"utm_source": "crm", "gclid": "hidden"}},
        {"utm_source": "crm", "gclid": "hidden"},
        "last_campaign: gclid",
    ),
    (
        "(4) not beside a touch",
        {"hidden": {"utm_source": "crm", "utm_term": "t"}, "token": TOKEN},
        PAID_METADATA,
        "last_campaign: gclid",
    ),
    (
        "(4) beside a direct touch",
        {"hidden": {"utm_source": "crm"}, "token": attributed(touched())},
        {"utm_source": "crm"},
        "last_campaign: utm",
    ),
    (
        "(4) not beside an outside referrer",
        {"hidden": {"utm_source": "crm"}, "referrer": GOOGLE},
        {},
        "last_campaign/last: referrer",
    ),
    (
        "(4) another script's click id cookie, as a hidden input",
        {"hidden": {"_gcl_aw": f"GCL.1700000000.{GCLID}"}},
        {"gclid": GCLID},
        "last_campaign: gclid",
    ),
    (
        "(4) another script's click id cookie, as a cookie",
        {"cookies": BrowserIds(click_ids={"gclid": GCLID})},
        {"gclid": GCLID},
        "last_campaign: gclid",
    ),
    (
        "(4) an input named like a key goes before a cookie",
        {"hidden": {"gclid": "input", "_gcl_aw": f"GCL.1.{GCLID}"}},
        {"gclid": "input"},
        "last_campaign: gclid",
    ),
    (
        "(4) hidden click ids are byte-exact, not decoded again",
        {"hidden": {"GCLID": "a%2Bb+c"}},
        {"gclid": "a%2Bb+c"},
        "last_campaign: gclid",
    ),
    (
        "(4) a hidden value that cannot be kept",
        {"hidden": {"gclid": "a\nb", "utm_source": "a@b.example", "mc_eid": "x", "other": "y"}},
        {},
        "no token",
    ),
    ("(4) empty hidden inputs", {"hidden": {"gclid": "", "utm_source": " "}}, {}, "no token"),
    (
        "a page whose host is no own domain, as if there were none",
        {"page": "https://evil.test/?gclid=a", "referrer": GOOGLE},
        {},
        "no token",
    ),
    ("no page at all", {"page": ""}, {}, "no token"),
    (
        "no page at all, but hidden inputs",
        {"page": "", "hidden": {"gclid": "h"}},
        {"gclid": "h"},
        "last_campaign: gclid",
    ),
    ("a rejected token says why", {"rejected": "signature"}, {}, "token rejected: signature"),
    ("so does an expired one", {"rejected": "expired"}, {}, "token rejected: expired"),
    (
        "a rejected token is no loss where the page knows more",
        {"rejected": "malformed", "page": f"{HOME}?gclid=page"},
        {"gclid": "page"},
        "last_campaign: gclid",
    ),
    (
        "a token of another site",
        {"token": new_attribution(site="other.test", visitor="v", at=START), "rejected": "site"},
        {},
        "token rejected: site",
    ),
]


@pytest.mark.parametrize(
    ("members", "metadata", "reason"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_attribution_comes_from_the_best_evidence(
    members: dict[str, Any], metadata: dict[str, str], reason: str
) -> None:
    found = concluded(**members)
    assert found.metadata == metadata
    assert found.attribution["reason"] == reason
