"""How an installation writes parameters and hosts of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from collector.config import load
from collector.config.notation import Notation
from collector.config.tables import PARAMETERS, SILENT_HOSTS
from collector.domain.errors import SettingsError
from collector.domain.parameters import Parameter

AWIN = Parameter("zanpid", "awin", "awin", "affiliate", click_id=True)
BING = Parameter("bid", "microsoft", "bing", "paid social", click_id=True)

READ: dict[str, tuple[Notation, str, Any]] = {
    "a name alone": (PARAMETERS, "promo", (Parameter("promo"),)),
    "a campaign": (PARAMETERS, "Promo = campaign", (Parameter("Promo"),)),
    "a person": (PARAMETERS, "crm.mail=person", (Parameter("crm.mail", names_person=True),)),
    "a click id": (PARAMETERS, "cid=click", (Parameter("cid", click_id=True),)),
    "one with its source": (PARAMETERS, "zanpid=click:awin/affiliate", (AWIN,)),
    "one with its network": (PARAMETERS, "bid=click:bing / paid social : microsoft", (BING,)),
    "several": (PARAMETERS, "zanpid=click:awin/affiliate,promo,", (AWIN, Parameter("promo"))),
    "a host": (SILENT_HOSTS, "Pay.Example.com", ("pay.example.com",)),
    "hosts, one twice": (SILENT_HOSTS, "a.test, b.test, a.test.", ("a.test", "b.test")),
    "a host in letters of its own": (SILENT_HOSTS, "kasse.müller.de", ("kasse.xn--mller-kva.de",)),
}

REFUSED: dict[str, tuple[Notation, str, str]] = {
    "no name": (PARAMETERS, "=click", "holds '', which is no name"),
    "a name with a bracket": (PARAMETERS, "a[b]", "holds 'a[b]', which is no name"),
    "a name too long": (PARAMETERS, "a" * 65, "which is no name"),
    "a kind that is none": (PARAMETERS, "promo=banner", "gives promo the kind 'banner'"),
    "a source without medium": (
        PARAMETERS,
        "zanpid=click:awin",
        "gives zanpid the kind 'click:awin'",
    ),
    "an empty source": (PARAMETERS, "zanpid=click:/affiliate", "gives zanpid the kind"),
    "a name twice": (PARAMETERS, "promo,PROMO=person", "names PROMO twice"),
    "only commas": (PARAMETERS, ",", "holds only separators"),
    "an address": (SILENT_HOSTS, "https://pay.example.com", "which is no host name"),
    "a path": (SILENT_HOSTS, "example.com/pay", "which is no host name"),
    "a port": (SILENT_HOSTS, "example.com:8443", "which is no host name"),
    "a user": (SILENT_HOSTS, "a@example.com", "which is no host name"),
    "a query": (SILENT_HOSTS, "example.com?a", "which is no host name"),
    "a pattern": (SILENT_HOSTS, "*.example.com", "which is no host name"),
    "a whole top-level domain": (SILENT_HOSTS, "com", "has no dot"),
}


@pytest.mark.parametrize(("kind", "text", "value"), READ.values(), ids=READ)
def test_reads(kind: Notation, text: str, value: Any) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(("kind", "text", "fault"), REFUSED.values(), ids=REFUSED)
def test_refuses(kind: Notation, text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        kind.parse(text)


@pytest.mark.parametrize(("kind", "text", "value"), READ.values(), ids=READ)
def test_what_is_shown_reads_the_same_again(kind: Notation, text: str, value: Any) -> None:
    shown = kind.render(kind.parse(text))
    assert isinstance(shown, list)
    assert kind.parse(",".join(shown)) == value


def test_a_table_of_the_file_says_what_the_environment_says(tmp_path: Path) -> None:
    file = tmp_path / "collector.toml"
    file.write_text(
        'silent_hosts = ["a.test", "b.test"]\n'
        '[parameters]\npromo = "campaign"\nzanpid = "click:awin/affiliate"\n'
    )
    by_file = load({"COLLECTOR_CONFIG": str(file)})
    by_environment = load(
        {
            "COLLECTOR_PARAMETERS": "promo,zanpid=click:awin/affiliate",
            "COLLECTOR_SILENT_HOSTS": "a.test,b.test",
        }
    )
    assert by_file.parameters == by_environment.parameters == (Parameter("promo"), AWIN)
    assert by_file.silent_hosts == by_environment.silent_hosts == ("a.test", "b.test")
    assert by_file.tables().version == by_environment.tables().version


def test_a_fault_names_the_setting_and_the_cure() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"COLLECTOR_PARAMETERS": "zanpid=click:awin", "COLLECTOR_SILENT_HOSTS": "com"})
    text = str(caught.value)
    assert "COLLECTOR_PARAMETERS: 'zanpid=click:awin' gives zanpid the kind" in text
    assert "=click:source/medium such as zanpid=click:awin/affiliate" in text
    assert "COLLECTOR_SILENT_HOSTS: 'com' holds 'com', which has no dot" in text
