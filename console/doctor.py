"""``passerelle doctor``: one line for each thing that the service rests on."""

import json
import os
from typing import Annotated

import typer
from sqlalchemy import Engine

from console.environment import fail
from service.db.engine import open_engine
from service.digests.delivering import DeliveryError
from service.health.checks import audit, background, readiness
from service.health.findings import Check, Checked, FailingError
from service.settings import PREFIX, Settings, load_settings
from workers.mail.sending import MailServer

TESTS_ONLY = (f"{PREFIX}TEST_", f"{PREFIX}REQUIRE_ALL")


def doctor(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[CHECK]...", help="Only these checks; by default all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check database, migrations, broker, worker, scheduler, mail, clock and settings; exit 1 if anything fails."""
    settings = load_settings()
    engine = open_engine(settings.database)
    try:
        found = [check() for check in _chosen(_checks(settings, engine), only or [])]
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


def _checks(settings: Settings, engine: Engine) -> list[Check]:
    return [
        *readiness(engine, settings),
        *background(engine),
        audit(engine),
        Check("mail", lambda: _mail(settings)),
        Check("settings", _settings),
    ]


def _chosen(checks: list[Check], only: list[str]) -> list[Check]:
    known = [check.name for check in checks]
    unknown = [name for name in only if name not in known]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: there is {', '.join(known)}", param_hint="CHECK")
    return [check for check in checks if not only or check.name in only]


def _line(item: Checked) -> str:
    return f"{'ok  ' if item.ok else 'FAIL'}  {item.name:<11} {item.detail}"


def _mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        folder = settings.mail_folder
        nearest = next(place for place in (folder, *folder.resolve().parents) if place.exists())
        if not os.access(nearest, os.W_OK):
            raise FailingError(f"{folder} cannot be written to; change its owner or {PREFIX}DATA_DIR")
        return f"written into {folder} as .eml files"
    try:
        return MailServer(settings.smtp_url.get_secret_value()).check(settings.sender)
    except DeliveryError as error:
        raise FailingError(f"{error.text}; is the server running, and is {PREFIX}SMTP_URL right?") from None


def _settings() -> str:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = sorted(name for name in os.environ if name.startswith(PREFIX) and not name.startswith(TESTS_ONLY))
    unknown = [name for name in given if name not in known]
    if unknown:
        raise FailingError(f"not known: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return f"{len(given)} set in the environment, all known"
