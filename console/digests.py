"""``passerelle digest``: makes and sends the digests that are due, here and now."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import Engine

from console.data_folder import with_noted_address
from console.environment import fail, prepared_engine, print_message
from console.suggestions import rematch_what_waits
from service.clock import now
from service.db.session import reading
from service.digests.delivering import Delivery
from service.digests.overview import DueDigest, due_digests
from service.digests.preparing import prepare_all, prepare_due
from service.settings import load_settings
from workers.mail.sending import MailSender

OUTCOMES = ("sent", "dropped", "put off", "failed")


def digest(
    at_once: Annotated[
        bool,
        typer.Option("--now", help="Do not wait for anybody's day and hour: everybody once for this period."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say to whom what would be suggested; make and send nothing."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Make and send the digests that are due. Who has nothing new gets none; nobody gets one twice.

    Lists that changes have touched are computed first.
    """
    settings = with_noted_address(load_settings())
    with prepared_engine(settings) as engine:
        if dry_run:
            _print_due(_due_digests(engine, at_once=at_once), as_json=as_json)
            return
        if rematch_what_waits(engine) is None:
            print_message(
                "Not all lists could be computed; the log says why. Digests are made from the lists there are."
            )
        made = prepare_all(engine, now()) if at_once else prepare_due(engine, now())
        outcomes = Delivery(engine, MailSender(settings)).run_waiting()
    outcomes["put off"] += outcomes.pop("no server", 0)
    report = {"made": made, **{name.replace(" ", "_"): outcomes[name] for name in OUTCOMES}}
    typer.echo(json.dumps(report) if as_json else _as_lines(report))
    if outcomes["failed"] or outcomes["put off"]:
        raise fail("Not everything could be delivered; GET /api/v1/digests says why.")


def _due_digests(engine: Engine, *, at_once: bool) -> list[DueDigest]:
    found: list[DueDigest] = []
    last: UUID | None = None
    while True:
        with reading(engine) as session:
            some, last = due_digests(session, now(), last, at_once=at_once)
        found += some
        if last is None:
            return found


def _print_due(digests: list[DueDigest], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"would_send": [asdict(due) for due in digests]}, ensure_ascii=False))
        return
    for due in digests:
        typer.echo(f"{due.organisation} ({due.frequency}): {', '.join(due.suggestions)}")
    typer.echo(f"{len(digests)} would be sent")


def _as_lines(report: dict[str, int] | Counter[str]) -> str:
    return "\n".join(f"{name.replace('_', ' '):<10}{count:>9}" for name, count in report.items())
