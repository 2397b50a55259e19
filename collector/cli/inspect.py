"""`collector inspect URL`: what one page view would leave behind, and why."""

from __future__ import annotations

import secrets

import click

from collector.cli.inspection import Inspection
from collector.cli.session import now, print_json, run
from collector.config import Settings, from_environment, with_generated_secrets
from collector.domain.attribution import Attribution, new_attribution
from collector.domain.browser_cookies import NO_IDS
from collector.domain.consent import NOT_ASKED
from collector.domain.errors import CollectorError
from collector.domain.lead_attribution import Rules
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.tables import Tables
from collector.domain.token import Rejected, TokenSigner
from collector.domain.touch import PageView
from collector.domain.visit import render_visit, visit
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
    rules = _rules(source_id, page, settings.tables())
    view = PageView(
        url=url,
        referrer=referrer,
        at=now(),
        own_domains=rules.own_domains,
        tables=rules.tables,
    )
    signer = _signer(settings, rules.tables)
    before, rejected = _came(signer, view, page, cookie)
    visited = visit(before, view, NO_IDS, NOT_ASKED)
    if as_json:
        token = signer.sign(visited.attribution)
        print_json(render_visit(visited, rules, token=token, keep=False))
        return
    for line in Inspection(view, page, rules, visited, rejected).lines():
        click.echo(line)


def _rules(source_id: str | None, page: Url, tables: Tables) -> Rules:
    if source_id is None:
        return Rules(own_domains=frozenset({registrable_domain(page.host)}), tables=tables)
    return rules_of(run(lambda session: session.store.read(get_capture, source_id)), tables)


def _signer(settings: Settings, tables: Tables) -> TokenSigner:
    return TokenSigner(settings.secret_keys, settings.cookie_name, settings.cookie_age_s, tables)


def _came(
    signer: TokenSigner, view: PageView, page: Url, cookie: str
) -> tuple[Attribution, str | None]:
    """Open the cookie; else begin anew, and say why it is no good if there was one."""
    nobody = new_attribution(
        site=registrable_domain(page.host), visitor=secrets.token_urlsafe(9), at=view.at
    )
    if not cookie:
        return nobody, None
    opened = signer.open(cookie, view.at, view.own_domains)
    return (nobody, opened.reason) if isinstance(opened, Rejected) else (opened, None)
