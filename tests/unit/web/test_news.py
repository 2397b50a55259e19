from __future__ import annotations

import asyncio

from collector.web.news import News

LONG_S = 3_600
SOON_S = 10


async def test_everybody_who_waits_is_woken_at_once() -> None:
    news = News()
    woken: list[str] = []
    news.wakes(lambda: woken.append("worker"))
    waiting = [asyncio.create_task(news.after(news.count, LONG_S)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    news.tell()
    async with asyncio.timeout(SOON_S):
        await asyncio.gather(*waiting)
    assert woken == ["worker"]


async def test_what_was_told_during_a_look_is_not_waited_for() -> None:
    news = News()
    before = news.count
    news.tell()
    async with asyncio.timeout(SOON_S):
        await news.after(before, LONG_S)
    again = asyncio.create_task(news.after(news.count, LONG_S))
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_without_news_it_goes_on_after_a_while() -> None:
    news = News()
    async with asyncio.timeout(SOON_S):
        await news.after(news.count, 0.01)
