"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever watches over the service."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schemas.inputs import JsonObject
from service.health.checks import readiness

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """This process lives and answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Something is missing; `checks` says what."}})
def ready(request: Request) -> Response:
    """Database, migrations and broker are there."""
    state = request.app.state
    found = [check() for check in readiness(state.engine, state.settings)]
    ok = all(item.ok for item in found)
    shown: JsonObject = {
        "status": "ok" if ok else "failing",
        "checks": [{"name": item.name, "ok": item.ok, "detail": item.detail} for item in found],
    }
    return JSONResponse(shown, 200 if ok else 503)


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
