"""Sessions and units of work: one a request or task, and only the unit of work commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

Wake = Callable[[str], None]
AWAITED = "topics to wake"


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A session that may write: everything in it is committed together, or nothing is."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield session
        session.commit()
        wake: Wake = engine.get_execution_options().get("wake", _nobody)
        for topic in session.info.get(AWAITED, ()):
            wake(topic)


def _nobody(_topic: str) -> None:
    """Where nobody is to be woken, the sweep finds what there is to do."""


def with_wake_ups(engine: Engine, wake: Wake) -> Engine:
    """The same engine, whose units of work call ``wake`` after their commit for each topic that has got work."""
    return engine.execution_options(wake=wake)


def wake_after_commit(session: Session, topic: str) -> None:
    """Have whoever does the work of this topic woken once this unit of work is committed."""
    session.info.setdefault(AWAITED, {})[topic] = None


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, from one consistent state of the database."""
    # PostgreSQL would show each statement of a transaction what others have committed by then.
    steady = engine.dialect.name == "postgresql"
    bind = engine.execution_options(isolation_level="REPEATABLE READ") if steady else engine
    with Session(bind, expire_on_commit=False) as session:
        yield session


def _engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _reading_session(request: Request) -> Iterator[Session]:
    with reading(_engine_of(request)) as session:
        yield session


def _writing_session(request: Request) -> Iterator[Session]:
    with unit_of_work(_engine_of(request)) as session:
        yield session


ReadingSession = Annotated[Session, Depends(_reading_session)]
"""For routes that only read."""

WritingSession = Annotated[Session, Depends(_writing_session, scope="function")]
"""For routes that write: committed before the response is sent, so that a client never sees a success that was lost."""
