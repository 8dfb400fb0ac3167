"""``passerelle doctor``: one line for each thing that the service rests on."""

import json
import os
from typing import Annotated

import typer

from console.environment import fail, settings_in
from service.db.engine import open_engine
from service.digests.delivering import DeliveryError
from service.health.checks import Check, Checked, FailingError, background, readiness
from service.settings import PREFIX, Settings
from workers.mail.sending import MailServer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check database, migrations, broker, worker, scheduler, mail, clock and settings; exit 1 if anything fails."""
    settings = settings_in(None)
    engine = open_engine(settings.database)
    try:
        found = [
            check() for check in _checks_of(settings, (*readiness(engine, settings), *background(engine)))
        ]
    finally:
        engine.dispose()
    if as_json:
        report = [{"name": item.name, "ok": item.ok, "detail": item.detail} for item in found]
        typer.echo(json.dumps({"ok": all(item.ok for item in found), "checks": report}, ensure_ascii=False))
    else:
        for item in found:
            typer.echo(_line(item))
    failing = [item.name for item in found if not item.ok]
    if failing:
        raise fail(f"failing: {', '.join(failing)}")


def _checks_of(settings: Settings, others: tuple[Check, ...]) -> tuple[Check, ...]:
    clock = others[-1]
    return (*others[:-1], Check("mail", lambda: _mail(settings)), clock, Check("settings", _settings))


def _line(item: Checked) -> str:
    return f"{'ok  ' if item.ok else 'FAIL'}  {item.name:<11} {item.detail}"


def _mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        folder = settings.mail_folder
        parent = next(place for place in (folder, *folder.resolve().parents) if place.exists())
        if not os.access(parent, os.W_OK):
            raise FailingError(f"{folder} cannot be written to; change its owner or {PREFIX}DATA_DIR")
        return f"written into {folder} as .eml files"
    try:
        return MailServer(settings.smtp_url.get_secret_value()).check()
    except DeliveryError as error:
        raise FailingError(f"{error.text}; is the server running, and is {PREFIX}SMTP_URL right?") from None


def _settings() -> str:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = sorted(name for name in os.environ if name.startswith(PREFIX))
    unknown = [name for name in given if name not in known and not name.startswith(f"{PREFIX}TEST_")]
    unknown = [name for name in unknown if name != f"{PREFIX}REQUIRE_ALL"]
    if unknown:
        raise FailingError(f"not known: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return f"{len(given)} set in the environment, all known"
