"""The web application: rooms' routes, one database, one replica of the matching model."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import DBAPIError

from schemas.kinds import Kind
from service.accounts.me import router as me
from service.accounts.own_tokens import router as own_tokens
from service.accounts.routes import router as tokens
from service.audit.routes import router as audit
from service.db.engine import open_engine
from service.db.session import Wake, with_wake_ups
from service.digests.metrics import DigestMetrics
from service.digests.routes import router as digests
from service.duplicates.routes import kind_routes as duplicate_kind_routes
from service.duplicates.routes import router as duplicates
from service.errors import install_problem_handlers, problem_responses
from service.health.metrics import BackgroundWork
from service.health.routes import router as health
from service.http.guarded_routes import GuardedRouter
from service.http.hosts import KnownHosts
from service.http.large_bodies import LargeBodyProblems
from service.http.request_times import RequestTimes
from service.http.requests import NamedRequests
from service.http.security_headers import SecurityHeaders
from service.http.slow_bodies import SlowBodies
from service.interchange.importing import IMPORT_JOB, import_stored_file
from service.interchange.routes import router as interchange
from service.jobs.routes import router as jobs
from service.jobs.runner import JobRunner
from service.partnerships.routes import router as partnerships
from service.precedents.routes import router as precedents
from service.profiles.representativeness import router as representativeness
from service.profiles.routes import profile_routes
from service.rules.files.routes import router as rule_files
from service.rules.presets.routes import router as presets
from service.rules.previews.routes import router as previews
from service.rules.previews.work import PREVIEW_JOB, preview_everybody
from service.rules.routes import router as rules
from service.security.rate_limits import RateLimits
from service.settings import Settings
from service.suggestions import near_misses
from service.suggestions.index import MatchIndex
from service.suggestions.proposed_sectors import router as proposed_sectors
from service.suggestions.proposed_sectors import subject_routes as proposed_sector_routes
from service.suggestions.routes import router as suggestions
from service.suggestions.routes import subject_routes
from service.vocabularies.sector_routes import router as sectors
from service.vocabularies.territory_routes import router as territories
from service.web import api_docs
from service.web.pages import static_files
from service.web.routes import router as web

API = "/api/v1"
MAX_BODY_BYTES = 1_000_000
GRACE_SECONDS = 2
"""How long the end of the service waits for the model to be loaded, so that its thread meets an open database."""
LOG = structlog.stdlib.get_logger("passerelle.service")
PROBLEMS = problem_responses(308, 400, 401, 403, 404, 405, 408, 409, 412, 413, 421, 422, 429, 503)


def create_app(settings: Settings, wake: Wake | None = None) -> FastAPI:
    """The application for these settings; ``wake`` is called with each topic that has got work. Its database must be migrated."""
    app = build_app()
    connect(app, settings, wake)
    return app


def build_app() -> FastAPI:
    """The application with all its routes, before it is connected to a database."""
    app = FastAPI(
        title="Passerelle",
        summary="Pairs migrant and diaspora associations with local authorities and funding programmes.",
        version="0.1.0",
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.include_router(_api_routes())
    app.include_router(health)
    app.include_router(web)
    app.include_router(api_docs.router, prefix=API)
    app.mount(api_docs.FILES, api_docs.files, name="api-docs")
    app.mount("/static", static_files, name="static")
    install_problem_handlers(app)
    app.add_middleware(LargeBodyProblems)
    app.add_middleware(SlowBodies)
    app.add_middleware(KnownHosts)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(NamedRequests)
    return app


def connect(app: FastAPI, settings: Settings, wake: Wake | None = None) -> None:
    """Have an application work on the database of these settings, which must be migrated."""
    engine = open_engine(settings.database)
    app.state.settings = settings
    app.state.engine = with_wake_ups(engine, wake) if wake else engine
    app.state.index = MatchIndex(app.state.engine)
    works = {IMPORT_JOB: import_stored_file, PREVIEW_JOB: preview_everybody(app.state.index)}
    app.state.jobs = JobRunner(app.state.engine, works)
    app.state.rate_limits = RateLimits(settings)
    app.state.metrics = CollectorRegistry()
    app.state.metrics.register(BackgroundWork(engine))
    app.state.metrics.register(DigestMetrics(engine))
    app.state.request_times = RequestTimes(app.state.metrics)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # The model is loaded beside the first requests: reading and registering need not wait for it.
    ending = threading.Event()
    loading = threading.Thread(target=_load, args=(app, ending), name="match-index", daemon=True)
    loading.start()
    app.state.jobs.start()
    yield
    ending.set()
    app.state.jobs.stop()
    loading.join(GRACE_SECONDS)
    app.state.engine.dispose()


def _load(app: FastAPI, ending: threading.Event) -> None:
    try:
        app.state.index.prepare()
    except DBAPIError as error:
        # The first request loads it then; at the end nobody needs it any more.
        if not ending.is_set():
            LOG.warning("the model is not loaded beforehand", error=type(error.orig).__name__)


def _api_routes() -> GuardedRouter:
    api = GuardedRouter(
        prefix=API,
        responses=PROBLEMS,
        max_body_size=MAX_BODY_BYTES,
    )
    for kind in Kind:
        api.include_router(profile_routes(kind))
        api.include_router(subject_routes(kind))
        api.include_router(proposed_sector_routes(kind))
        api.include_router(duplicate_kind_routes(kind))
    for kind in near_misses.SUBJECTS:
        api.include_router(near_misses.subject_routes(kind))
    for router in (
        representativeness,
        suggestions,
        proposed_sectors,
        partnerships,
        duplicates,
        presets,
        rule_files,
        rules,
        previews,
        audit,
        tokens,
        me,
        own_tokens,
        interchange,
        jobs,
        digests,
        precedents,
        territories,
        sectors,
    ):
        api.include_router(router)
    return api
