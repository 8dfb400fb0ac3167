"""Coalescing of wake-ups: one run at a time in this process, and one more for all that ask meanwhile."""

import threading
from collections.abc import Callable


class CoalescingRunner:
    """Runs some work, called however often and from however many threads.

    A call during a run returns at once; the run is repeated once when it ends.
    """

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self._requested = threading.Event()
        self._running = threading.Lock()

    def __call__(self) -> None:
        self._requested.set()
        while self._requested.is_set() and self._running.acquire(blocking=False):
            try:
                self._requested.clear()
                self._run()
            finally:
                self._running.release()
