"""What every database must do for campaign links: keep rules, templates and links."""

from __future__ import annotations

import asyncio

import pytest

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules
from collector.domain.link_templates import TEMPLATES
from collector.storage.link_rules import (
    DeleteTemplate,
    SaveLinkRules,
    SaveTemplate,
    find_link_rules,
    read_link_rules,
)
from collector.storage.store import Store

RULES = LinkRules(
    separator="-",
    sources={"google": ("adwords",)},
    own_domains=frozenset({"example.com"}),
)


async def test_rules_are_kept_and_replaced(store: Store) -> None:
    assert await store.read(find_link_rules) is None
    none = await store.read(read_link_rules)
    assert (none.sources, set(none.templates)) == ({}, set(TEMPLATES))
    await asyncio.gather(
        *(store.write(SaveLinkRules(rules=RULES, now=number)) for number in range(4))
    )
    assert await store.read(find_link_rules) == RULES
    await store.write(SaveLinkRules(rules=LinkRules(case="any"), now=9))
    assert await store.read(find_link_rules) == LinkRules(case="any")


async def test_a_template_of_ones_own_stands_instead_of_one_that_comes_along(store: Store) -> None:
    mail, fair = {"utm_source": "mail"}, {"utm_source": "fair"}
    await store.write(SaveTemplate(name="newsletter", values={"utm_source": "x"}, now=1))
    await store.write(SaveTemplate(name="newsletter", values=mail, now=2))
    with_one = LinkRules(templates={"fair": fair})
    await store.write(SaveLinkRules(rules=with_one, now=3))
    templates = (await store.read(read_link_rules)).templates
    assert (templates["newsletter"], templates["fair"]) == (mail, fair)
    await store.write(DeleteTemplate(name="newsletter"))
    templates = (await store.read(read_link_rules)).templates
    assert templates["newsletter"] == dict(TEMPLATES["newsletter"])
    assert templates["fair"] == fair


async def test_what_contradicts_itself_is_not_kept(store: Store) -> None:
    twice = LinkRules(sources={"google": ("ads",), "bing": ("Ads",)})
    with pytest.raises(InputError):
        await store.write(SaveLinkRules(rules=twice, now=1))
    with pytest.raises(InputError):
        await store.write(SaveTemplate(name="Own", values={"utm_source": "x"}, now=1))
    assert await store.read(find_link_rules) is None
