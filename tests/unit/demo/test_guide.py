from __future__ import annotations

from starlette.testclient import TestClient

from collector.demo.guide import render_guide
from collector.demo.site import create_site

SITE, DRIFTROCK = "http://127.0.0.1:8001", "http://127.0.0.1:8002"
CONSOLE = "http://127.0.0.1:8000/console"
LINK = f"{CONSOLE}/welcome?link=x"
LINES = render_guide(site=SITE, driftrock=DRIFTROCK, console=CONSOLE, link=LINK).splitlines()
URLS = [line.split()[-1] for line in LINES if "http" in line]


def test_steps_are_numbered_and_each_is_followed_by_its_bare_url() -> None:
    steps = [line for line in LINES if line[:1].isdigit()]
    assert [line.split(".")[0] for line in steps] == [str(n + 1) for n in range(len(URLS))]
    assert [LINES[LINES.index(step) + 1] for step in steps] == [f"   {url}" for url in URLS]


def test_the_main_job_comes_first() -> None:
    assert URLS[0].startswith(f"{SITE}/?utm_source=google&")
    assert URLS[1:4] == [f"{SITE}/about", f"{SITE}/contact", f"{DRIFTROCK}/"]


def test_every_url_of_the_site_answers() -> None:
    site = TestClient(create_site("http://127.0.0.1:8000", "source-1"), base_url=SITE)
    assert {site.get(url).status_code for url in URLS if url.startswith(SITE)} == {200}


def test_the_console_comes_last_by_a_link_that_signs_in() -> None:
    assert URLS[-2:] == [LINK, f"{CONSOLE}/leads"]
