"""Lists by dot products that are kept up when some candidates change, instead of being made anew.

The changed ones stand in a small index beside the large one. A list is the old one without them and with those of them
that reach its end; as no other candidate comes before that end, nobody else need be looked at. A list is kept a few
places longer than is asked for: it may lose those before it has to be made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.rows import Floats, Positions
from matching.shortlist import CLOSED, ShortlistIndex, Shortlists
from matching.topk import SLACK

SPARE = 4
"""How many places more a list is kept than is asked for."""


@dataclass(frozen=True)
class Asking:
    """Those who ask: the rows of their first parts and of the last, and what the parts weigh."""

    parts: Sequence[csr_matrix]
    tail: csr_matrix
    weights: Sequence[float]

    def some(self, rows: Positions) -> "Asking":
        """Some of them."""
        return Asking([part[rows] for part in self.parts], self.tail[rows], self.weights)


class ChangedIndex:
    """An index of whose candidates some, at the places ``changed``, have other rows now (``parts`` and ``tail``)."""

    def __init__(
        self, before: ShortlistIndex, changed: Positions, parts: Sequence[csr_matrix], tail: csr_matrix
    ) -> None:
        self._before, self.changed = before, changed
        self._beside = ShortlistIndex(parts, tail)
        self._unchanged = np.ones(before.size, bool)
        self._unchanged[changed] = False

    def best(self, asking: Asking, k: int) -> Shortlists:
        """The ``k`` best candidates for each who asks."""
        allowed = [self._unchanged] * asking.tail.shape[0]
        others = self._before.best(asking.parts, asking.tail, asking.weights, k, allowed=allowed)
        return _together(others, self.best_of_changed(asking, k), k)

    def best_of_changed(self, asking: Asking, k: int, least: float | Floats = 0.0) -> Shortlists:
        """The ``k`` best of the changed candidates for each who asks, those of at least so much."""
        found = self._beside.best(asking.parts, asking.tail, asking.weights, k, least=least)
        return Shortlists(np.where(found.places == CLOSED, CLOSED, self.changed[found.places]), found.scores)


@dataclass(frozen=True)
class StandingLists:
    """Lists, and what a candidate needs to come onto each: as much as ``ends`` says, or it is there already."""

    lists: Shortlists
    ends: Floats

    @classmethod
    def of(cls, lists: Shortlists) -> "StandingLists":
        """Lists as they were made."""
        return cls(lists, np.where(lists.places[:, -1] == CLOSED, SLACK, lists.scores[:, -1]))

    def kept_up(
        self, index: ChangedIndex, asking: Asking, reached: NDArray[np.bool_], k: int
    ) -> "StandingLists":
        """The same after a change of candidates, at least the first ``k`` places of each.

        ``reached`` says for whom a changed candidate has as much as the list's end, as :meth:`ShortlistIndex.reached`
        tells of an index of those who ask.
        """
        listed = np.isin(self.lists.places, index.changed)
        rows, width, ends = (
            np.flatnonzero(listed.any(axis=1) | reached),
            self.lists.places.shape[1],
            self.ends.copy(),
        )
        left = Shortlists(np.where(listed[rows], CLOSED, self.lists.places[rows]), self.lists.scores[rows])
        found = _together(left, self._new(index, asking, reached, rows), width)
        full = found.places[:, -1] != CLOSED
        ends[rows[full]] = found.scores[full, -1]
        places, scores = self.lists.places.copy(), self.lists.scores.copy()
        places[rows], scores[rows] = found.places, found.scores
        kept = StandingLists(Shortlists(places, scores), ends)
        short = np.flatnonzero((places[:, min(k, width) - 1] == CLOSED) & (ends > SLACK))
        return kept.with_rows(short, index.best(asking.some(short), width)) if short.size else kept

    def _new(
        self, index: ChangedIndex, asking: Asking, reached: NDArray[np.bool_], rows: Positions
    ) -> Shortlists:
        """The changed candidates that come onto the lists in some rows."""
        shape = rows.size, self.lists.places.shape[1]
        added = Shortlists(np.full(shape, CLOSED), np.zeros(shape))
        at = np.flatnonzero(reached[rows])
        least = self.ends[rows[at]]
        found = index.best_of_changed(asking.some(rows[at]), shape[1], least)
        there = found.places.shape[1]
        added.places[at, :there] = np.where(found.scores >= least[:, None], found.places, CLOSED)
        added.scores[at, :there] = found.scores
        return added

    def with_rows(self, rows: Positions, lists: Shortlists) -> "StandingLists":
        """The same with the lists of some who ask in place of theirs."""
        places, scores, ends = self.lists.places.copy(), self.lists.scores.copy(), self.ends.copy()
        anew = StandingLists.of(lists)
        places[rows], scores[rows], ends[rows] = anew.lists.places, anew.lists.scores, anew.ends
        return StandingLists(Shortlists(places, scores), ends)


def _together(one: Shortlists, other: Shortlists, k: int) -> Shortlists:
    """The best of two lists, for each who asks; a tie is decided by the lower number."""
    places = np.concatenate([one.places, other.places], axis=1)
    scores = np.where(places == CLOSED, -1.0, np.concatenate([one.scores, other.scores], axis=1))
    order = np.lexsort((places, -scores))[:, :k]
    places, scores = (np.take_along_axis(values, order, axis=1) for values in (places, scores))
    return Shortlists(places, np.maximum(scores, 0.0))
