"""What was found out about profiles, kept for when it is asked for again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from matching.known import Known

Found = TypeVar("Found")
MOST = 10_000
"""For so many profiles it is kept: of each it is some kilobytes."""


class Kept(Generic[Found]):
    """What was found out about the profiles asked for of late; about a changed one it is found out anew."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Known, Found]] = {}

    def of(self, known: Sequence[Known], find: Callable[[Sequence[int]], Iterable[Found]]) -> list[Found]:
        """What is known about each profile; ``find`` tells it of those at some positions."""
        there = [self._found.get(item.traits.key) for item in known]
        new = [
            at
            for at, (item, one) in enumerate(zip(known, there, strict=True))
            if not one or one[0] is not item
        ]
        for at, found in zip(new, find(new) if new else (), strict=True):
            there[at] = known[at], found
        if len(self._found) + len(new) > MOST:
            self._found.clear()
        self._found.update((known[at].traits.key, one) for at in new[:MOST] if (one := there[at]))
        return [one[1] for one in there if one]
