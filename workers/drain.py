"""One run at a time in this process; whoever asks meanwhile has the run repeated."""

import threading
from collections.abc import Callable


class Drain:
    """Does all that waits, called however often and from however many threads."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self._asked = threading.Event()
        self._running = threading.Lock()

    def __call__(self) -> None:
        self._asked.set()
        while self._asked.is_set() and self._running.acquire(blocking=False):
            try:
                self._asked.clear()
                self._run()
            finally:
                self._running.release()
