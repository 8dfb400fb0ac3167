"""Every route that the service answers at, read off the application: what holds for all of them is tested on all."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

PARAMETER = re.compile(r"\{(\w+)(:\w+)?\}")


class Endpoint(NamedTuple):
    """A method at a path, such as ``GET /api/v1/associations/{profile_id}``."""

    method: str
    path: str
    route: APIRoute

    @property
    def takes_json(self) -> bool:
        """Whether it reads a body as JSON."""
        return self.route.body_field is not None and not self.path.startswith("/partnerships")

    def at(self, value: str) -> str:
        """Its address with this value in the place of each parameter."""
        return PARAMETER.sub(value, self.path)


def endpoints(app: FastAPI) -> Iterator[Endpoint]:
    """Every method at every path, but for what FastAPI itself answers and files."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            assert context.path
            for method in sorted(context.methods or ()):
                yield Endpoint(method, context.path, route)
