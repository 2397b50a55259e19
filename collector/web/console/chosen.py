"""What is done to the chosen rows of a list: to each by itself, and what was not done is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from collector.domain.errors import InputError, UnknownDelivery, UnknownEvent
from collector.storage.leads import PAGE
from collector.web.console.visit import Visit

Id = TypeVar("Id")
Row = TypeVar("Row")

GONE = "it is not there, or no more"
"""Said alike of what never was and of what is not the person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A row that nothing was done to; its name is empty where the person may not know it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many rows it was done to, and the others."""

    done: int
    undone: Sequence[Undone]

    @property
    def status(self) -> int:
        """Give the status of a page that tells it."""
        return 422 if self.undone and not self.done else 200


async def do_to_each(
    visit: Visit,
    ids: Sequence[Id],
    find: Callable[[Visit, Id], Awaitable[tuple[str, Row]]],
    deed: Callable[[Visit, Row], Awaitable[None]],
) -> Outcome:
    """Find each row with its name, among those of the person, and do it. Raises InputError."""
    if len(ids) > PAGE:
        raise InputError(f"at most {PAGE} rows are changed at once")
    undone = []
    wanted = list(dict.fromkeys(ids))
    for one in wanted:
        name = ""
        try:
            name, row = await find(visit, one)
            await deed(visit, row)
        except (UnknownEvent, UnknownDelivery):
            undone.append(Undone(name=name, why=GONE))
        except InputError as error:
            undone.append(Undone(name=name, why=str(error)))
    return Outcome(done=len(wanted) - len(undone), undone=undone)
