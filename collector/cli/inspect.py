"""`collector inspect URL`: what one page view would leave behind, and why."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import click

from collector.cli.session import now, print_json, run
from collector.config import Settings, from_environment, with_generated_secrets
from collector.domain.attribution import Attribution, new_attribution
from collector.domain.browser_cookies import NO_IDS
from collector.domain.consent import NOT_ASKED
from collector.domain.errors import CollectorError
from collector.domain.lead_attribution import Rules
from collector.domain.sites import registrable_domain, split_url
from collector.domain.token import Rejected, TokenSigner
from collector.domain.touch import PageView
from collector.domain.visit import ShownVisit, render_visit, visit
from collector.intake import rules_of
from collector.storage.captures import get_capture

EXAMPLE = """\b
Example:
  collector inspect "https://www.example.com/?gclid=Cj0&utm_source=google" \\
    --referrer https://www.google.com/
"""


@click.command(epilog=EXAMPLE)
@click.argument("url")
@click.option("--referrer", default="", help="The page before.")
@click.option("--cookie", default="", help="A visitor's token, as the cookie holds it.")
@click.option("--capture", "source_id", help="Judge by the rules of one capture.")
@click.option("--json", "as_json", is_flag=True, help="Print what POST /t would answer.")
def inspect(*, url: str, referrer: str, cookie: str, source_id: str | None, as_json: bool) -> None:
    """Say what would be captured of a page view, and which rule decided; sends nothing."""
    page = split_url(url)
    if page is None:
        raise click.UsageError(f"{url!r} is no whole address; begin with https://")
    try:
        settings = with_generated_secrets(from_environment())
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    rules = _rules(source_id, page.host)
    view = PageView(url=url, referrer=referrer, at=now(), own_domains=rules.own_domains)
    answer, came = _answer(settings, rules, view, cookie)
    if as_json:
        print_json(answer)
        return
    for line in _words(answer, came):
        click.echo(line)


def _rules(source_id: str | None, host: str) -> Rules:
    if source_id is None:
        return Rules(own_domains=frozenset({registrable_domain(host)}))
    return rules_of(run(lambda session: session.store.read(get_capture, source_id)))


@dataclass(frozen=True, slots=True)
class _Came:
    """What the cookie was worth."""

    attribution: Attribution
    rejected: str | None = None


def _answer(
    settings: Settings, rules: Rules, view: PageView, cookie: str
) -> tuple[ShownVisit, _Came]:
    signer = TokenSigner(settings.secret_keys, settings.cookie_name, settings.cookie_age_s)
    came = _open(signer, rules, view, cookie)
    visited = visit(came.attribution, view, NO_IDS, NOT_ASKED)
    token = signer.sign(visited.attribution)
    return render_visit(visited, rules, token=token, keep=False), came


def _open(signer: TokenSigner, rules: Rules, view: PageView, cookie: str) -> _Came:
    page = split_url(view.url)
    site = registrable_domain(page.host) if page else ""
    nobody = new_attribution(site=site, visitor=secrets.token_urlsafe(9), at=view.at)
    if not cookie:
        return _Came(nobody)
    opened = signer.open(cookie, view.at, rules.own_domains)
    return _Came(nobody, opened.reason) if isinstance(opened, Rejected) else _Came(opened)


def _words(answer: ShownVisit, came: _Came) -> Iterator[str]:
    """Explain an answer of `POST /t` to a person."""
    if came.rejected:
        yield f"The cookie is not used: {came.rejected}."
    yield f"This view: {answer['reason']}."
    last, first = answer["attribution"]["last"], answer["attribution"]["first"]
    if last is None:
        return
    yield f"Channel:   {last['channel']} (rule {last['channel_rule']}): {last['reason']}"
    yield f"Source:    {last['source']} / {last['medium']}"
    yield f"Campaign:  {last['campaign'] or '-'}"
    yield f"Landing:   {last['landing_page']}"
    yield f"Referrer:  {last['referrer'] or '-'}"
    if first and first != last:
        yield f"First:     {first['source']} / {first['medium']}, {first['channel']}"
    yield f"Touches:   {answer['attribution']['touches']}"
    for name, value in last["parameters"].items():
        yield f"  {name} = {value}"
    yield (
        "A lead sent now would carry this metadata:"
        if answer["metadata"]
        else ("A lead sent now would carry no metadata: this touch has no parameters.")
    )
    for name, value in answer["metadata"].items():
        yield f"  {name} = {value}"
