"""Fills a new database, in the order in which one thing needs the other. What is there already stays."""

from collections.abc import Callable

from sqlalchemy import Engine

from seed.demo import load_demo_subscribers
from seed.documented.loader import load_documented
from seed.territories.loader import GAZETTEER_VERSION, is_loaded, load_territories
from service.clock import now
from service.db.session import unit_of_work
from service.profiles.indexing import index_profiles
from service.profiles.placing import place_profiles
from service.settings import load_settings

ReportProgress = Callable[[str], None]


def seed_database(
    engine: Engine, report: ReportProgress, *, documented: bool = True, subscribers: bool = False
) -> None:
    """Load the gazetteer and, if wanted, the documented initiatives and demo subscribers. ``report`` says what is going on."""
    if not is_loaded(engine):
        report("Loading countries, regions and places (once)…")
        count = load_territories(engine)
        report(f"{count:,} places loaded.")
    if moved := place_profiles(engine, GAZETTEER_VERSION, load_settings().default_language):
        report(f"{moved:,} profiles placed again; a steward finds what changed under /api/v1/jobs.")
    if indexed := index_profiles(engine, GAZETTEER_VERSION):
        report(f"{indexed:,} profiles indexed again for searching.")
    if documented:
        with unit_of_work(engine) as session:
            load_documented(session, now())
    if subscribers:
        with unit_of_work(engine) as session:
            load_demo_subscribers(session, now())
