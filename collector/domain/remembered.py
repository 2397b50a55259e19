"""Answers about texts that come again, remembered within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

Text = TypeVar("Text", bound=Sized)
More = ParamSpec("More")
Told = TypeVar("Told")


def remembered(
    *, most: int, longest: int
) -> Callable[[Callable[Concatenate[Text, More], Told]], Callable[Concatenate[Text, More], Told]]:
    """Remember what a pure function told about the last `most` texts, its first argument.

    A text longer than `longest` is worked out each time: what strangers send fills no memory.
    """

    def remember(
        work: Callable[Concatenate[Text, More], Told],
    ) -> Callable[Concatenate[Text, More], Told]:
        known: Callable[..., Told] = lru_cache(maxsize=most)(work)

        @wraps(work)
        def tell(text: Text, *more: More.args, **named: More.kwargs) -> Told:
            return (known if len(text) <= longest else work)(text, *more, **named)

        return tell  # type: ignore[return-value]  # mypy: the wrapped text has a name

    return remember
