"""Bodies that never come to their end: whoever sends one does not keep a connection, and what serves it, for ever."""

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from service.http.middleware import HttpMiddleware

PIECE_SECONDS = 30.0
"""How long the next piece of a body may take."""
WHOLE_SECONDS = 900.0
"""How long a body may take as a whole: 200 megabytes over two megabits a second."""
REQUEST_TIMEOUT = 408


class SlowBodies(HttpMiddleware):
    """ASGI middleware: answers with 408 where a body stops coming."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for each piece of the body for so long, and no longer."""
        end = time.monotonic() + WHOLE_SECONDS
        complete = False

        async def patient_receive() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout(min(PIECE_SECONDS, end - time.monotonic())):
                    event = await receive()
            except TimeoutError:
                raise HTTPException(REQUEST_TIMEOUT, headers={"Connection": "close"}) from None
            complete = event["type"] != "http.request" or not event.get("more_body", False)
            return event

        await self._app(scope, patient_receive, send)
