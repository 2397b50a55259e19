"""`collector link …`: campaign links, built, checked and registered by the naming rules."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from collector.cli.link_input import read_links, read_rules, read_rules_file
from collector.cli.link_registered import forget, list_command, register
from collector.cli.session import Session, now, run
from collector.domain.errors import InputError
from collector.domain.link_build import ORDER, build_link
from collector.domain.link_lint import LintedLink, lint_link
from collector.domain.link_rules import LinkRules
from collector.domain.link_rules_text import render_rules
from collector.domain.spreadsheet import harmless
from collector.storage.audit import Audited, Deed
from collector.storage.link_rules import SaveLinkRules, read_link_rules

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLUMNS = ("link", "code", "severity", "found", "cure", "corrected")


@click.group(
    epilog='\b\nExample:\n  collector link lint "https://www.example.com/?utm_source=X"\n'
)
def link() -> None:
    """Build, check and register campaign links."""


for command in (register, list_command, forget):
    link.add_command(command)


def _rules_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--rules", "rules_file", type=FILE, help="Naming rules, TOML; else as stored."
    )(command)


def _pairs(
    _context: click.Context, option: click.Parameter, given: Sequence[str]
) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if not all(equals and name for name, equals, _ in pairs):
        raise click.BadParameter(f"write --{option.name} name=value")
    return {name: value for name, _, value in pairs}


@link.command(
    epilog="""\b
Examples:
  collector link build https://www.example.com/offer \\
    --source google --medium cpc --campaign "Spring Sale"
  collector link build https://www.example.com/offer --rules links.toml \\
    --template newsletter --set issue=42
"""
)
@click.argument("page")
@_rules_option
@click.option("--template", help="A template of the naming rules.")
@click.option("--set", "blanks", multiple=True, callback=_pairs, help="Fill a blank, name=value.")
@click.option("--source", help="utm_source; and so on.")
@click.option("--medium")
@click.option("--campaign")
@click.option("--term")
@click.option("--content")
@click.option("--id")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def build(
    *,
    page: str,
    rules_file: Path | None,
    template: str | None,
    blanks: dict[str, str],
    as_json: bool,
    **utms: str | None,
) -> None:
    """Print a campaign link, spelt by the naming rules; one with an error is refused."""
    naming = read_rules(rules_file, ())
    values = {name: value for name in ORDER if (value := utms[name])}
    try:
        text = build_link(page, naming, template=template, values=values, blanks=blanks)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    linted = lint_link(text, naming)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(linted), indent=2, ensure_ascii=False))
    else:
        for one in linted.findings:
            click.echo(f"{one.severity}: {one.code}: {one.found}. {one.cure}", err=True)
        click.echo(text)
    sys.exit(1 if linted.has_error else 0)


@link.command(
    epilog="""\b
Examples:
  collector link lint --own-domain example.com "https://www.example.com/?utm_source=Google"
  collector link lint --file ads.csv --rules links.toml --format csv > findings.csv
"""
)
@click.argument("links", nargs=-1)
@click.option("--file", "listed", type=click.File("rb"), help="A list or CSV; - is stdin.")
@click.option("--column", help="The column of links in a CSV; else it is found.")
@_rules_option
@click.option("--own-domain", "own_domains", multiple=True, help="A site of your own; repeats.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
@click.option("--format", "kind", type=click.Choice(["text", "csv"]), default="text")
def lint(*, links: tuple[str, ...], as_json: bool, kind: str, **given: Any) -> None:
    """Say what is wrong with links and how to mend it; ends with 1 if there is an error.

    Links are arguments, a list with one a line, or a CSV; without any, stdin is read.
    """
    naming = read_rules(given["rules_file"], given["own_domains"])
    wanted = list(links)
    if given["listed"] is not None or not wanted:
        wanted += read_links((given["listed"] or sys.stdin.buffer).read(), given["column"])
    with click.progressbar(
        wanted, label="Checking links", file=sys.stderr, update_min_steps=1000
    ) as bar:
        linted = [lint_link(text, naming) for text in bar]
    write = _write_json if as_json else _write_csv if kind == "csv" else _write_text
    write(linted)
    sys.exit(1 if any(one.has_error for one in linted) else 0)


@link.command(
    epilog="""\b
Examples:
  collector link rules > links.toml
  collector link rules --file links.toml
"""
)
@click.option("--file", "rules_file", type=FILE, help="Keep these rules instead, TOML.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def rules(*, rules_file: Path | None, as_json: bool) -> None:
    """Print the naming rules and templates that are stored, or keep those of a file.

    A file's rules stand instead of those before; its templates beside those before.
    """
    given = read_rules_file(rules_file) if rules_file else None

    async def work(session: Session) -> LinkRules:
        if given is not None:
            write = SaveLinkRules(rules=given, now=now())
            deed = Deed(at=write.now, user_email=None, deed="link.rules", subject="rules")
            await session.store.write(Audited(write=write, deed=deed))
        return await session.store.read(read_link_rules)

    found = run(work)
    click.echo(to_json(found) if as_json else render_rules(found))


def to_json(value: Any) -> str:
    """Write a value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def _write_json(linted: list[LintedLink]) -> None:
    click.echo(to_json(linted))


def _write_csv(linted: list[LintedLink]) -> None:
    """Write one row for each finding."""
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    for one in linted:
        for found in one.findings:
            row = (one.link, *msgspec.structs.astuple(found), one.corrected)
            out.writerow(map(harmless, row))


def _write_text(linted: list[LintedLink]) -> None:
    lines = [line for one in linted for line in _lines(one)]
    if lines:
        click.echo("\n".join(lines))
    wrong = sum(bool(one.findings) for one in linted)
    click.echo(f"{len(linted)} links, {wrong} with findings", err=True)


def _lines(one: LintedLink) -> list[str]:
    if not one.findings:
        return []
    lines = [one.link]
    lines += (f"  {f.severity:8} {f.code}: {f.found}. {f.cure}" for f in one.findings)
    return [*lines, *([f"  {'mended':8} {one.corrected}"] if one.corrected else []), ""]
