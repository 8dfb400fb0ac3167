"""A parallel loop over rows, for work that runs without the interpreter's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

CORE_COUNT = len(os.sched_getaffinity(0))
MIN_ROWS_PER_TASK, MAX_ROWS_PER_TASK = 8, 512


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CORE_COUNT, thread_name_prefix="matching")


# A process that is forked has none of the threads of the one before it.
os.register_at_fork(after_in_child=_threads.cache_clear)


def parallel_for(work: Callable[[slice], None], rows: int) -> None:
    """Call ``work`` for slices that together cover ``rows`` rows, on all cores.

    The slices are of one size, so that all cores end together.
    """
    rounds = max(1, -(-rows // (CORE_COUNT * MAX_ROWS_PER_TASK)))
    size = max(MIN_ROWS_PER_TASK, -(-rows // (CORE_COUNT * rounds)))
    tasks = [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
    if len(tasks) == 1:
        work(tasks[0])
    else:
        list(_threads().map(work, tasks))
