"""One ``passerelle up`` on each data folder: a second one would run a second scheduler on the same data."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.data_folder import make_private
from console.environment import fail


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; ends the command with exit code 1 when another one holds it.

    The lock goes with the process, however it ends.
    """
    make_private(data_dir)
    file = data_dir / "passerelle.lock"
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise fail(
                f"Passerelle already runs on {data_dir.resolve()} (process {lock.read().strip() or 'unknown'}). "
                "Stop it first, or choose another --data-dir."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
