"""Stores generated organisations, a few at a time; run again it goes on, since what is there stays unchanged."""

from collections import Counter
from collections.abc import Callable
from itertools import islice

from sqlalchemy import Engine

from schemas.language import Language
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.clock import now
from service.db.session import reading, unit_of_work
from service.profiles.saving import examine_record, store_records
from service.profiles.validation import PlaceFinder

RECORDS_PER_STEP = 500
SYNTHETIC_SOURCE = {"document": "Generated for trials; no such organisation exists."}
OnRecordsStored = Callable[[int, int], None]


def load_synthetic(engine: Engine, count: int, seed: int, progress: OnRecordsStored) -> Counter[str]:
    """Store the first ``count`` organisations of a seed; how many were created, updated and unchanged."""
    outcomes: Counter[str] = Counter()
    with reading(engine) as session:
        generator = Generator(Spots.of(session, patterns.countries()), seed)
        finder = PlaceFinder(session)
    records = generator.records(count)
    while piece := list(islice(records, RECORDS_PER_STEP)):
        with reading(engine) as session:
            finder.use(session, piece)
            examined = [
                examine_record(record, None, finder, Language.EN, SYNTHETIC_SOURCE) for record in piece
            ]
        with unit_of_work(engine) as session:
            outcomes.update(saved.outcome for saved in store_records(session, examined, now()))
        progress(outcomes.total(), count)
    return outcomes
