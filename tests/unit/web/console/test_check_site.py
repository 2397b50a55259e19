from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.delivery.guard import AddressPolicy
from collector.domain.times import MINUTE
from collector.site_check.fetch import Fetcher
from collector.site_check.runner import MOST_UNDER_WAY, SiteChecks
from collector.storage.audit import newest_deeds
from collector.storage.site_checks import MOST_WITHIN, EndSiteCheck
from tests.broken_sites import FAULTY, HEALTHY, SOURCE, serve_sites
from tests.installation import Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in
from tests.serving import listening
from tests.unit.site_check.test_fetch import Leading

OTHER = SOURCE[:-1] + "9"
SITES = {
    "lost": FAULTY["301 without the query"][1],
    "plain": HEALTHY["plain"],
    "metadata": FAULTY["metadata service"][1],
    "banner": FAULTY["consent refused by nobody"][1],
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Other people's"))
    with installation(tmp_path, *captures, allow_destinations="127.0.0.0/8") as opened:
        yield opened


@pytest.fixture
def base(site: Installation) -> Iterator[str]:
    served = listening(serve_sites(SITES))
    with site.client.portal.wrap_async_context_manager(served) as opened:  # type: ignore[union-attr]
        yield opened


def checks_of(site: Installation) -> SiteChecks:
    found: SiteChecks = site.client.app_state["services"].console.site_checks
    return found


def finish(site: Installation) -> None:
    """Wait until no check is under way any more."""

    async def finished() -> None:
        await asyncio.gather(*checks_of(site).under_way)

    site.client.portal.call(finished)  # type: ignore[union-attr]


def checked(person: Person, url: str, capture: str = "") -> str:
    """Check a link to the end; answers the path of its report."""
    answer = person.post("/check-site", {"url": url, "capture": capture})
    assert answer.status_code == 303, answer.text
    finish(person.site)
    path: str = answer.headers["location"].removeprefix("/console")
    return path


def banner_of(person: Person, path: str) -> str:
    """Give the markup of what the report says as a whole."""
    page: str = person.get(path).text
    return page.partition('aria-label="Result"')[2].partition("</section>")[0]


def test_a_leak_is_told_with_its_cure(site: Installation, base: str) -> None:
    editor = sign_in(site, new_user("editor"))
    path = checked(editor, f"{base}/0/?gclid=Ab&utm_source=x")
    page = editor.text(path)
    assert "1 error costs clicks" not in page
    assert "errors cost clicks or leads" in page
    assert "#i-alert" in banner_of(editor, path)
    assert "This redirect drops gclid: the click cannot be told" in page
    assert "return 301 /new$is_args$args;" in page
    assert "gclid lost" in page
    assert "first-party as long as it is set for" in page
    assert "Weiterleitung" in editor.text(path, **{"accept-language": "de"})
    assert "2 errors" in editor.text("/check-site")
    deed = in_store(site.settings, lambda store: store.read(newest_deeds, 1))[0]
    assert (deed["deed"], "gclid" in deed["details"]) == ("site.check", False)


def test_a_healthy_page_shows_its_forms_and_banner(site: Installation, base: str) -> None:
    editor = sign_in(site, new_user("editor"))
    plain = checked(editor, f"{base}/1/")
    banner = checked(editor, f"{base}/3/")
    other = checked(editor, f"{base}/1/", OTHER)
    assert "The click arrives whole" in editor.text(plain)
    assert "#i-verify" in banner_of(editor, plain)
    assert "asks for a person Posts to POST" in editor.text(plain)
    assert "Consent banner Cookiebot" in editor.text(banner)
    assert f'data-source="{OTHER}"' in editor.text(other)


def test_what_was_found_is_told_in_german(site: Installation, base: str) -> None:
    editor = sign_in(site, new_user("editor"))
    gone = checked(editor, "http://127.0.0.1:59999/")
    assert "No page came: no connection could be made" in editor.text(gone)
    german = {"accept-language": "de"}
    assert "es kam keine Verbindung zustande" in editor.text(gone, **german)
    assert "Formular an http" in editor.text(checked(editor, f"{base}/1/"), **german)


def test_a_report_that_another_version_wrote_is_not_shown(site: Installation, base: str) -> None:
    editor = sign_in(site, new_user("editor"))
    path = checked(editor, f"{base}/0/?gclid=Ab")
    old = {"code": "fillable", "severity": "hint", "where": "/", "why": "a", "cure": "-"}
    report = json.dumps({"hops": [], "prospect": None, "findings": [old]})
    write = EndSiteCheck(id=path.rpartition("/")[2], now=site.clock.at, report=report)
    in_store(site.settings, lambda store: store.write(write))
    site.clock.at += 11 * MINUTE
    assert "The check broke off" in editor.text(path)


PRIVATE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://100.100.100.200/",
    "http://user:pw@example.com/",
    "http://example.com:22/",
]


def test_nothing_private_is_visited(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        for number, url in enumerate(PRIVATE):
            site.clock.at += 10 * MINUTE
            person = sign_in(site, new_user("editor", id=str(number), email=f"{number}@a.test"))
            page = person.text(checked(person, url))
            assert "is private or reserved" in page, url


def test_no_redirect_leads_to_a_private_address(site: Installation, base: str) -> None:
    editor = sign_in(site, new_user("editor"))
    path = checked(editor, f"{base}/2/")
    page = editor.text(path)
    assert "169.254.169.254 is private or reserved; it is not visited" in page


def test_a_name_that_turns_private_is_not_followed(site: Installation) -> None:
    leading = Leading("127.0.0.1", "169.254.169.254")
    checks_of(site).open_fetcher = lambda: Fetcher(AddressPolicy(), resolver=leading)
    editor = sign_in(site, new_user("editor"))
    page = editor.text(checked(editor, "http://rebinding.example/"))
    assert "rebinding.example is private or reserved" in page


def test_only_editors_start_a_check_and_only_so_many(site: Installation) -> None:
    viewer, editor = sign_in(site, new_user("viewer")), sign_in(site, new_user("editor"))
    given: dict[str, Any] = {"url": "http://127.0.0.1:9/", "capture": ""}
    assert viewer.post("/check-site", given).status_code == 403
    assert "Editors and admins start checks" in viewer.text("/check-site")
    assert editor.post("/check-site", given, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert editor.get("/check-site?url=http://127.0.0.1:9/").status_code == 200
    assert editor.post("/check-site", {**given, "url": "www.a.test"}).status_code == 422
    assert editor.post("/check-site", {**given, "url": "file:///etc/passwd"}).status_code == 422
    assert editor.post("/check-site", {**given, "capture": "x"}).status_code == 422
    for _ in range(MOST_WITHIN):
        checked(editor, "http://127.0.0.1:9/")
    answer = editor.post("/check-site", given)
    assert answer.status_code == 429
    assert "At most 10 checks in ten minutes" in answer.text
    site.clock.at += 11 * MINUTE
    checked(editor, "http://127.0.0.1:9/")


def test_few_run_at_once_and_progress_is_shown(site: Installation) -> None:
    editor, admin = sign_in(site, new_user("editor")), sign_in(site)
    gate = asyncio.Event()

    class Waiting(Leading):
        async def resolve(self, *named: Any, **more: Any) -> Any:
            await gate.wait()
            return await super().resolve(*named, **more)

    checks = checks_of(site)
    checks.open_fetcher = lambda: Fetcher(AddressPolicy(), resolver=Waiting("127.0.0.1"))
    given = {"url": "http://slow.example/", "capture": ""}
    paths = [editor.post("/check-site", given).headers["location"] for _ in range(MOST_UNDER_WAY)]
    path = paths[0].removeprefix("/console")
    assert "Following the link" in editor.text(path)
    assert '<meta http-equiv="refresh" content="2">' in editor.get(path).text
    assert "Under way" in editor.text("/check-site")
    assert admin.post("/check-site", given).status_code == 429
    site.client.portal.call(_set, gate)  # type: ignore[union-attr]
    finish(site)
    assert "event: end" in editor.get(f"{path}/stream").text
    assert "http-equiv" not in editor.get(path).text


async def _set(gate: asyncio.Event) -> None:
    gate.set()


async def _cancel(checks: SiteChecks) -> None:
    await checks.close()


def test_a_check_whose_process_ended_is_told_as_broken_off(site: Installation) -> None:
    editor = sign_in(site, new_user("editor"))
    gate = asyncio.Event()

    class Never(Leading):
        async def resolve(self, *_named: Any, **_more: Any) -> Any:
            await gate.wait()

    checks = checks_of(site)
    checks.open_fetcher = lambda: Fetcher(AddressPolicy(), resolver=Never("127.0.0.1"))
    given = {"url": "http://slow.example/", "capture": ""}
    path = editor.post("/check-site", given).headers["location"].removeprefix("/console")
    site.client.portal.call(_cancel, checks)  # type: ignore[union-attr]
    assert "Following the link" in editor.text(path)
    site.clock.at += 11 * MINUTE
    assert "The check broke off" in editor.text(path)
    assert "Broken off" in editor.text("/check-site")


def test_a_failure_of_our_own_ends_the_check(site: Installation) -> None:
    def fail() -> Fetcher:
        raise RuntimeError("a fault of ours")

    checks_of(site).open_fetcher = fail
    editor = sign_in(site, new_user("editor"))
    assert "The check broke off" in editor.text(checked(editor, "http://a.example/"))


def test_a_limited_user_sees_their_own_checks_only(site: Installation) -> None:
    admin, limited = sign_in(site), sign_in(site, new_user("editor", OTHER))
    path = checked(admin, "http://127.0.0.1:9/a", SOURCE)
    own = checked(limited, "http://127.0.0.1:9/b", OTHER)
    assert limited.get(path).status_code == 404
    assert limited.get(f"{path}/stream").status_code == 404
    assert "127.0.0.1:9/a" not in limited.text("/check-site")
    assert "127.0.0.1:9/b" in limited.text("/check-site")
    assert limited.get(own).status_code == 200
    assert admin.get(own).status_code == 200
