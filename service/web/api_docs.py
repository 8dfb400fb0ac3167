"""``/api/v1/docs``: the API to read and to try, with all its scripts from this server."""

from pathlib import Path

import fastapi_offline
from fastapi import Request, Response
from fastapi.staticfiles import StaticFiles

from service.http.guarded_routes import GuardedRouter
from service.web.pages import templates

FILES = "/static/api-docs"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes styles into its elements; scripts come from files alone."""
files = StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static")
router = GuardedRouter(include_in_schema=False)


@router.get("/docs")
def show(request: Request) -> Response:
    """The page on which the API is read and tried."""
    return templates.TemplateResponse(
        request=request,
        name="api_docs.html",
        context={"files": FILES, "openapi": request.app.openapi_url},
        headers={"Content-Security-Policy": POLICY},
    )
