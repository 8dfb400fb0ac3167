"""Generated profiles and partnerships for benchmarks, with a gazetteer of their own, whatever the database holds."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from seed.loading import seed_database
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.db import migrate
from service.db.engine import open_engine
from service.db.session import reading


@contextmanager
def gazetteer() -> Iterator[Engine]:
    """A database that holds the gazetteer and nothing else, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'places.sqlite3'}")
        try:
            migrate.upgrade(engine)
            seed_database(engine, lambda _said: None, documented=False)
            yield engine
        finally:
            engine.dispose()


def generator_of(session: Session) -> Generator:
    """A generator of organisations in the places of a database."""
    return Generator(Spots.of(session, patterns.countries()), 1)


def new_generator() -> Generator:
    """A generator of organisations in the places of a gazetteer of its own."""
    with gazetteer() as engine, reading(engine) as session:
        return generator_of(session)


def drawn_partnerships(
    records: Sequence[Mapping[str, Any]],
    drawn: Random,
    pairings: Sequence[tuple[str, str]],
    count: int,
) -> list[tuple[str, str, str]]:
    """So many partnerships of each pairing of kinds, drawn by lot: two keys and a year."""
    keys: dict[str, list[str]] = defaultdict(list)
    for record in records:
        keys[record["kind"]].append(record["key"])
    return [
        (drawn.choice(keys[one]), drawn.choice(keys[other]), str(drawn.randint(2005, 2025)))
        for one, other in pairings
        if keys[one] and keys[other]
        for _ in range(count)
    ]
