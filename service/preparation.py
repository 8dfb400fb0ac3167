"""What every installation has before its first request: the tables, and rules to match by."""

from sqlalchemy import Engine

from service.clock import now
from service.db import migrate
from service.db.session import unit_of_work
from service.rules.service import ensure_active_ruleset


def prepare(engine: Engine) -> None:
    """Run the migrations that are missing, and make sure that one ruleset is active."""
    migrate.upgrade(engine)
    with unit_of_work(engine) as session:
        ensure_active_ruleset(session, now())
