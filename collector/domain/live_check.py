"""A live check: its evidence and settings become a checklist, each step with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from collector.domain.live_check_faults import FAULTS, Fault, Level
from collector.domain.live_check_scene import Scene

Verdict = Literal["done", "note", "problem", "wait", "skip"]
"""`note`: it works, and there is something to know; `skip`: nobody asked for it."""

Facts = Mapping[str, str]
NO_FACTS: Final[Facts] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that is wrong or worth knowing: a word of `FAULTS`, its facts, what to paste."""

    code: str
    level: Level
    facts: Facts = field(default_factory=dict)
    paste: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One step of the checklist."""

    step: str
    verdict: Verdict
    facts: Facts = field(default_factory=dict)
    found: Sequence[Found] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is awaited here."""
        return self.verdict in ("done", "note", "skip")


@dataclass(frozen=True, slots=True)
class Step:
    """A step: when it is done, what it shows then, when it does not apply."""

    name: str
    done: Callable[[Scene], bool]
    facts: Callable[[Scene], Facts] = lambda _: NO_FACTS
    skipped: Callable[[Scene], bool] = lambda _: False


def _named(**facts: str | None) -> Facts:
    return {name: value for name, value in facts.items() if value}


STEPS: Final = (
    Step(
        "script",
        done=lambda scene: bool(scene.seen),
        facts=lambda scene: _named(page=scene.first_url),
    ),
    Step(
        "parameters",
        done=lambda scene: bool(scene.arrived),
        facts=lambda scene: _named(names=", ".join(scene.arrived)),
        skipped=lambda scene: not scene.click_id,
    ),
    Step(
        "click_id",
        done=lambda scene: scene.arrived.get("gclid") == scene.click_id,
        facts=lambda scene: _named(arrived=scene.arrived.get("gclid")),
        skipped=lambda scene: not scene.click_id,
    ),
    Step(
        "consent",
        done=lambda scene: scene.consent.startswith("granted") or scene.consent == "unknown:none",
        facts=lambda scene: _named(consent=scene.consent),
    ),
    Step(
        "cookie",
        done=lambda scene: any(view.kept for view in scene.views),
    ),
    Step(
        "next_page",
        done=lambda scene: any(view.came == "valid" for view in scene.later) or scene.lead_brought,
        facts=lambda scene: _named(page=scene.later_url),
    ),
    Step(
        "analytics",
        done=lambda scene: bool(scene.client_id) or any(page.ga for page in scene.pages),
        facts=lambda scene: _named(client_id=scene.client_id),
    ),
    Step(
        "form",
        done=lambda scene: bool(scene.taken_forms) or scene.lead is not None,
        facts=lambda scene: _named(form=scene.form_title),
    ),
    Step(
        "lead",
        done=lambda scene: scene.lead is not None,
        facts=lambda scene: _named(received_gclid=scene.lead_click_id),
    ),
    Step(
        "forwarded",
        done=lambda scene: scene.delivery is not None and scene.delivery.tried,
        facts=lambda scene: _named(destination=scene.destination),
        skipped=lambda scene: scene.destination is None,
    ),
    Step(
        "answer",
        done=lambda scene: scene.delivery is not None and scene.delivery.state == "delivered",
        facts=lambda scene: scene.delivery.facts if scene.delivery else NO_FACTS,
        skipped=lambda scene: scene.destination is None,
    ),
)


def checklist(scene: Scene) -> list[Item]:
    """Judge every step by the evidence."""
    return [_judge(step, scene) for step in STEPS]


def _judge(step: Step, scene: Scene) -> Item:
    if step.skipped(scene):
        return Item(step=step.name, verdict="skip")
    found = [one for fault in FAULTS if fault.step == step.name for one in _find(fault, scene)]
    done = step.done(scene)
    return Item(
        step=step.name,
        verdict=_verdict(found, done=done),
        facts=step.facts(scene) if done else NO_FACTS,
        found=found,
    )


def _find(fault: Fault, scene: Scene) -> Sequence[Found]:
    facts = fault.applies(scene)
    if facts is None:
        return ()
    given = {name: value for name, value in facts.items() if value}
    paste = fault.paste(scene) if fault.paste else ""
    return (Found(code=fault.code, level=fault.level, facts=given, paste=paste),)


def _verdict(found: Sequence[Found], *, done: bool) -> Verdict:
    if any(one.level == "problem" for one in found):
        return "problem"
    if not done:
        return "wait"
    return "note" if found else "done"
