"""Lists by dot products that are kept up when some candidates change, instead of being made anew.

The changed ones stand in a small index beside the large one. A list is the old one without them and with those of them
that reach its end; as no other candidate comes before that end, nobody else need be looked at. A list is kept a few
places longer than is asked for: it may lose those before it has to be made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matching.shortlist import CLOSED, Reaching, ShortlistIndex, Shortlists
from matching.sparse.matrices import Floats, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE

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
        new = self._beside.best(asking.parts, asking.tail, asking.weights, k)
        places = np.where(new.places == CLOSED, CLOSED, self.changed[new.places])
        return _together(others, Shortlists(places, new.scores), k)


class StandingLists:
    """Lists, and what a candidate needs to come onto each: as much as its end says, or it is there already."""

    def __init__(self, lists: Shortlists) -> None:
        self.places, self.scores = lists.places, lists.scores
        self.ends = _ends(lists)

    def put(self, rows: Positions, lists: Shortlists) -> None:
        """Put the lists of some who ask in place of theirs."""
        self.places[rows], self.scores[rows], self.ends[rows] = lists.places, lists.scores, _ends(lists)

    def keep_up(self, index: ChangedIndex, asking: Asking, reaching: Reaching, k: int) -> None:
        """Take in a change of candidates, so that at least the first ``k`` places of each list are right.

        ``reaching`` says with whom a changed candidate (``query``, by its place among the changed) has as much as the
        list's end, as :meth:`ShortlistIndex.reaching` tells of an index of those who ask.
        """
        self._take_off(index.changed)
        self._take_on(reaching._replace(query=index.changed[reaching.query]))
        width = self.places.shape[1]
        short = np.flatnonzero(
            (self.places[:, min(k, width) - 1] == CLOSED) & (self.ends > FLOAT32_TOLERANCE)
        )
        if short.size:
            self.put(short, index.best(asking.some(short), width))

    def _take_off(self, changed: Positions) -> None:
        """Take some candidates off all lists; whoever comes behind them moves up."""
        rows = np.flatnonzero(np.isin(self.places, changed).any(axis=1))
        places, scores = self.places[rows], self.scores[rows]
        gone = np.isin(places, changed)
        places[gone], scores[gone] = CLOSED, 0.0
        order = np.argsort(places == CLOSED, axis=1, kind="stable")
        self.places[rows] = np.take_along_axis(places, order, axis=1)
        self.scores[rows] = np.take_along_axis(scores, order, axis=1)

    def _take_on(self, reaching: Reaching) -> None:
        """Put candidates onto the lists whose ends they reach."""
        enough = reaching.scores >= self.ends[reaching.who]
        who, candidates, scores = (part[enough] for part in reaching)
        order = np.lexsort((candidates, -scores, who))
        rows, begins, counts = np.unique(who[order], return_index=True, return_counts=True)
        if not rows.size:
            return
        row, rank = np.repeat(np.arange(rows.size), counts), np.arange(order.size) - np.repeat(begins, counts)
        added = Shortlists.closed(rows.size, int(counts.max()))
        added.places[row, rank], added.scores[row, rank] = candidates[order], scores[order]
        found = _together(Shortlists(self.places[rows], self.scores[rows]), added, self.places.shape[1])
        self.places[rows], self.scores[rows] = found.places, found.scores
        full = found.places[:, -1] != CLOSED
        self.ends[rows[full]] = found.scores[full, -1]


def _ends(lists: Shortlists) -> Floats:
    """What the last on each list has; next to nothing where there is room."""
    ends: Floats = np.where(lists.places[:, -1] == CLOSED, FLOAT32_TOLERANCE, lists.scores[:, -1])
    return ends


def _together(one: Shortlists, other: Shortlists, k: int) -> Shortlists:
    """The best of two lists, for each who asks; a tie is decided by the lower number."""
    places = np.concatenate([one.places, other.places], axis=1)
    scores = np.where(places == CLOSED, -1.0, np.concatenate([one.scores, other.scores], axis=1))
    order = np.lexsort((places, -scores))[:, :k]
    places, scores = (np.take_along_axis(values, order, axis=1) for values in (places, scores))
    return Shortlists(places, np.maximum(scores, 0.0))
