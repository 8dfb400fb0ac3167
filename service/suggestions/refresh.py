"""Stored suggestions follow the profiles: what changed is recomputed, in both directions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

import numpy as np
from sqlalchemy import Engine

from schemas.kinds import PAIRINGS, Kind
from service.clock import now as clock
from service.db.session import reading, unit_of_work
from service.db.tables import OutboxMessage, Profile, Ruleset
from service.outbox.service import claim, finish
from service.rules.service import active_ruleset
from service.suggestions import repository
from service.suggestions.index import MatchIndex
from service.suggestions.lists import STORED, candidate_numbers, pack

CHUNK = 250
"""Subjects computed and stored in one unit of work: short enough that no reader or writer waits."""
MANY = 400
"""From this many changes on, recomputing every list is cheaper than finding those that are touched."""

Item = TypeVar("Item")


def refresh_changes(engine: Engine, index: MatchIndex, now: datetime, worker: str = "worker") -> int:
    """Recompute the lists that committed changes touch; how many messages that took care of."""
    messages = claim(engine, now, limit=50_000, worker=worker, topics=("profile", "partnership"))
    if not messages:
        return 0
    numbers = _changed_profiles(messages)
    if len(numbers) >= MANY:
        rematch(engine, index, now, everything=True)
    else:
        with reading(engine) as session:
            ruleset = active_ruleset(session)
            touched = numbers | _subjects_touched(session, index, ruleset, numbers)
        _store_lists(engine, index, ruleset, sorted(touched))
    with unit_of_work(engine) as session:
        finish(session, [message.number or 0 for message in messages])
    return len(messages)
