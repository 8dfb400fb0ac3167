"""``passerelle rematch``: computes stored suggestions, here and now."""

import json
import time
from typing import Annotated

import typer
from sqlalchemy import Engine

from console.environment import expect_many_objects, fail, prepared_engine, print_message
from console.progress import progress_bar
from service.clock import now
from service.db.session import reading, unit_of_work
from service.outbox import repository as outbox
from service.outbox.announcing import REMATCH, announce_everything
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching

PROGRESS_SECONDS = 1.0


def rematch(
    everything: Annotated[
        bool, typer.Option("--all", help="Compute all suggestions, not only those that changes touch.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compute suggestions again where profiles, partnerships or rules have changed, or all of them."""
    begun = time.monotonic()
    with prepared_engine() as engine:
        if everything:
            with unit_of_work(engine) as session:
                announce_everything(session, now())
        try:
            made = rematch_what_waits(engine)
        except KeyboardInterrupt:
            raise fail("Stopped. What is not done yet goes on with the next run, or in a worker.") from None
    if made is None:
        raise fail("Some of it failed; the log says why. It is tried again later.")
    report = {"lists": made, "seconds": round(time.monotonic() - begun, 1)}
    typer.echo(json.dumps(report) if as_json else f"{made} lists computed in {report['seconds']} s")


def rematch_what_waits(engine: Engine) -> int | None:
    """Compute what waits, or wait for the process that does; how many lists, or ``None`` if some failed."""
    made = 0
    failed, waiting = _left(engine)
    if waiting:
        expect_many_objects()
        with progress_bar() as progress:
            rematching = Rematching(engine, MatchIndex(engine), progress=progress)
            made = rematching()
            failed, waiting = _left(engine)
            if waiting:
                print_message("Another process is at it; waiting for it…")
            while waiting:
                time.sleep(PROGRESS_SECONDS)
                made += rematching()
                failed, waiting = _left(engine)
    return None if failed else made


def _left(engine: Engine) -> tuple[int, int]:
    """How much waits after a failed attempt, and how much else."""
    with reading(engine) as session:
        return outbox.left(session, REMATCH, now())
