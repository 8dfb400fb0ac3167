"""How many an organisation can get to know at a time: a small town hall is not proposed to more than it can answer.

A record says how many in ``max_open_introductions``, and who waits for an answer in ``asked_by`` (their keys). Whoever
has asked goes on to see it; all others see it again when there is room.
"""

from collections.abc import Sequence

from matching.conditions import Check
from matching.traits import Record
from schemas.translation import message


def is_full(candidate: Record) -> bool:
    """Whether as many wait for a candidate's answer as it can get to know at a time."""
    most = candidate.get("max_open_introductions")
    return most is not None and len(waiting(candidate)) >= most


def waiting(candidate: Record) -> Sequence[str]:
    """The keys of those who wait for a candidate's answer."""
    asked: Sequence[str] = candidate.get("asked_by") or ()
    return asked


def is_taken(candidate: Record, subject: str) -> bool:
    """Whether a candidate has no room for a subject (its key)."""
    return is_full(candidate) and subject not in waiting(candidate)


def room(candidate: Record, subject: str) -> Check | None:
    """Whether a candidate has room for a subject, where it says how many it can get to know at a time."""
    most = candidate.get("max_open_introductions")
    if most is None:
        return None
    if is_taken(candidate, subject):
        full = message("As many wait for its answer as it can get to know at a time ({most}).", most=most)
        return Check("max_open_introductions", False, full)
    free = message("It gets to know {most} at a time and has room.", most=most)
    return Check("max_open_introductions", True, free)
