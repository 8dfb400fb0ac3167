"""What our ASGI middlewares have in common: they look at HTTP alone."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HttpMiddleware:
    """Passes on everything that is no HTTP; a subclass says what becomes of a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none."""
        answer = self.answer if scope["type"] == "http" else self._app
        await answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; by default as the application does."""
        await self._app(scope, receive, send)
