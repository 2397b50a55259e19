"""Leads for tests: evidence that came with one, on the site whose visitors `views` makes."""

from __future__ import annotations

from typing import Any

import msgspec

from collector.domain.lead_attribution import Conclusion, Evidence, Rules, conclude
from collector.domain.times import DAY
from tests.unit.domain.views import OWN, START, attributed, touched

HOME = "https://www.example.com/"
RULES = Rules(own_domains=OWN)
PAID = touched("?gclid=paid&utm_source=google&utm_medium=cpc", path="landing")
PAID_METADATA = {"gclid": "paid", "utm_source": "google", "utm_medium": "cpc"}
TOKEN = attributed(PAID)
GCLID = "Cj0KCQjw-eKLMNO_wcB"
AT = START + 3 * DAY


def evidence(**members: Any) -> Evidence:
    """Gather evidence of a lead on a page without parameters, but for what is said otherwise."""
    return msgspec.structs.replace(Evidence(at=AT, page=f"{HOME}form"), **members)


def concluded(rules: Rules = RULES, **members: Any) -> Conclusion:
    """Conclude from such evidence."""
    return conclude(evidence(**members), rules)
