"""Work that runs without the interpreter's lock, shared among the cores."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

CORES = len(os.sched_getaffinity(0))
FEWEST, MOST = 8, 512
"""How many rows one core works at, at least and at most, before it takes others."""


def on_all_cores(work: Callable[[slice], None], rows: int) -> None:
    """Do the work for so many rows, piece by piece."""
    size = min(MOST, max(FEWEST, -(-rows // CORES)))
    pieces = [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
    if len(pieces) <= 1:
        for piece in pieces:
            work(piece)
        return
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(work, pieces))
