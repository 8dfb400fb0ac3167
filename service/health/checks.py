"""Whether what the service rests on is there. Each check says in one line what it found, or what to do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kombu import Connection
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from service.audit.log import broken_at
from service.audit.repository import last_number
from service.clock import now
from service.db import migrate
from service.db.faults import LASTING, fault_of
from service.db.session import reading
from service.health.database_repository import ask, clock_time
from service.health.findings import Check, FailingError
from service.health.heartbeat_repository import SCHEDULER, SILENT_AFTER, WORKER, last_heartbeat
from service.health.storage import check_storage
from service.settings import PREFIX, Settings

BROKER_SECONDS = 2.0
CLOCK_TOLERANCE = timedelta(seconds=30)


def audit(engine: Engine) -> Check:
    """Whether the audit log is as it was written."""
    return Check("audit", lambda: _audit(engine))


def _audit(engine: Engine) -> str:
    with reading(engine) as session:
        broken, entries = broken_at(session), last_number(session)
    if broken:
        raise FailingError(
            f"entry {broken.number} is missing or was changed afterwards; compare with a backup from before"
        )
    return f"{entries} entries, whole and unchanged"


def readiness(engine: Engine, settings: Settings) -> Sequence[Check]:
    """What must be there before a request can be answered."""
    return (
        # First: whoever opens a SQLite file that is gone makes an empty one.
        Check("storage", lambda: check_storage(engine, settings)),
        Check("database", lambda: _database(engine)),
        Check("migrations", lambda: _migrations(engine)),
        Check("broker", lambda: _broker(settings)),
    )


def background(engine: Engine) -> Sequence[Check]:
    """What must be there for the work behind the scenes, and time."""
    return (
        Check("worker", lambda: _seen(engine, WORKER, "passerelle worker")),
        Check("scheduler", lambda: _seen(engine, SCHEDULER, "passerelle beat")),
        Check("clock", lambda: _clock(engine)),
    )


def _database(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            ask(connection)
    except DBAPIError as error:
        if fault_of(error) in LASTING:
            raise
        raise FailingError(f"no answer; is it running, and is {PREFIX}DATABASE_URL right?") from None
    url = make_url(str(engine.url))
    where = f"{url.host}:{url.port or 5432}/{url.database}" if url.host else url.database
    return f"{engine.dialect.name} at {where}"


def _migrations(engine: Engine) -> str:
    migrate.refuse_newer(engine)
    current, wanted = migrate.current(engine), migrate.head()
    if current != wanted:
        raise FailingError(f"at {current or 'nothing'}, {wanted} is needed; run: passerelle db upgrade")
    return f"at {current}"


def _broker(settings: Settings) -> str:
    if settings.broker_url is None:
        return "in memory, within passerelle up"
    url = settings.broker_url.get_secret_value()
    try:
        # A channel is more than a connection: only for it does kombu ask Redis for anything.
        with (
            Connection(url, connect_timeout=BROKER_SECONDS, ssl=settings.broker_tls or False) as connection,
            connection.channel(),
        ):
            return connection.as_uri()
    except Exception as error:
        raise FailingError(
            f"no answer ({type(error).__name__}); is it running, and is {PREFIX}BROKER_URL right?"
        ) from None


def _seen(engine: Engine, role: str, command: str) -> str:
    with reading(engine) as session:
        seen = last_heartbeat(session, role)
    if seen is None:
        raise FailingError(f"none has ever been at work here; start passerelle up, or {command}")
    ago = now() - seen
    if -ago > CLOCK_TOLERANCE:
        raise FailingError(
            f"was at work {_words(-ago)} from now: a clock was set back, or two differ; set them by NTP"
        )
    if ago > SILENT_AFTER:
        raise FailingError(f"silent for {_words(ago)}; start passerelle up, or {command}")
    return f"at work {_words(max(ago, timedelta()))} ago"


def _clock(engine: Engine) -> str:
    with reading(engine) as session:
        difference = abs(now() - _database_time(session))
    if difference > CLOCK_TOLERANCE:
        raise FailingError(f"{_words(difference)} away from the database's; set both by NTP")
    return f"within {max(1, round(difference.total_seconds()))} s of the database's"


def _database_time(session: Session) -> datetime:
    """What time it is for the database; in SQLite, the newest of what processes have written down, if it lies ahead."""
    if session.get_bind().dialect.name == "postgresql":
        return clock_time(session).astimezone(UTC)
    seen = [last_heartbeat(session, role) for role in (WORKER, SCHEDULER)]
    return max([now(), *(moment for moment in seen if moment is not None)])


def _words(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
