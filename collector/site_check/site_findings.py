"""What can go wrong between an ad's link and a lead: codes in order of damage, why, and the cure.

`{…}` in a text is filled in by what was found.
"""

from __future__ import annotations

from typing import Final

import msgspec

from collector.domain.link_findings import Severity
from collector.domain.said import Said

_KEEP_QUERY: Final = "Let the redirect pass the query on. nginx: return 301 /new$is_args$args;"
_TAG: Final = (
    '<script async src="https://www.example.com/_lc/t.js" data-source="{capture}"></script>'
)

FAULTS: Final[dict[str, tuple[Severity, str, str]]] = {
    "address_blocked": (
        "error",
        "{found} is private or reserved; it is not visited",
        "Check a public address, or name the range in COLLECTOR_ALLOW_DESTINATIONS",
    ),
    "unreachable": ("error", "no page came: {found}", "Look at DNS, certificate and server"),
    "redirect_loop": (
        "error",
        "the redirects come back to {found}, at least for a visitor without cookies",
        "Answer a first visit without requiring a cookie",
    ),
    "too_many_redirects": ("error", "more than {found} redirects", "Link to the last page"),
    "landed_elsewhere": (
        "error",
        "the link ends on {found}, which is none of your own domains",
        "Link to your own page, or name its domain: an origin of the capture, or --own",
    ),
    "page_error": ("error", "the page answers {found}", "Mend the page, or link to another"),
    "not_html": ("error", "the page is {found}, no HTML", "Link to a page with the tag in it"),
    "click_id_lost": (
        "error",
        "this redirect drops {found}: the click cannot be told from others any more",
        f"{_KEEP_QUERY}; Apache: RewriteRule … [R=301,QSA]",
    ),
    "click_id_changed": (
        "error",
        "this redirect changes {found}; click ids must stay as they are, to the byte",
        "Pass the query on as it came ($args), without decoding or cleaning it",
    ),
    "lower_cased": (
        "error",
        "this redirect writes {found} in lower case; click ids then match no click",
        "Lower-case the path only, never the query",
    ),
    "double_encoded": (
        "error",
        "this redirect encodes {found} a second time",
        "Pass the query on as it came ($args instead of an encoded variable)",
    ),
    "parameters_lost": (
        "error",
        "this redirect drops {found}",
        _KEEP_QUERY,
    ),
    "parameters_changed": ("error", "this redirect changes {found}", "Pass the query on as it is"),
    "baked_in_token": (
        "error",
        "the page was delivered with another visitor's token in it: {found}",
        "Never write the token into the page on the server; empty the page cache",
    ),
    "baked_in_parameters": (
        "error",
        "the page holds values that this link does not have ({found}): each visitor gets them",
        "Leave such inputs empty in the HTML, and keep pages with parameters out of the cache",
    ),
    "tag_missing": (
        "error",
        "the page has no tag of the collector",
        f"Paste: {_TAG}",
    ),
    "tag_unreachable": (
        "error",
        "the script does not come: {found}",
        "Pass /_lc/ on to the collector (nginx.conf), or mend the address in the tag",
    ),
    "tag_wrong_capture": (
        "error",
        "the tag names capture {found}",
        'Write data-source="{capture}"',
    ),
    "tag_blocked_by_csp": (
        "error",
        "the page's policy blocks the script: {found}",
        "Add to script-src: {origin}",
    ),
    "answer_blocked_by_csp": (
        "error",
        "the page's policy keeps the script from asking the collector: {found}",
        "Add to connect-src: {origin}",
    ),
    "form_blocked_by_csp": (
        "error",
        "the page's policy blocks the form: {found}",
        "Add to form-action: {origin}",
    ),
    "tag_mixed_content": (
        "error",
        "browsers do not load a script by http on a page by https",
        "Write https:// in the tag's src",
    ),
    "form_mixed_content": (
        "error",
        "browsers warn before they post from https to http",
        "Write https:// in the form's action",
    ),
    "form_wrong_capture": (
        "error",
        "the form posts to capture {found}",
        "Post to {origin}/f/{capture}",
    ),
    "form_by_get": (
        "error",
        "the form is sent by GET: what visitors type stands in addresses and logs",
        'Write <form method="post" …>',
    ),
    "tag_waits": (
        "warning",
        "a consent tool holds the tag back until somebody agrees: {found}",
        "Let the tag load at once with data-consent=auto: it waits by itself and keeps the values",
    ),
    "tag_without_capture": (
        "warning",
        "the tag names no capture",
        'Write data-source="{capture}"',
    ),
    "tag_twice": ("warning", "the tag stands there {found} times", "Leave one of them"),
    "form_elsewhere": (
        "warning",
        "the form posts to {found}, and the collector does not see it",
        'Mark it: <form data-collector …>, or write data-forms="all" in the tag',
    ),
    "form_in_frame": (
        "warning",
        "the form lies in a frame of another site, which sees no parameters: {found}",
        "Put the form into the page, or pass the parameters on in the frame's address",
    ),
    "field_without_name": (
        "warning",
        "fields without name, id or label are not sent: {found}",
        'Give each a name: <input name="email" …>',
    ),
    "fill_off": (
        "warning",
        "hidden inputs could be filled ({found}), but data-fill is off",
        "Take data-fill=off out of the tag",
    ),
    "cookie_third_party": (
        "warning",
        "the collector is another site: its cookie is blocked, and what is kept lasts 7 days",
        "Serve the collector under the site's own address: location /_lc/ in nginx.conf",
    ),
    "cookie_seven_days": (
        "warning",
        "Safari cuts the cookie to 7 days: {found}",
        "Serve the collector under the page's own host: location /_lc/ in nginx.conf",
    ),
    "referrer_policy": (
        "warning",
        "Referrer-Policy {found} hides where forms are sent from and which page it was",
        "Referrer-Policy: strict-origin-when-cross-origin",
    ),
    "sandboxed": (
        "warning",
        "the page is sandboxed ({found}): its forms have no origin, its scripts no storage",
        "Take sandbox out of the policy, or add allow-same-origin allow-scripts allow-forms",
    ),
    "consent_ignored": (
        "warning",
        "there is a consent banner ({found}), and the tag does not wait for it",
        'Write data-consent="auto"',
    ),
    "query_removed_early": (
        "warning",
        "a script of the page takes the query out of the address before the tag may have read it",
        "Put the tag before that script, or keep the query",
    ),
    "page_on_http": ("warning", "the page is read by http", "Redirect to https with the query"),
    "redirect_to_http": ("warning", "this redirect leaves https", "Redirect to https"),
    "parameters_repeated": (
        "warning",
        "this redirect adds {found} again",
        "Append the query once: without QSA where the target has it already",
    ),
    "moved_to_fragment": (
        "warning",
        "this redirect moves {found} behind the #, where other tools do not look",
        "Keep the query before the #",
    ),
    "parameters_nested": (
        "warning",
        "this redirect puts {found} into another parameter, as sign-in pages do",
        "Let the landing page be read without signing in, or add the query as it is",
    ),
    "redirect_by_meta": (
        "warning",
        "a meta refresh leads on: slow, and the referrer is gone",
        "Answer with a 301 or 302",
    ),
    "redirect_by_script": (
        "warning",
        "a script leads on: slow, and the referrer is gone",
        "Answer with a 301 or 302",
    ),
    "service_worker": (
        "warning",
        "a service worker may answer with pages from its own cache ({found})",
        "Let it pass requests under /_lc/ and pages with parameters to the network",
    ),
    "tag_manager": (
        "hint",
        "no tag in the HTML, but a tag manager that may add it: {found}",
        "Put the tag into the page, or see by the live check that the manager adds it",
    ),
    "hash_routing": (
        "hint",
        "the pages of this site are told apart behind the #: {found}",
        "See by the live check that the landing page keeps its parameters",
    ),
    "re_encoded": ("hint", "this redirect writes {found} in another way, equal in meaning", "-"),
    "fillable": ("hint", "hidden inputs that the tag fills: {found}", "-"),
    "consent_banner": ("hint", "there is a consent banner: {found}", "-"),
}
"""By code, worst first: how bad, why, and what to do."""

_RANK: Final = {code: rank for rank, code in enumerate(FAULTS)}


class SiteFinding(msgspec.Struct, frozen=True):
    """One fault: where it is, why it matters, what cures it; the same values fill both texts."""

    code: str
    severity: Severity
    where: Said
    why: Said
    cure: Said


def site_finding(code: str, where: str, found: str = "", **more: str) -> SiteFinding:
    """Make the finding of a code."""
    severity, why, cure = FAULTS[code]
    filled = {"found": found, "capture": "SOURCE_ID", "origin": ""} | more
    place = where if isinstance(where, Said) else Said("{where}", where=where)
    return SiteFinding(code, severity, place, Said(why, **filled), Said(cure, **filled))


def by_damage(findings: list[SiteFinding]) -> list[SiteFinding]:
    """Sort by damage; the same thing is said once."""
    return sorted(dict.fromkeys(findings), key=lambda one: _RANK[one.code])
