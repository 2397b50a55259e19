"""A capture's page: how it stands, what its set-up lacks, its tags, and what may be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from collector.domain.capture import ATTRIBUTION_MODELS, CAPTURE_KINDS, Capture
from collector.domain.capture_changes import change_capture, differences
from collector.domain.errors import CollectorError, UnknownPath
from collector.domain.event import EVENT_TYPES
from collector.domain.parameters import PARAMETERS
from collector.domain.way import checked_page, form_tag, script_tag
from collector.storage.captures import ChangeCapture, ResumeCapture, destinations_of
from collector.storage.lead_types import ApplyLeadType, list_lead_types
from collector.storage.preview import capture_problems
from collector.web.answer import Answer
from collector.web.console.captures import (
    chosen,
    find_capture,
    given_settings,
    stage_now,
    twins_of,
)
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit

SETTINGS = (
    *("name", "kind", "origins", "redirect", "event_type", "event_name"),
    *("attribution_model", "utm_keyword_from", "derive_utm", "refuse_other_origins"),
)


class CapturePage(ConsoleEndpoint):
    """`/console/captures/{capture}`."""

    async def show(self, visit: Visit) -> Answer:
        """Show one. Raises UnknownCapture."""
        return await capture_page(visit, await find_capture(visit))


async def capture_page(visit: Visit, capture: Capture, **values: Any) -> Answer:
    """Render a capture's page; `check` and `said` are what came of a deed."""
    read = visit.services.store.read
    stage, history = await stage_now(visit, capture)
    linked = await read(destinations_of, capture.source_id)
    seen = [one for one, _ in await destinations_seen(visit) if one.id in linked]
    shown: dict[str, Any] = {"check": None, "said": None, "count": 0, "error": None, **values}
    return visit.page(
        "capture",
        capture=capture,
        stage=stage,
        history=history,
        problems=await read(capture_problems, capture),
        twins=twins_of(capture),
        destinations=seen,
        script=script_tag(visit.public, capture.source_id),
        form=form_tag(visit.public, capture.source_id),
        **shown,
    )


class CaptureSettings(ConsoleEndpoint):
    """`/console/captures/{capture}/settings`.

    The form carries what it was filled from: only what the person changed in it is written, and
    what somebody else changed to something else meanwhile is not, until the person has seen it.
    """

    methods = ("GET", "HEAD", "POST")
    sees = "editor"

    async def show(self, visit: Visit) -> Answer:
        """Show what may be set. Raises UnknownCapture."""
        capture = await find_capture(visit)
        return await _form(visit, capture, _shown(capture))

    async def act(self, visit: Visit) -> Answer:
        """Change it, as a whole or not at all. Raises UnknownCapture."""
        capture = await find_capture(visit)
        said = {name: visit.said(name) for name in (*SETTINGS, "lead_type")}
        typed = [name for name in said if not _same(said[name], visit.said(f"was-{name}"))]
        clashes = [name for name in typed if _clashes(visit, name, _shown(capture)[name])]
        if clashes:
            return await _form(visit, capture, said, clashes=clashes)
        try:
            await _change(visit, capture, typed)
        except CollectorError as error:
            return await _form(visit, capture, said, error=error)
        return visit.redirect(f"/captures/{capture.source_id}")


def _shown(capture: Capture) -> dict[str, str]:
    """Write the settings as the form holds them."""
    values = {name: getattr(capture, name) for name in SETTINGS}
    values |= {"origins": "\n".join(capture.origins), "lead_type": capture.lead_type_name}
    return {name: "on" if one is True else one or "" for name, one in values.items()}


def _same(one: str, other: str) -> bool:
    """Compare by words: a browser writes the ends of lines in its own way."""
    return one.split() == other.split()


def _clashes(visit: Visit, name: str, saved: str) -> bool:
    """Whether somebody else has changed what the person changed, and to something else."""
    return not _same(visit.said(f"was-{name}"), saved) and not _same(visit.said(name), saved)


async def _change(visit: Visit, capture: Capture, typed: list[str]) -> None:
    """Write what the person changed. Raises InputError."""
    wanted = _wanted(visit)
    after = change_capture(capture, {name: wanted[name] for name in typed if name in wanted})
    if changes := differences(capture, after):
        write = ChangeCapture(
            source_id=capture.source_id,
            changes=changes,
            now=visit.now,
            seen={name: getattr(capture, name) for name in changes},
        )
        await visit.write(write, "capture.change", capture.source_id, changed=sorted(changes))
    if "lead_type" in typed:
        await _apply_lead_type(visit, capture)


def _wanted(visit: Visit) -> dict[str, Any]:
    """Read the form. Raises InputError for what a person cannot have chosen in it."""
    return chosen(
        given_settings(visit, *SETTINGS),
        kind=CAPTURE_KINDS,
        event_type=EVENT_TYPES,
        attribution_model=ATTRIBUTION_MODELS,
    )


async def _apply_lead_type(visit: Visit, capture: Capture) -> None:
    wanted = visit.said("lead_type") or None
    if wanted != capture.lead_type_name:
        write = ApplyLeadType(source_id=capture.source_id, name=wanted)
        await visit.write(write, "capture.lead_type", capture.source_id, lead_type=wanted)


async def _form(
    visit: Visit,
    capture: Capture,
    given: dict[str, str],
    *,
    error: CollectorError | None = None,
    clashes: Sequence[str] = (),
) -> Answer:
    return visit.page(
        "capture_settings",
        status=422 if error or clashes else 200,
        capture=capture,
        given=given,
        saved=_shown(capture),
        error=error,
        clashes=clashes,
        kinds=CAPTURE_KINDS,
        models=ATTRIBUTION_MODELS,
        event_types=EVENT_TYPES,
        lead_types=[one.name for one in await visit.services.store.read(list_lead_types)],
        parameters=[one.name for one in PARAMETERS if not one.names_person],
    )


class CaptureDeed(ConsoleEndpoint):
    """`/console/captures/{capture}/{deed}`: pause, resume, archive, a check code."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Do it. Raises UnknownCapture, UnknownPath."""
        capture = await find_capture(visit)
        deed = visit.path["deed"]
        if deed not in _DEEDS:
            raise UnknownPath("nothing lives at this address")
        values = await _DEEDS[deed](visit, capture)
        return await capture_page(visit, await find_capture(visit), **values)


async def _pause(visit: Visit, capture: Capture) -> dict[str, Any]:
    return await _put(visit, capture, "capture.pause", "paused")


async def _archive(visit: Visit, capture: Capture) -> dict[str, Any]:
    """Retire it; from the form that says what that means."""
    return await _put(visit, capture, "capture.archive", "archived")


async def _put(visit: Visit, capture: Capture, deed: str, state: str) -> dict[str, Any]:
    write = ChangeCapture(source_id=capture.source_id, changes={"state": state}, now=visit.now)
    await visit.write(write, deed, capture.source_id)
    return {"said": state}


async def _resume(visit: Visit, capture: Capture) -> dict[str, Any]:
    write = ResumeCapture(source_id=capture.source_id, now=visit.now)
    count = await visit.write(write, "capture.resume", capture.source_id)
    return {"said": "active", "count": count}


async def _check(visit: Visit, capture: Capture) -> dict[str, Any]:
    codes = visit.services.intake.check_codes
    code, expires_at = codes.make(capture.source_id, visit.now)
    page = checked_page(capture, code)
    return {"check": {"code": code, "page": page, "expires_at": expires_at}}


Deed = Callable[[Visit, Capture], Awaitable[dict[str, Any]]]
_DEEDS: dict[str, Deed] = {
    "pause": _pause,
    "resume": _resume,
    "archive": _archive,
    "check": _check,
}
