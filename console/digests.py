"""``passerelle digest``: makes and sends the digests that are due, here and now."""

import json
from collections import Counter
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import Engine

from console.environment import fail, prepared_engine, tell
from console.suggestions import rematch_what_waits
from schemas.inputs import JsonObject
from service.clock import now
from service.db.session import reading
from service.digests import overview
from service.digests.delivering import Delivery
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
        bool, typer.Option("--dry-run", help="Only say who would be told of what; make and send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Make and send the digests that are due. Who has nothing new gets none; nobody gets one twice.

    Lists that changes have touched are computed first.
    """
    settings = load_settings()
    with prepared_engine(settings) as engine:
        if dry_run:
            _say(_rehearsed(engine, at_once=at_once), as_json=as_json)
            return
        if rematch_what_waits(engine) is None:
            tell(
                "Not all lists could be computed; the log says why. Digests are made from the lists there are."
            )
        made = prepare_all(engine, now()) if at_once else prepare_due(engine, now())
        outcomes = Delivery(engine, MailSender(settings)).run_waiting()
    outcomes["put off"] += outcomes.pop("no server", 0)
    report = {"made": made, **{name.replace(" ", "_"): outcomes[name] for name in OUTCOMES}}
    typer.echo(json.dumps(report) if as_json else _as_lines(report))
    if outcomes["failed"] or outcomes["put off"]:
        raise fail("Not everything could be delivered; GET /api/v1/digests says why.")


def _rehearsed(engine: Engine, *, at_once: bool) -> list[JsonObject]:
    found: list[JsonObject] = []
    last: UUID | None = None
    while True:
        with reading(engine) as session:
            some, last = overview.would_be_told(session, now(), last, at_once=at_once)
        found += some
        if last is None:
            return found


def _say(rehearsed: list[JsonObject], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"would_send": rehearsed}, ensure_ascii=False))
        return
    for item in rehearsed:
        typer.echo(f"{item['organisation']} ({item['frequency']}): {', '.join(item['suggestions'])}")
    typer.echo(f"{len(rehearsed)} would be sent")


def _as_lines(report: dict[str, int] | Counter[str]) -> str:
    return "\n".join(f"{name.replace('_', ' '):<10}{count:>9}" for name, count in report.items())
