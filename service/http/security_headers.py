"""What every answer says to browsers and caches, whatever its route: nothing is guessed, framed, sent on or kept by others."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from service.http.middleware import HttpMiddleware

NOTHING_LOADED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of what is no page."""
ONE_YEAR = 31_536_000
PRIVATE = "private, no-store"
PUBLIC = "no-cache"
"""May be kept, but is asked for again each time: an ETag answers that."""


class SecurityHeaders(HttpMiddleware):
    """ASGI middleware: adds what an answer does not say itself.

    What is answered to a token, and what changes anything, is private and kept nowhere.
    """

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Complete the headers of the answer."""

        async def guarded_send(event: Message) -> None:
            if event["type"] == "http.response.start":
                _complete(MutableHeaders(scope=event), scope, event["status"])
            await send(event)

        await self._app(scope, receive, guarded_send)


def _complete(headers: MutableHeaders, scope: Scope, status: int) -> None:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Content-Security-Policy", NOTHING_LOADED)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if urlsplit(scope["app"].state.settings.public_url).scheme == "https":
        headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
    known = "authorization" in Headers(scope=scope)
    if known or scope["method"] not in ("GET", "HEAD") or status >= 400:
        headers["Cache-Control"] = PRIVATE
    else:
        headers.setdefault("Cache-Control", PUBLIC)
    if not scope["path"].startswith("/static/"):
        headers.add_vary_header("Authorization")
        headers.add_vary_header("Accept-Language")
