"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever watches over the service."""

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schemas.health import Liveness, Readiness, ReadinessCheck
from service.health.checks import readiness
from service.http.guarded_routes import GuardedRouter

router = GuardedRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Liveness:
    """This process lives and answers."""
    return Liveness()


@router.get(
    "/readyz",
    responses={503: {"model": Readiness, "description": "Something is missing; `checks` says what."}},
)
def ready(request: Request, response: Response) -> Readiness:
    """Database, migrations and broker are there."""
    state = request.app.state
    found = [check() for check in readiness(state.engine, state.settings)]
    ok = all(item.ok for item in found)
    response.status_code = 200 if ok else 503
    checks = [ReadinessCheck(name=item.name, ok=item.ok, detail=item.detail) for item in found]
    return Readiness(status="ok" if ok else "failing", checks=checks)


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
