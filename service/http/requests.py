"""Each request has a name, which its logs and the work that follows from it carry, and a time."""

import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from service.http.middleware import HttpMiddleware
from service.http.request_times import RequestTimes
from service.logs import begin_request

REQUEST_ID_HEADER = "X-Request-ID"
LOG = structlog.stdlib.get_logger("passerelle.requests")
QUIET = ("/healthz", "/readyz", "/metrics", "/static")


class NamedRequests(HttpMiddleware):
    """ASGI middleware: names requests, answers with the name, logs and counts them by route.

    Neither addresses nor queries are logged: they can hold what people search for, and secret links.
    """

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name, log and count one request."""
        request_id = begin_request(Headers(scope=scope).get(REQUEST_ID_HEADER))
        begun, status = time.perf_counter(), 500

        async def named_send(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                MutableHeaders(scope=event)[REQUEST_ID_HEADER] = request_id
            await send(event)

        try:
            await self._app(scope, receive, named_send)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "none"
        times: RequestTimes = scope["app"].state.request_times
        times.count(scope["method"], route, status, seconds)
        if not route.startswith(QUIET):
            LOG.info("request", method=scope["method"], route=route, status=status, seconds=round(seconds, 4))
