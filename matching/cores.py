"""Work that runs without the interpreter's lock, shared among the cores."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

CORES = len(os.sched_getaffinity(0))
FEWEST, MOST = 8, 512
"""How many rows one core works at, at least and at most, before it takes others."""


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CORES, thread_name_prefix="matching")


# A process that is forked has none of the threads of the one before it.
os.register_at_fork(after_in_child=_threads.cache_clear)


def on_all_cores(work: Callable[[slice], None], rows: int) -> None:
    """Do the work for so many rows, piece by piece, the pieces of one size so that all cores end together."""
    rounds = max(1, -(-rows // (CORES * MOST)))
    size = max(FEWEST, -(-rows // (CORES * rounds)))
    pieces = [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
    if len(pieces) == 1:
        work(pieces[0])
    else:
        list(_threads().map(work, pieces))
