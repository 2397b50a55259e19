"""What would make the benchmark lie: counts, directions, pairs, and what it prints."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest

from collector.domain.capture import Capture
from collector.storage.captures import CreateCapture
from collector.storage.events import EventFilter, newest_events
from collector.storage.store import open_store
from tests.installation import SOURCE, new_capture
from tests.sink import serving
from tools.bench import measure
from tools.benchmarks.page import evaluation_us
from tools.benchmarks.processes import Effort
from tools.benchmarks.programs import sink as counting
from tools.benchmarks.programs.bare_writers import bare_writer
from tools.benchmarks.programs.load import Sender, generate
from tools.benchmarks.programs.store_events import OurWriter, numbered, store_for, template
from tools.benchmarks.programs.watched_server import BEAT_S, Heartbeat
from tools.benchmarks.ratio import median_ratio
from tools.benchmarks.requests import request
from tools.benchmarks.rows import ROWS, Row, chosen, judged
from tools.benchmarks.tables import as_markdown, cells

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = ["path", "ratio", "budget", "stretch", "met"]


def row(**changes: Any) -> Row:
    values: dict[str, Any] = {"path": "a path", "measure": lambda _: 1.0, "budget": 2.0}
    return Row(**{**values, **changes})


@pytest.mark.parametrize(
    ("measured", "at_least", "met"),
    [
        pytest.param(1.9, False, True, id="less than it may cost"),
        pytest.param(2.1, False, False, id="more than it may cost"),
        pytest.param(2.1, True, True, id="more than it must do"),
        pytest.param(1.9, True, False, id="less than it must do"),
        pytest.param(2.0, False, True, id="exactly what it may cost"),
        pytest.param(2.0, True, True, id="exactly what it must do"),
    ],
)
def test_a_budget_has_a_direction(measured: float, at_least: bool, met: bool) -> None:
    assert judged(row(at_least=at_least), measured)["met"] is met


def test_only_what_is_counted_by_the_second_is_better_when_higher() -> None:
    assert [one.path for one in ROWS if one.at_least] == [
        one.path for one in ROWS if "/s" in one.path and one.unit == "x"
    ]


@pytest.mark.parametrize("one", [one for one in ROWS if one.stretch], ids=lambda one: one.path)
def test_who_reaches_the_stretch_meets_the_budget_and_not_the_other_way(one: Row) -> None:
    assert one.stretch is not None
    assert one.meets(one.stretch, one.budget)
    assert not one.meets(one.budget, one.stretch)


def test_each_row_prints_the_five_members() -> None:
    assert list(judged(row(), 1.234)) == MEMBERS
    assert judged(row(), 1.234) == dict(
        zip(MEMBERS, ("a path", 1.23, 2.0, None, True), strict=True)
    )


def test_rows_are_chosen_by_path_and_a_strange_one_is_told() -> None:
    assert chosen(ROWS, []) == [one for one in ROWS if not one.only_asked]
    assert [one.path for one in chosen(ROWS, ["GET /t.js"])] == ["GET /t.js"]
    with pytest.raises(ValueError, match=r"no row POST /x; there are: POST /t, "):
        chosen(ROWS, ["POST /x"])


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "bench.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_json_is_all_that_stands_on_standard_output() -> None:
    printed = bench("--json", "--only", "/t.js bytes")
    (found,) = json.loads(printed.stdout)["rows"]
    assert list(found) == MEMBERS
    assert found["path"] == "/t.js bytes"


def test_a_row_that_cannot_be_measured_is_told_and_takes_no_other_row_with_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_: Effort) -> float:
        raise SystemExit("nothing was delivered")

    rows = [row(path="broken", measure=broken), row(path="fine")]
    found = list(measure(rows, Effort(rounds=1, seconds=0.1)))
    assert [(one.path, value) for one, value in found] == [("fine", 1.0)]
    assert "broken: not measured: nothing was delivered" in capsys.readouterr().err


@pytest.mark.long
def test_every_row_can_be_measured() -> None:
    printed = bench("--json", "--rounds", "1", "--seconds", "0.3")
    assert (printed.returncode, len(json.loads(printed.stdout)["rows"])) == (
        0,
        len(chosen(ROWS, [])),
    ), printed.stderr


def test_a_path_that_is_none_is_wrong_use() -> None:
    refused = bench("--only", "nothing")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no row nothing" in refused.stderr


def test_the_page_shows_every_row_with_the_budget_it_has_now() -> None:
    page = (ROOT / "docs" / "performance.md").read_text().splitlines()
    shown = {
        cell[0].strip(): [part.strip() for part in cell[2:4]]
        for line in page
        if len(cell := line.strip("|").split("|")) >= 5
    }
    for one in chosen(ROWS, []):
        _, _, budget, stretch, _ = cells(one, judged(one, 1.0))
        assert shown.get(one.path) == [budget, stretch], one.path
    assert as_markdown([cells(row(), judged(row(), 1.0))]).splitlines()[2] == (
        "| a path | 1 x | at most 2 | - | yes |"
    )


def test_a_ratio_is_the_median_of_pairs_and_the_first_place_alternates() -> None:
    order = []

    def measure(name: str, values: Iterator[float]) -> float:
        order.append(name)
        return next(values)

    ours, bare = iter([10.0, 3.0, 4.0]), iter([1.0, 1.0, 2.0])
    ratio = median_ratio(lambda: measure("o", ours), lambda: measure("b", bare), 3)
    assert ratio == 3.0
    assert "".join(order) == "obboob"


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answer requests with these bytes in turn, and keep what they said."""
    bodies: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for whole in cycle(answers):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            bodies.append(await reader.readexactly(length))
            writer.write(whole)

    async with serving(handle) as port:
        yield port, bodies


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 429 Slow\r\nContent-Length: 2\r\n\r\nno"


class Written(asyncio.Transport):
    """A transport that keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))


def test_the_load_generator_counts_an_answer_once_it_is_whole_and_only_then_asks_again() -> None:
    written = Written()
    sender = Sender(b"{number:012}", count(1), asyncio.Event())
    sender.connection_made(written)
    sender.data_received(FINE[:20])
    sender.data_received(FINE[20:-1])
    assert (sender.done, len(written.pieces)) == (0, 1)
    sender.data_received(FINE[-1:])
    assert (sender.done, sender.bad) == (1, 0)
    assert written.pieces == [b"%012d" % 1, b"%012d" % 2]


async def test_the_load_generator_counts_whole_answers_and_no_request_twice() -> None:
    sent = request("POST", "/t", b"number={number:012}")
    async with answering(FINE) as (port, bodies):
        done, bad = await generate(port, 0.1, 3, sent, start=70)
    assert bad == 0
    assert 0 < done <= len(bodies) <= done + 3
    assert min(bodies) == b"number=%012d" % 70
    assert len(set(bodies)) == len(bodies)


async def test_the_load_generator_tells_refusals_from_answers() -> None:
    async with answering(FINE, REFUSED) as (port, _):
        done, bad = await generate(port, 0.1, 1, request("POST", "/t", b"x"))
    assert done // 2 == bad > 0


async def test_the_sink_counts_what_comes_in_pieces_and_what_comes_at_once() -> None:
    written = Written()
    sink = counting.Sink()
    connection = counting.Connection(sink)
    connection.connection_made(written)
    post = request("POST", "/hook", b"first")
    connection.data_received(post[:-3])
    assert (sink.count, written.pieces) == (0, [])
    connection.data_received(post[-3:] + request("POST", "/hook", b"second"))
    assert (sink.count, sink.last, len(written.pieces)) == (2, b"second", 2)
    connection.data_received(request("GET", "/count"))
    assert written.pieces[-1].endswith(b"\r\n\r\n2")
    assert sink.count == 2


async def make_store(url: str, *captures: Capture) -> None:
    store = await open_store(url)
    for capture in captures:
        await store.write(CreateCapture(capture=capture))
    await store.close()


@pytest.mark.parametrize("make", [OurWriter, bare_writer], ids=["ours", "bare"])
async def test_both_writers_store_exactly_what_they_acknowledge(make: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'collector.db'}"
    await make_store(url, new_capture())
    rows = (numbered(template(SOURCE), number) for number in range(10**6))
    async with make(url) as save:
        slice_ = await store_for(save, rows, 0.05, 4)
    store = await open_store(url)
    stored = await store.read(newest_events, EventFilter(), 10**6)
    await store.close()
    assert len(stored) == slice_.acknowledged > 0


def test_a_heartbeat_blames_the_loop_for_no_wait_for_a_core() -> None:
    heart = Heartbeat()
    heart.note(0.050, waited_s=0.045)
    assert heart.worst_s == pytest.approx(0.005 - BEAT_S)
    heart.note(0.030, waited_s=0.0)
    heart.note(0.010, waited_s=0.0)
    assert heart.worst_s == pytest.approx(0.030 - BEAT_S)


def evaluate(url: str, tdur: int) -> dict[str, Any]:
    return {"name": "EvaluateScript", "args": {"data": {"url": url}}, "tdur": tdur, "dur": 9000}


def test_an_evaluation_is_the_thread_time_of_the_script_that_is_meant() -> None:
    other = [evaluate("http://x/other.js", 7), {"name": "FunctionCall", "args": {}}]
    assert evaluation_us([*other, evaluate("http://x/t.js", 1500)], "/t.js") == 1500
    with pytest.raises(ValueError, match="unpack"):
        evaluation_us(other, "/t.js")
