"""`collector check-site URL`: where a paid click loses its parameters, and what cures it."""

from __future__ import annotations

import asyncio
import json
import sys

import click
import msgspec

from collector.config import from_environment
from collector.delivery.guard import AddressPolicy
from collector.domain.errors import CollectorError
from collector.domain.sites import split_url
from collector.site_check.check import Expected, SiteReport, check_site
from collector.site_check.fetch import Fetcher
from collector.site_check.hops import bare
from collector.site_check.names import resolve

_COOKIE = {
    "path": "first-party, on the page's own host",
    "subdomain": "first-party, on a host of the same site",
    "foreign": "third-party",
}


@click.command(
    "check-site",
    epilog="""\b
Example:
  collector check-site "https://www.example.com/offer?gclid=Cj0&utm_source=google" --json
""",
)
@click.argument("url")
@click.option("--capture", help="The source_id that the page's tag should name.")
@click.option("--own", "own", multiple=True, help="A domain the link should end on; repeats.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def check_site_command(
    *, url: str, capture: str | None, own: tuple[str, ...], as_json: bool
) -> None:
    """Follow an ad's link like a browser and judge its landing page; ends with 1 on an error.

    What the link lacks of click id and UTMs is added. Private addresses are not visited, except
    those of COLLECTOR_ALLOW_DESTINATIONS.
    """
    page = split_url(url)
    if page is None or page.scheme not in {"http", "https"}:
        raise click.UsageError(f"{url!r} is no whole address; begin with https://")
    try:
        settings = from_environment()
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    policy = AddressPolicy(allow=tuple(settings.allow_destinations))
    expected = Expected(capture, frozenset(domain.lower() for domain in own))
    report = asyncio.run(_check(url, policy, expected))
    if as_json:
        click.echo(
            json.dumps(msgspec.to_builtins(report, enc_hook=str), indent=2, ensure_ascii=False)
        )
    else:
        click.echo("\n".join(_lines(report)))
    sys.exit(1 if any(one.severity == "error" for one in report.findings) else 0)


async def _check(url: str, policy: AddressPolicy, expected: Expected) -> SiteReport:
    async with Fetcher(policy) as fetcher:
        return await check_site(url, fetcher, resolve, expected)


def _lines(report: SiteReport) -> list[str]:
    lines = [f"{hop.status or '-':>4} {hop.url}" for hop in report.hops]
    if report.prospect is not None:
        days = "at most 7 days in Safari" if report.prospect.capped else "as long as it is set for"
        days = "blocked by most browsers" if report.prospect.topology == "foreign" else days
        lines.append(f"\ncookie: {_COOKIE[report.prospect.topology]}; lives {days}")
    for found in report.findings:
        lines += [
            "",
            f"{found.severity}: {found.code}: {found.why}",
            f"  at   {bare(found.where)}",
        ]
        if found.cure != "-":
            lines.append(f"  cure {found.cure}")
    return [*lines, "", f"{len(report.findings)} findings"]
