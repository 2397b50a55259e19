"""Logs: one line an entry on stderr, as JSON for machines or as text for a terminal.

What a visitor sent never reaches a log: not at any level, not in a traceback's values.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import msgspec
import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_encode = msgspec.json.Encoder(enc_hook=str).encode
_VISIBLE = {code: repr(chr(code))[1:-1] for code in (*range(32), 127)}
"""Control characters as text: they could forge a line or move the cursor."""
_CHATTY = ("alembic", "uvicorn")


def _encode_entry(entry: Any, **_options: Any) -> bytes:
    return _encode(entry)


def set_up_logs(log_format: str) -> None:
    """Send the logs of this project and of its libraries to stderr in one format."""
    as_json = log_format == "json"
    written: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_encode_entry)]
        if as_json
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    factory = (
        structlog.BytesLoggerFactory(sys.stderr.buffer)
        if as_json
        else structlog.PrintLoggerFactory(sys.stderr)
    )
    structlog.configure(
        processors=[*_SHARED, *written],
        logger_factory=factory,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging()


def _take_over_standard_logging() -> None:
    root = logging.getLogger()
    root.handlers, root.level = [_Handover()], logging.INFO
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Handover(logging.Handler):
    """Hands what libraries log by the standard way to the one that writes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        log = structlog.get_logger()
        text = record.getMessage().translate(_VISIBLE)
        log.log(record.levelno, text, logger=record.name, exc_info=record.exc_info)
