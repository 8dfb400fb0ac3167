"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever watches over the service."""

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schemas.health import Liveness, Readiness, ReadinessCheck
from schemas.translation import message
from service.errors import Forbidden, problem_responses
from service.health.checks import readiness
from service.http.guarded_routes import GuardedRouter
from service.security.addresses import is_on_this_machine
from service.security.authentication import AccountRole, Caller
from service.security.rate_limits import costs

router = GuardedRouter(tags=["health"])


@router.get("/healthz", openapi_extra=costs(0))
async def alive() -> Liveness:
    """This process lives and answers."""
    return Liveness()


@router.get(
    "/readyz",
    openapi_extra=costs(0),
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


@router.get("/metrics", response_class=Response, responses=problem_responses(401, 403, 422, 429))
def metrics(request: Request, actor: Caller) -> Response:
    """Figures for Prometheus: for a program on this machine, or with the token of a steward."""
    if not is_on_this_machine(request) and (actor is None or not actor.role.reaches(AccountRole.STEWARD)):
        raise Forbidden(message("This needs a platform manager’s token."))
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
