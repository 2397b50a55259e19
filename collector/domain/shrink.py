"""Making an attribution smaller, step by step, the least valuable first, until it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from collector.domain.attribution import Attribution, by_worth
from collector.domain.event import METADATA_KEYS
from collector.domain.sites import split_url
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.touch import Touch

_LONGEST_VALUE = 255


def shrink(attribution: Attribution, tables: Tables = SHIPPED_TABLES) -> Iterator[Attribution]:
    """Yield ever smaller versions; each gives up what the last one held of least value.

    Order: touches between, landing pages' queries, referrers' paths, values that are no click ids
    (cut at 255 characters, then dropped), landing pages' paths, whole click ids, everything.
    """
    ids = tables.parameters.click_ids
    for touch in reversed(by_worth(attribution.touches[1:-1], tables)):
        kept = tuple(other for other in attribution.touches if other is not touch)
        attribution = replace(attribution, touches=kept)
        yield attribution
    for step in (_without_query, _without_referrer_path, partial(_with_cut_values, ids=ids)):
        attribution = _on_each_touch(attribution, step)
        yield attribution
    campaign_values, click_ids = _least_valuable(attribution, ids)
    for index, name in campaign_values:
        attribution = _without_parameter(attribution, index, name, ids)
        yield attribution
    attribution = replace(_on_each_touch(attribution, _without_landing_path), fbc=None)
    yield attribution
    for index, name in click_ids:
        attribution = _without_parameter(attribution, index, name, ids)
        yield attribution
    yield replace(attribution, touches=())


def _on_each_touch(attribution: Attribution, step: Callable[[Touch], Touch]) -> Attribution:
    return replace(attribution, touches=tuple(step(touch) for touch in attribution.touches))


def _without_query(touch: Touch) -> Touch:
    return replace(touch, landing_page=touch.landing_page.partition("?")[0])


def _without_referrer_path(touch: Touch) -> Touch:
    return replace(touch, referrer=_root_of(touch.referrer))


def _with_cut_values(touch: Touch, ids: frozenset[str]) -> Touch:
    cut = {
        name: value if name in ids else value[:_LONGEST_VALUE]
        for name, value in touch.parameters.items()
    }
    return replace(touch, parameters=cut)


def _without_landing_path(touch: Touch) -> Touch:
    return replace(touch, landing_page=_root_of(touch.landing_page))


def _root_of(page: str) -> str:
    url = split_url(page)
    return f"{url.scheme}://{url.authority}/" if url else ""


def _least_valuable(
    attribution: Attribution, ids: frozenset[str]
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Order parameters by what a lead would miss least: no metadata key, first touch, longest.

    Answers other values apart from click ids.
    """
    held = sorted(
        (name in METADATA_KEYS, index, -len(value), name)
        for index, touch in enumerate(attribution.touches)
        for name, value in touch.parameters.items()
    )
    places = [(index, name) for _, index, _, name in held]
    return (
        [place for place in places if place[1] not in ids],
        [place for place in places if place[1] in ids],
    )


def _without_parameter(
    attribution: Attribution, index: int, name: str, ids: frozenset[str]
) -> Attribution:
    """Drop one value whole; of a click id the touch goes on saying that it had one."""
    touches = list(attribution.touches)
    touch = touches[index]
    left = {other: value for other, value in touch.parameters.items() if other != name}
    dropped = (*touch.dropped, name) if name in ids else touch.dropped
    touches[index] = replace(touch, parameters=left, dropped=dropped)
    return replace(attribution, touches=tuple(touches))
