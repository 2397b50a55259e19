"""What can be wrong with a campaign link: stable codes, how bad each is, and what to do."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Severity = Literal["error", "warning", "hint"]

FAULTS: Final[dict[str, tuple[Severity, str]]] = {
    "not_a_link": ("error", "Write the whole address, beginning with https://"),
    "html_escape": ("error", "Write & instead of &amp;: outside of HTML it is no separator"),
    "space_in_link": ("error", "Encode spaces as %20, or leave them out"),
    "missing_question": ("error", "Begin the parameters with ? instead of &"),
    "double_question": ("error", "Use one ?; every further parameter begins with &"),
    "encoded_separator": ("error", "Write & and = between parameters as they are, not encoded"),
    "fragment_before_query": ("error", "Put the parameters before the #: tools read none behind"),
    "http": ("warning", "Link to https: the redirect costs time, and may cost the parameters"),
    "name_case": ("warning", "Write names in lower case: analytics tools read no other"),
    "misspelt_name": ("error", "Write the name as analytics tools know it"),
    "unknown_name": (
        "hint",
        "Use a name of GA4, such as utm_content: analytics tools read no other",
    ),
    "keyword_for_term": ("hint", "Use utm_term: utm_keyword is no parameter of GA4"),
    "repeated_name": ("error", "Name each parameter once: tools differ in which one they take"),
    "empty_value": ("warning", "Give the parameter a value, or leave it out"),
    "placeholder": ("error", "Put the value in, or use the link only where it is replaced"),
    "personal_data": ("error", "Leave personal data out: it would lie in every log on the way"),
    "click_id": ("error", "Leave click ids out: each belongs to one click, which is over"),
    "double_encoded": ("error", "Encode values once"),
    "case": ("warning", "Write values in lower case: reports keep apart what differs in case"),
    "space": ("warning", "Use the separator of your naming rules instead of spaces"),
    "separator": ("warning", "Use the separator of your naming rules"),
    "spelling": ("warning", "Write it as your naming rules do"),
    "unknown_source": ("error", "Use an allowed source, or add this one to the naming rules"),
    "unknown_medium": ("error", "Use an allowed medium, or add this one to the naming rules"),
    "unassigned": ("warning", "Use a medium of GA4's channels, such as cpc, email, paid-social"),
    "own_domain": ("error", "Use no UTMs on links within your site: they replace the real source"),
    "missing_source": ("error", "Add utm_source: without it the other UTMs are not used"),
    "missing_medium": ("error", "Add utm_medium: without it no channel can be told"),
}
"""By code: how bad it is, and the cure."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing that is wrong with a link; `found` is what stands there."""

    code: str
    severity: Severity
    found: str
    cure: str


def finding(code: str, found: str) -> Finding:
    """Make the finding of a code."""
    severity, cure = FAULTS[code]
    return Finding(code, severity, found, cure)
