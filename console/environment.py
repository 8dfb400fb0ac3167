"""What the commands share: settings, an engine, and lines for the person at the terminal."""

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from service.db import migrate
from service.db.engine import open_engine
from service.db.faults import TO_OPERATORS, NewerDatabaseError, fault_of
from service.preparation import prepare
from service.settings import PREFIX, Settings, load_settings

T = TypeVar("T")
OTHER_FOLDER = f"if it belongs to the data folder, {PREFIX}DATA_DIR chooses another"
COMMAND_LINE = "command line"
"""Who did what a command does, as jobs and the audit log have it."""


def print_message(line: str) -> None:
    """Say something to the person at the terminal, on standard error."""
    typer.echo(line, err=True)


def fail(line: str) -> typer.Exit:
    """Say why the work failed; raise what this returns to end with exit code 1."""
    print_message(line)
    return typer.Exit(1)


def expect_many_objects() -> None:
    """Collect garbage rarely: what is loaded by now stays, and of long work nearly everything goes by counting alone."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def storage_failure(error: Exception, where: str | None = None) -> str | None:
    """What a failure of the storage means, and what to do, on one line; ``None`` for any other failure."""
    if isinstance(error, NewerDatabaseError):
        return str(error)
    fault = fault_of(error)
    if not isinstance(error, OSError):
        return TO_OPERATORS[fault].format(where=where or "the database") if fault else None
    if fault is None and not error.filename:
        return None
    place = error.filename or where or "the data folder"
    said = TO_OPERATORS[fault].format(where=place) if fault else f"{place}: {error.strerror}"
    return f"{said}; {OTHER_FOLDER}"


@contextmanager
def prepared_engine(settings: Settings | None = None) -> Iterator[Engine]:
    """An engine on a database that has this version's shape."""
    engine = open_engine((settings or load_settings()).database)
    try:
        with explained(engine):
            prepare(engine)
            yield engine
    finally:
        engine.dispose()


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """End the command with exit code 1 and one line where the storage of this database fails."""
    try:
        yield
    except (DBAPIError, OSError, NewerDatabaseError) as error:
        line = storage_failure(error, str(engine.url.render_as_string()).removeprefix("sqlite:///"))
        if line is None:
            raise
        raise fail(line) from None


def expect_current_database(settings: Settings) -> None:
    """End the command with exit code 1 unless the database has this version's shape."""
    engine = open_engine(settings.database)
    try:
        with explained(engine):
            migrate.refuse_newer(engine)
            ready = migrate.is_current(engine)
    finally:
        engine.dispose()
    if not ready:
        raise fail("The database is not up to date. Run: passerelle db upgrade")


class Stopping:
    """Whether somebody has asked for the end: who works asks this, at moments of its own.

    As a rule a signal is only noted. An interrupt raised wherever the code happens to be is lost while Python cleans
    up some object, and taken for a fault of the code while a module is imported.
    """

    def __init__(self) -> None:
        self.asked = False
        self._interrupts = False

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Handle a signal that asks for the end."""
        self.asked = True
        if self._interrupts:
            self._interrupts = False
            raise KeyboardInterrupt

    def heed(self) -> None:
        """Go no further if the end was asked for meanwhile."""
        if self.asked:
            raise KeyboardInterrupt

    def interruptible(self, work: Callable[[], T]) -> T:
        """Do what takes long and may be broken off anywhere, for it stores the whole or nothing."""
        report_unraisable = sys.unraisablehook
        sys.unraisablehook = partial(_report_but_interrupts, report_unraisable)
        try:
            self._interrupts = True
            self.heed()
            done = work()
        except Exception:
            self.heed()
            raise
        finally:
            self._interrupts = False
            sys.unraisablehook = report_unraisable
        self.heed()
        return done


def _report_but_interrupts(
    report: Callable[["sys.UnraisableHookArgs"], object], found: "sys.UnraisableHookArgs"
) -> None:
    """Report what could not be raised; an interrupt that was lost is heeded as soon as the work is done."""
    if not issubclass(found.exc_type, KeyboardInterrupt):
        report(found)


def until_stopped(work: Callable[[Stopping], None]) -> None:
    """Ctrl-C and SIGTERM are how one ends what goes on for ever: it is closed in order, and nothing has failed."""
    stopping = Stopping()
    former = {name: signal.signal(name, stopping.ask) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        with suppress(KeyboardInterrupt):
            work(stopping)
    finally:
        for name, handler in former.items():
            signal.signal(name, handler)


def settings_in(data_dir: Path | None) -> Settings:
    """The settings, with another data folder where one is given."""
    return load_settings(data_dir=data_dir)
