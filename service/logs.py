"""Logs: one JSON object a line, with the request that it all began with, and nothing about persons."""

import logging
import re
import sys
from typing import TextIO
from uuid import uuid4

import structlog
from structlog.typing import EventDict, WrappedLogger

REQUEST_ID = "request_id"
ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,100}")
ADDRESS_IN_TEXT = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Everything goes through the standard library, so that whoever runs this decides where it is written.
structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)


def configure_logs(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Have everything that is logged in this process written as JSON, to standard error unless a ``stream`` is given."""
    finish: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _without_addresses,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=finish))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel("WARNING")
    logging.getLogger("passerelle").setLevel(level)


def begin_request(given: str | None) -> str:
    """Remember the request that what follows belongs to: as the caller names it, if that is a sensible name."""
    request_id = given if given and ACCEPTED.fullmatch(given) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{REQUEST_ID: request_id})
    return request_id


def current_request_id() -> str | None:
    """The request that this belongs to, if any."""
    found: str | None = structlog.contextvars.get_contextvars().get(REQUEST_ID)
    return found


def _without_addresses(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """E-mail addresses slip into the texts of errors; they have no place in a log."""
    return {
        key: ADDRESS_IN_TEXT.sub("[address]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
