"""`collector inspect URL`: what one page view would leave behind, and why."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

import click

from collector.cli.session import now, print_json, run
from collector.config import from_environment, with_generated_secrets
from collector.domain.errors import CollectorError, InputError
from collector.domain.inspection import (
    Inspection,
    Line,
    Looked,
    ModelLine,
    inspect_view,
    own_rules,
    read_page,
)
from collector.domain.lead_attribution import Rules
from collector.domain.sites import Url
from collector.domain.tables import Tables
from collector.domain.token import TokenSigner
from collector.domain.visit import render_visit
from collector.intake import rules_of
from collector.storage.captures import get_capture

EXAMPLE = """\b
Example:
  collector inspect "https://www.example.com/?gclid=Cj0&utm_source=google" \\
    --referrer https://www.google.com/
"""
Row = tuple[str, str]


@click.command(epilog=EXAMPLE)
@click.argument("url")
@click.option("--referrer", default="", help="The page before.")
@click.option("--cookie", default="", help="A visitor's token, as the cookie holds it.")
@click.option("--agent", default="", help="The browser, by its User-Agent.")
@click.option("--capture", "source_id", help="Judge by the rules of one capture.")
@click.option("--json", "as_json", is_flag=True, help="Print what POST /t would answer.")
def inspect(*, url: str, source_id: str | None, as_json: bool, **told: str) -> None:
    """Say what would be captured of a page view, and which rule decided; sends nothing."""
    try:
        page = read_page(url)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    try:
        settings = with_generated_secrets(from_environment())
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    rules = _rules(source_id, page, settings.tables())
    signer = TokenSigner(
        settings.secret_keys, settings.cookie_name, settings.cookie_age_s, rules.tables
    )
    looked = Looked(url=url, at=now(), **told)
    found = inspect_view(looked, rules, signer, secrets.token_urlsafe(9))
    if as_json:
        token = signer.sign(found.visited.attribution)
        print_json(render_visit(found.visited, rules, token=token, keep=False))
        return
    for line in lines_of(found):
        click.echo(line)


def _rules(source_id: str | None, page: Url, tables: Tables) -> Rules:
    if source_id is None:
        return own_rules(page, tables)
    return rules_of(run(lambda session: session.store.read(get_capture, source_id)), tables)


def lines_of(found: Inspection) -> Iterator[str]:
    """Write an inspection, heading by heading."""
    page = found.page
    yield f"Page view of {page.scheme}://{page.authority}{page.path}"
    yield from _section("Parameters", map(_kept, found.parameters()))
    yield from _section("Referrer", map(_row, [found.referrer()]))
    yield from _section("This page view", map(_row, found.touch()))
    yield from _section("This visitor", map(_row, found.visitor()))
    models = (row for one in found.models() for row in _model(one))
    yield from _section("Metadata of a lead sent now, by attribution model", models)


def _row(line: Line) -> Row:
    why = "; ".join(map(str, line.why))
    if not line.value:
        return line.name, why
    because = ": ".join(filter(None, (line.rule, why)))
    value = f"{line.channel}: {line.value}" if line.channel else line.value
    return line.name, f"{value} ({because})" if because else value


def _kept(line: Line) -> Row:
    name, text = _row(line)
    return name, f"= {text}" if line.value else text


def _model(one: ModelLine) -> Iterator[Row]:
    used = "the capture's model; " if one.used else ""
    yield one.model, used + one.reason
    for name, value in one.metadata.items():
        yield "", f"{name} = {value}"
    if not one.metadata:
        yield "", "no metadata: this touch has no parameters"


def _section(heading: str, rows: Iterable[Row]) -> Iterator[str]:
    """Write rows below a heading, the second column aligned where the first is no longer."""
    found = list(rows)
    yield from ("", heading)
    width = min(max((len(name) for name, _ in found), default=0), 28)
    for name, text in found or [("none", "")]:
        yield f"  {name:{width}}  {text}".rstrip()
