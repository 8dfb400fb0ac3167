"""Structured logs and metrics: a request id on every line, no personal data in any."""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

REQUESTS = Counter("passerelle_http_requests_total", "Requests answered", ["method", "route", "status"])
DURATION = Histogram(
    "passerelle_http_request_seconds",
    "Time to answer a request",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]


def configure_logging(level: str) -> None:
    """JSON lines on standard error, for our own logs and for those of the libraries."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("uvicorn.access", "alembic", "celery.beat", "amqp", "kombu"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class RequestTrace:
    """ASGI middleware: gives each request an id, answers with it, logs and measures the request."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._log = structlog.get_logger("passerelle.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything but HTTP untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or uuid4().hex
        status = 500
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def traced_send(event: MutableMapping[str, Any]) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event.setdefault("headers", []).extend(
                    [(b"x-request-id", request_id.encode()), *SECURITY_HEADERS]
                )
            await send(event)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, traced_send)
        finally:
            self._record(scope, status, time.perf_counter() - begun)
            structlog.contextvars.unbind_contextvars("request_id")

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        REQUESTS.labels(scope["method"], route, str(status)).inc()
        DURATION.labels(scope["method"], route).observe(seconds)
        self._log.info(
            "request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1)
        )


def _given_id(scope: Scope) -> str | None:
    """The caller's own request id, if it is a harmless one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            return text if len(text) <= 64 and text.replace("-", "").isalnum() else None
    return None
