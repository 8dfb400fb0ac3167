"""Bodies over the limit: FastAPI refuses them before any handler runs; this puts its refusal into our form."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from service.errors import http_problem
from service.http.middleware import HttpMiddleware

TOO_LARGE = 413


class LargeBodyProblems(HttpMiddleware):
    """ASGI middleware: answers with a problem document where a body was refused as too large."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on every other answer untouched."""
        refused = False

        async def watched_send(event: Message) -> None:
            nonlocal refused
            if event["type"] == "http.response.start" and event["status"] == TOO_LARGE:
                refused = Headers(raw=event["headers"]).get("content-type", "").startswith("text/plain")
            if not refused:
                await send(event)

        await self._app(scope, receive, watched_send)
        if refused:
            await http_problem(Request(scope), TOO_LARGE)(scope, receive, send)
