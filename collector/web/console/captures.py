"""Captures: how far each has come, what it lacks; a new one is the first step of its set-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.domain.capture import CAPTURE_KINDS, Capture, missing_twins
from collector.domain.capture_changes import new_capture
from collector.domain.capture_row import capture_row
from collector.domain.errors import InputError, RoleRefused, UnknownCapture
from collector.domain.stage import History, stage_of
from collector.storage.captures import CreateCapture, get_capture, list_captures
from collector.storage.histories import read_histories
from collector.storage.preview import capture_problems
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, twin
from collector.web.console.visit import Visit


class Captures(ConsoleEndpoint):
    """`/console/captures`."""

    async def show(self, visit: Visit) -> Answer:
        """Show the captures of the person, or give them as CSV or JSON."""
        read = visit.services.store.read
        histories = await read(read_histories)
        rows: list[dict[str, Any]] = []
        for one in await read(list_captures):
            if visit.user.may_see(one.source_id):
                history = histories.get(one.source_id, History())
                problems = await read(capture_problems, one)
                last = history.last_event_at
                rows.append(capture_row(one, history, visit.now, problems) | {"last": last})
        if visit.asked("format") in FORMATS:
            given = [{key: row[key] for key in row if key != "last"} for row in rows]
            return twin(visit, given, "captures")
        return visit.page("captures", rows=rows, creates=may_create(visit))


def may_create(visit: Visit) -> bool:
    """Whether the person may make what belongs to no capture yet."""
    return visit.user.is_at_least("editor") and visit.user.source_ids is None


def require_all_captures(visit: Visit) -> None:
    """Let nobody go on who is limited to some captures. Raises RoleRefused."""
    if visit.user.source_ids is not None:
        raise RoleRefused("this needs a user who sees every capture: ask an admin")


async def find_capture(visit: Visit) -> Capture:
    """Find the capture an address names, among those of the person. Raises UnknownCapture."""
    source_id = visit.path["capture"]
    if not visit.user.may_see(source_id):
        raise UnknownCapture(f"there is no capture {source_id}")
    return await visit.services.store.read(get_capture, source_id)


async def stage_now(visit: Visit, capture: Capture) -> tuple[str, History]:
    """Say how far a capture has come, and by what."""
    histories = await visit.services.store.read(read_histories)
    history = histories.get(capture.source_id, History())
    return stage_of(history, visit.now), history


def given_settings(visit: Visit, *names: str) -> dict[str, Any]:
    """Read a form's settings of a capture, by their names; origins stand one a line."""
    given: dict[str, Any] = {name: visit.said(name) for name in names}
    if "origins" in given:
        given["origins"] = [line for line in given["origins"].split() if line]
    for name in ("derive_utm", "refuse_other_origins"):
        if name in given:
            given[name] = given[name] == "on"
    return given


def chosen(given: dict[str, Any], **choices: Sequence[str]) -> dict[str, Any]:
    """Give a form's values back, where each is one of its choices. Raises InputError."""
    for name, known in choices.items():
        if given[name] not in known:
            raise InputError("this is not one of the choices", field=name)
    return given


class NewCapture(ConsoleEndpoint):
    """`/console/captures/new`: Select, the first of four steps."""

    methods = ("GET", "HEAD", "POST")
    sees = "editor"

    async def show(self, visit: Visit) -> Answer:
        """Ask what it is. Raises RoleRefused."""
        require_all_captures(visit)
        blank = {"name": "", "kind": "form", "origins": ""}
        return visit.page("capture_new", given=blank, kinds=CAPTURE_KINDS, error=None)

    async def act(self, visit: Visit) -> Answer:
        """Make it, and go on to Connect. Raises RoleRefused."""
        require_all_captures(visit)
        names = ("name", "kind", "origins")
        try:
            given = chosen(given_settings(visit, *names), kind=CAPTURE_KINDS)
            made = new_capture(given, visit.new_id(), visit.now)
            write = CreateCapture(capture=made)
            await visit.write(write, "capture.create", made.source_id, name=made.name)
        except InputError as error:
            said = {name: visit.said(name) for name in names}
            return visit.page(
                "capture_new", status=422, given=said, kinds=CAPTURE_KINDS, error=error
            )
        return visit.redirect(f"/captures/{made.source_id}/connect")


def twins_of(capture: Capture) -> list[str]:
    """Name the origins that are usually forgotten."""
    return missing_twins(capture.origins) if capture.kind == "form" else []
