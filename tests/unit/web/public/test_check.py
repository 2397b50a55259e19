from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.live_check_faults import FAULTS
from collector.domain.times import MINUTE
from collector.web.pages import LANGUAGES, Language, open_pages
from tests.installation import SITE, SOURCE, Installation, installation

PAGES = open_pages()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def ask(site: Installation, **said: Any) -> Any:
    """Do what the overlay does on a page of the site."""
    return site.client.post("/f/check", json=said, headers={"origin": SITE})


def new_code(site: Installation) -> str:
    services = site.client.app_state["services"]
    code: str = services.intake.check_codes.make(SOURCE, site.clock.at)[0]
    return code


def flush(site: Installation) -> None:
    notes = site.client.app_state["services"].check_notes
    site.client.portal.call(notes.flush)  # type: ignore[union-attr]


def test_a_page_tells_what_it_found_and_is_told_how_far_the_check_is(site: Installation) -> None:
    code = new_code(site)
    first = ask(site, code=code, found={"url": f"{SITE}/", "mode": "none", "banners": ["klaro"]})
    assert first.status_code == 200
    assert first.headers["access-control-allow-origin"] == SITE
    assert first.json()["summary"] == "0 of 7 steps done, without a destination"
    flush(site)
    shown = ask(site, code=code).json()
    assert shown["summary"] == "1 of 7 steps done, without a destination, one problem"
    script, consent = shown["items"][0], shown["items"][3]
    assert (script["verdict"], script["title"], script["said"]) == (
        "done",
        "Script loaded",
        "done",
    )
    (fault,) = consent["found"]
    assert fault["title"] == "The tag does not ask the consent banner"
    assert 'data-consent="required"' in fault["paste"]


def test_german_is_spoken_to_germans(site: Installation) -> None:
    shown = ask(site, code=new_code(site), lang="de-AT").json()
    assert (shown["lang"], shown["title"]) == ("de", "Live-Prüfung")
    assert shown["items"][0]["hint"].startswith("Öffnen Sie den Link.")


def test_facts_and_other_peoples_data_stay_in_the_console(site: Installation) -> None:
    code = new_code(site)
    site.post({"email": "ada@example.com", "_check": code})
    flush(site)
    text = ask(site, code=code).text
    assert "ada@example.com" not in text
    assert site.events()[0].id not in text


def test_the_address_to_paste_is_the_pages_own_unless_it_is_a_strangers(
    site: Installation,
) -> None:
    for base, expected in (
        (f"{SITE}/_lc/", f'src="{SITE}/_lc/t.js"'),
        ("https://evil.example.net/", 'src="http://127.0.0.1:8000/t.js"'),
        (f"{SITE}/?x=", 'src="http://127.0.0.1:8000/t.js"'),
    ):
        site.clock.at += MINUTE
        code = new_code(site)
        ask(site, code=code, found={"url": SITE, "base": base, "mode": "none", "banners": ["x"]})
        flush(site)
        found = [one for item in ask(site, code=code).json()["items"] for one in item["found"]]
        assert expected in " ".join(one["paste"] for one in found)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({"code": "1-forged"}, 403, id="no code of ours"),
        pytest.param({"code": 1}, 400, id="no code at all"),
        pytest.param({"found": {"url": 1}}, 400, id="no findings"),
        pytest.param({"found": {"url": "x" * 70_000}}, 413, id="too much"),
    ],
)
def test_what_cannot_be_used_is_refused(
    site: Installation, said: dict[str, Any], status: int
) -> None:
    assert ask(site, **{"code": new_code(site), **said}).status_code == status


def test_a_check_that_is_over_says_so(site: Installation) -> None:
    code = new_code(site)
    site.clock.at += 31 * MINUTE
    assert ask(site, code=code).json()["code"] == "refused"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_and_step_has_words(language: Language) -> None:
    module = PAGES.environments[language].get_template("console/_check.html").make_module()
    words: Any = module
    assert set(words.faults) == {fault.code for fault in FAULTS}
    assert all(len(texts) == 3 and all(texts) for texts in words.faults.values())
