"""Stored profiles are indexed for searching again when their terms are made in another way, or places are named so."""

from sqlalchemy import Engine

from service.db.counters import counter_values, set_counter
from service.db.session import reading, unit_of_work
from service.db.text_search import forget_texts, index_texts
from service.profiles import repository
from service.profiles.duplicates import Written
from service.profiles.searchable import search_texts

TERMS_VERSION = 1
"""Raised when profiles are to be found by other terms: the next start then indexes them all."""
INDEXED_TERMS, INDEXED_GAZETTEER = "indexed_terms", "indexed_gazetteer"
"""The counters that hold by which versions profiles are indexed."""
INDEXED_AT_ONCE = 500


def index_profiles(engine: Engine, gazetteer: int) -> int:
    """Index all stored profiles by this version of the gazetteer, unless that was done; how many were."""
    wanted = {INDEXED_TERMS: TERMS_VERSION, INDEXED_GAZETTEER: gazetteer}
    with reading(engine) as session:
        if wanted.items() <= counter_values(session).items():
            return 0
    last = count = 0
    while True:
        with unit_of_work(engine) as session:
            batch = repository.after_number(session, last, INDEXED_AT_ONCE)
            if not batch:
                for name, version in wanted.items():
                    set_counter(session, name, version)
                return count
            written = [Written.of(profile) for profile in batch]
            forget_texts(session, [item.number for item in written])
            index_texts(session, search_texts(session, written))
            last, count = written[-1].number, count + len(written)
