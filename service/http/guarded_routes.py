"""Routes that look at what arrives before anything is made of it: how much of late, how large, and whether it can be kept.

Every router of the service is a :class:`GuardedRouter`, so that no route needs to see to it by itself.
"""

import json
from collections.abc import Callable, Coroutine, Iterable
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import FormData, UploadFile

from schemas.document_limits import excess_of_json
from schemas.inputs import UNSTORABLE, pointer_step, storable, unstorable_at
from service.errors import METHOD_NOT_ALLOWED, Invalid, NotFound, Problem, UnreadableBody
from service.security.authentication import caller
from service.security.rate_limits import RateLimits

SECRET = "token"  # noqa: S105 - what the part of a path is called that only the reader of a mail knows


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
    """A route that refuses whoever has had too much, and path, query and headers with text that no database can keep."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, behind the guard."""
        answer = super().get_route_handler()
        asks_who_is_calling = _asks_who_is_calling(self.dependant)

        async def guarded(request: Request) -> Response:
            if request.path_params and request.url.path in _literal_paths(request.app):
                raise HTTPException(METHOD_NOT_ALLOWED)
            limits: RateLimits = request.app.state.rate_limits
            # Whoever shows a token is charged for it as soon as it is known whose it is.
            if not (asks_who_is_calling and "authorization" in request.headers):
                limits.charge_address(request)
            _check_texts(request)
            try:
                return await answer(GuardedRequest(request.scope, request.receive, request._send))
            except NotFound as error:
                if SECRET not in request.path_params:
                    raise
                raise limits.failure(request, error) from None

        return guarded


class GuardedRouter(APIRouter):
    """A router all of whose routes are guarded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=GuardedRoute, **options)


@cache
def _literal_paths(app: FastAPI) -> frozenset[str]:
    """The paths without parameters: another method than theirs is not meant for a route whose parameter would match."""
    paths = (context.path for context in iter_route_contexts(app.routes))
    return frozenset(path for path in paths if path and "{" not in path)


def _asks_who_is_calling(dependant: Dependant) -> bool:
    return any(each.call is caller or _asks_who_is_calling(each) for each in dependant.dependencies)


def _check_texts(request: Request) -> None:
    for part, values in _texts(request):
        for name, value in values:
            if "\x00" in value if part == "header" else not storable(value):
                raise unstorable(f"/{part}/{pointer_step(name)}")


def _texts(request: Request) -> Iterable[tuple[str, Iterable[tuple[str, str]]]]:
    yield "path", request.path_params.items()
    yield "query", request.query_params.multi_items()
    yield "header", request.headers.items()


def unstorable(pointer: str) -> Problem:
    """The refusal of a text that no database can keep."""
    return Invalid.at(pointer, UNSTORABLE)
