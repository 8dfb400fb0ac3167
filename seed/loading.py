"""Fills a new database, in the order in which one thing needs the other. What is there already stays."""

from collections.abc import Callable

from sqlalchemy import Engine

from seed.territories.loader import is_loaded, load_territories

Tell = Callable[[str], None]


def seed_database(engine: Engine, tell: Tell, *, documented: bool = True) -> None:
    """Load the gazetteer, unless it is there. ``tell`` says what is going on."""
    if not is_loaded(engine):
        tell("Loading countries, regions and places (once)…")
        count = load_territories(engine)
        tell(f"{count:,} places loaded.")
