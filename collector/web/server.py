"""Uvicorn that ends by a signal as by a wish: what is under way is finished, the status is 0."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Server(uvicorn.Server):
    """A server that ends when it is told to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; told once more it goes on to finish, for which there is a time limit."""
        del sig, frame
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals as a wish to end; uvicorn's own way raises them again afterwards."""
        before = {sign: signal.signal(sign, self.handle_exit) for sign in _SIGNALS}
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)
