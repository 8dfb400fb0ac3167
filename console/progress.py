"""A progress bar for whoever watches: on standard error, and only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

ProgressLine = Callable[[int, int | None], None]


@contextmanager
def progress_bar() -> Iterator[ProgressLine]:
    """A function that shows how much is done of how much; it shows nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with typer.progressbar(length=1, file=sys.stderr, show_pos=True) as bar:

        def show(done: int, total: int | None) -> None:
            bar.length = total or done
            bar.update(done - bar.pos)

        yield show
