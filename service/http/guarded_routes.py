"""Routes that look at what arrives before anything is made of it: how large it is, and whether a database can keep it.

Every router of the service is a :class:`GuardedRouter`, so that no route needs to see to it by itself.
"""

import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile

from schemas.document_limits import excess_of_json
from schemas.inputs import UNSTORABLE, pointer_step, storable, unstorable_at
from service.errors import Invalid, Problem, UnreadableBody


class GuardedRequest(Request):
    """A request whose body is measured before it is parsed, and holds only text that can be stored."""

    async def json(self) -> Any:
        """The body as JSON; raises ``UnreadableBody`` for too much of it, ``ValueError`` for what is no JSON in UTF-8."""
        if not hasattr(self, "_json"):
            text = (await self.body()).decode("utf-8-sig")
            if excess := excess_of_json(text):
                raise UnreadableBody(Invalid.at("", excess))
            self._json = json.loads(text)
            if (pointer := unstorable_at(self._json)) is not None:
                raise UnreadableBody(unstorable(pointer))
        return self._json

    async def _get_form(self, **limits: Any) -> FormData:
        form = await super()._get_form(**limits)
        for name, value in form.multi_items():
            text = value.filename if isinstance(value, UploadFile) else value
            if not storable(name) or not storable(text):
                await form.close()
                raise UnreadableBody(unstorable(f"/{pointer_step(name)}"))
        return form


class GuardedRoute(APIRoute):
    """A route that refuses path, query and headers with text that no database can keep, and hands on a guarded request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, behind the guard."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            for part, values in _texts(request):
                for name, value in values:
                    if "\x00" in value if part == "header" else not storable(value):
                        raise unstorable(f"/{part}/{pointer_step(name)}")
            return await answer(GuardedRequest(request.scope, request.receive, request._send))

        return guarded


class GuardedRouter(APIRouter):
    """A router all of whose routes are guarded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=GuardedRoute, **options)


def _texts(request: Request) -> Iterable[tuple[str, Iterable[tuple[str, str]]]]:
    yield "path", request.path_params.items()
    yield "query", request.query_params.multi_items()
    yield "header", request.headers.items()


def unstorable(pointer: str) -> Problem:
    """The refusal of a text that no database can keep."""
    return Invalid.at(pointer, UNSTORABLE)
