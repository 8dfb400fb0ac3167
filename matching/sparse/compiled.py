"""Compilation of inner loops to machine code."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(function: Loop) -> Loop:
    """The function as machine code that runs without the interpreter's lock.

    It is cached on disk for the next process, where there is a place that can be written.
    """
    try:
        return cast("Loop", njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast("Loop", njit(nogil=True)(function))
