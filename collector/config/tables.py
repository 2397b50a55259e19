"""How an installation writes rows of its own for the tables that attribution goes by."""

from __future__ import annotations

import re

from collector.config.notation import Notation, split_list
from collector.domain.parameters import Parameter
from collector.domain.sites import split_url

_NAME = re.compile(r"[\w.~-]{1,64}", re.ASCII)
_CLICK = re.compile(r"click(?::([^:/]+)/([^:/]+)(?::([^:/]+))?)?")


def _parameters(text: str) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for item in split_list(text):
        parameter = _parameter(item)
        if found.setdefault(parameter.name.lower(), parameter) is not parameter:
            raise ValueError(f"names {parameter.name} twice")
    return tuple(found.values())


def _parameter(item: str) -> Parameter:
    """Read `name`, `name=campaign`, `name=person` or `name=click:source/medium:network`."""
    name, _, kind = (part.strip() for part in item.partition("="))
    if not _NAME.fullmatch(name):
        raise ValueError(f"holds {name!r}, which is no name of letters, digits and . _ ~ -")
    if kind in ("", "campaign", "person"):
        return Parameter(name, names_person=kind == "person")
    match = _CLICK.fullmatch(kind)
    if match is None:
        raise ValueError(f"gives {name} the kind {kind!r}, which is none")
    source, medium, network = (part.strip() for part in match.groups(""))
    return Parameter(name, network or source, source, medium, click_id=True)


def _render_parameters(parameters: tuple[Parameter, ...]) -> list[str]:
    return [f"{row.name}={_kind(row)}" for row in parameters]


def _kind(row: Parameter) -> str:
    if not row.click_id:
        return "person" if row.names_person else "campaign"
    network = "" if row.network == row.source else f":{row.network}"
    return f"click:{row.source}/{row.medium}{network}" if row.source else "click"


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_host(item) for item in split_list(text)))


def _host(item: str) -> str:
    url = split_url(f"https://{item}/")
    if url is None or url.path != "/" or url.port or url.query or url.fragment or "@" in item:
        raise ValueError(f"holds {item!r}, which is no host name")
    if "." not in url.host:
        raise ValueError(f"holds {item!r}, which has no dot: it would stand for every host in it")
    return url.host


PARAMETERS = Notation(
    wanted="names, separated by commas, each alone, with =person, or with "
    "=click:source/medium such as zanpid=click:awin/affiliate",
    parse=_parameters,
    render=_render_parameters,
    absent=(),
)

SILENT_HOSTS = Notation(
    wanted="host names such as pay.example.com, separated by commas; their subdomains count too",
    parse=_hosts,
    render=list,
    absent=(),
)
