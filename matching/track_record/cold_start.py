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

from matching.features.encoding import CountriesBySide, EncodedProfile
from matching.features.profiles import KindProfiles
from matching.sparse.matrices import Floats, Positions

GOOD_TURING_PSEUDO_COUNT = 20.0
"""From so many candidates chosen once on, these tell how much is left for newcomers; before, that it is little counts more."""

MAX_DISCOUNT = 0.75
"""At most so much is left of a single partnership: where nobody has more than one, these say something all the same."""


def absolute_discount(chosen: Floats) -> Floats:
    """Which part of the likelihood of each candidate newcomers have had, below 1, given how often each was chosen."""
    once, twice = (np.count_nonzero(chosen == times) for times in (1, 2))
    discounts: Floats = min(MAX_DISCOUNT, once / (once + 2 * twice + GOOD_TURING_PSEUDO_COUNT)) / np.maximum(chosen, 1)
    return discounts


@dataclass(frozen=True)
class ColdStart:
    """Candidates of one kind by the countries of their territories, side by side: ``groups``.

    ``discounts`` says which part of the likelihood of each earlier candidate is left to newcomers, ``members`` where it (row) is
    of a group (column) how much of what it has kept; ``sizes`` how many newcomers a group has, ``spread`` which share of
    all candidates it is.
    """

    candidates: KindProfiles
    groups: Positions
    discounts: Floats
    members: csr_matrix
    partnerships: float
    sizes: Positions
    spread: Floats

    @classmethod
    def of(
        cls, candidates: KindProfiles, earlier: Sequence[EncodedProfile], chosen: Floats, share: float = 1.0
    ) -> "ColdStart":
        """The newcomers among all candidates, given those with a history and how often each was chosen. Of what newcomers
        have had so far a ``share`` is left to them."""
        names: dict[CountriesBySide, int] = {}
        groups, theirs = (
            np.array([names.setdefault(item.countries, len(names)) for item in some], np.int64)
            for some in (candidates.encoded, earlier)
        )
        discounts = np.zeros(theirs.size)
        for alike in _by_sides(candidates, earlier):
            discounts[alike] = share * absolute_discount(chosen[alike])
        known = {item.traits.key for item in earlier}
        new = groups[[key not in known for key in candidates.keys]]
        return cls(
            candidates,
            groups,
            discounts,
            csr_matrix((discounts / (1 - discounts), (np.arange(theirs.size), theirs)), (theirs.size, len(names))),
            float(chosen.sum()),
            np.bincount(new, minlength=len(names)),
            np.bincount(groups, minlength=len(names)) / max(groups.size, 1),
        )

    def groups_of(self, candidates: KindProfiles) -> Positions:
        """The group of each of some of the candidates."""
        if candidates is self.candidates:
            return self.groups
        return self.groups[[self.candidates.position(key) for key in candidates.keys]]

    def upper_bounds(self, newcomers_per_subject: float | Floats) -> Floats:
        """What :meth:`likelihoods` can be at most, by group, for a subject expected to choose so many newcomers."""
        most: Floats = np.where(self.sizes, newcomers_per_subject / np.maximum(self.sizes, 1), 0.0)
        return np.minimum(most, 1.0, out=most)

    def likelihoods(self, likely: Floats, newcomers_per_subject: Floats) -> Floats:
        """How likely one newcomer of each group (column) is to be chosen by each subject (row); 0 where there is none.

        ``likely`` says that of those with a history, ``newcomers_per_subject`` by subject how many newcomers it is expected to choose. One
        partnership more is taken to have gone to anybody.
        """
        # In order of rows, so that a row is added up in the same way whoever else asks.
        shares = np.ascontiguousarray(likely @ self.members)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        shares = (self.partnerships * shares + self.spread) / (self.partnerships + 1)
        likelihoods: Floats = self.upper_bounds(newcomers_per_subject[:, None]) * shares
        return likelihoods


def _by_sides(candidates: KindProfiles, earlier: Sequence[EncodedProfile]) -> list[Positions]:
    """Where the earlier candidates are that are partners for the same subjects: authorities are for those beyond."""
    sides = [candidates.distinguishing_sides(item.traits) for item in earlier]
    return [np.flatnonzero([one == each for one in sides]) for each in set(sides)]
