"""How likely somebody without any history is to be chosen: as often as newcomers have been.

Good and Turing (Good 1953): where one partnership in three is with somebody who has no other, the next one is with
somebody new one time in three. What is given to newcomers is taken from those with a history, the same from each (absolute
discounting: Ney, Essen and Kneser 1994): whoever has been chosen once has had the luck that the newcomers still wait for,
and of many partnerships one more or less means little. It goes to newcomers of the territories from which it was taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matching.known import Countries, Known
from matching.profiles import KindProfiles
from matching.sparse.matrices import Floats, Positions

UNSURE = 20.0
"""From so many candidates chosen once on, these tell how much is left for newcomers; before, that it is little counts more."""

MOST = 0.75
"""At most so much is left of a single partnership: where nobody has more than one, these say something all the same."""


def left_to_newcomers(chosen: Floats) -> Floats:
    """Which part of the likelihood of each candidate newcomers have had, below 1, given how often each was chosen."""
    once, twice = (np.count_nonzero(chosen == times) for times in (1, 2))
    left: Floats = min(MOST, once / (once + 2 * twice + UNSURE)) / np.maximum(chosen, 1)
    return left


@dataclass(frozen=True)
class Newcomers:
    """Candidates of one kind by the countries of their territories, side by side: ``groups``.

    ``left`` says which part of the likelihood of each earlier candidate is left to newcomers, ``members`` where it (row) is
    of a group (column) how much of what it has kept; ``sizes`` how many newcomers a group has, ``spread`` which share of
    all candidates it is.
    """

    everybody: KindProfiles
    groups: Positions
    left: Floats
    members: csr_matrix
    partnerships: float
    sizes: Positions
    spread: Floats

    @classmethod
    def of(
        cls, everybody: KindProfiles, earlier: Sequence[Known], chosen: Floats, share: float = 1.0
    ) -> "Newcomers":
        """The newcomers among all candidates, given those with a history and how often each was chosen. Of what newcomers
        have had so far a ``share`` is left to them."""
        names: dict[Countries, int] = {}
        groups, theirs = (
            np.array([names.setdefault(item.countries, len(names)) for item in some], np.int64)
            for some in (everybody.known, earlier)
        )
        left = np.zeros(theirs.size)
        for alike in _by_sides(everybody, earlier):
            left[alike] = share * left_to_newcomers(chosen[alike])
        known = {item.traits.key for item in earlier}
        new = groups[[key not in known for key in everybody.keys]]
        return cls(
            everybody,
            groups,
            left,
            csr_matrix((left / (1 - left), (np.arange(theirs.size), theirs)), (theirs.size, len(names))),
            float(chosen.sum()),
            np.bincount(new, minlength=len(names)),
            np.bincount(groups, minlength=len(names)) / max(groups.size, 1),
        )

    def groups_of(self, candidates: KindProfiles) -> Positions:
        """The group of each of some of the candidates."""
        if candidates is self.everybody:
            return self.groups
        return self.groups[[self.everybody.position(key) for key in candidates.keys]]

    def at_most(self, met: float | Floats) -> Floats:
        """What :meth:`chances` can be at most, by group, for a subject expected to choose so many newcomers."""
        most: Floats = np.where(self.sizes, met / np.maximum(self.sizes, 1), 0.0)
        return np.minimum(most, 1.0, out=most)

    def chances(self, likely: Floats, met: Floats) -> Floats:
        """How likely one newcomer of each group (column) is to be chosen by each subject (row); 0 where there is none.

        ``likely`` says that of those with a history, ``met`` by subject how many newcomers it is expected to choose. One
        partnership more is taken to have gone to anybody.
        """
        # In order of rows, so that a row is added up in the same way whoever else asks.
        shares = np.ascontiguousarray(likely @ self.members)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        shares = (self.partnerships * shares + self.spread) / (self.partnerships + 1)
        chances: Floats = self.at_most(met[:, None]) * shares
        return chances


def _by_sides(everybody: KindProfiles, earlier: Sequence[Known]) -> list[Positions]:
    """Where the earlier candidates are that are partners for the same subjects: authorities are for those beyond."""
    sides = [everybody.apart_by(item.traits) for item in earlier]
    return [np.flatnonzero([one == each for one in sides]) for each in set(sides)]
