"""Cold start: how likely a candidate without any history is, given how often newcomers have been chosen.

Good and Turing (Good 1953): where one partnership in three is with a candidate that has no other, the next one is with a
newcomer one time in three. The probability for newcomers is taken from those with a history by absolute discounting (Ney,
Essen and Kneser 1994), the same from each, and goes to newcomers of the territories from which it was taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.encoding import CountriesBySide, EncodedProfile
from matching.features.profiles import KindProfiles
from matching.sparse.matrices import Floats, Positions

GOOD_TURING_PSEUDO_COUNT = 20.0
"""Candidates chosen once at which these count as much as the prior of no newcomers."""
MAX_DISCOUNT = 0.75
"""The most that is taken of a single partnership, so that partnerships count where no candidate has two."""


def absolute_discount(chosen: Floats) -> Floats:
    """The share of each candidate's likelihood that goes to newcomers, below 1, by how often each was chosen."""
    once, twice = (np.count_nonzero(chosen == times) for times in (1, 2))
    discount = min(MAX_DISCOUNT, once / (once + 2 * twice + GOOD_TURING_PSEUDO_COUNT))
    shares: Floats = discount / np.maximum(chosen, 1)
    return shares


@dataclass(frozen=True)
class ColdStart:
    """Candidates of one kind in groups by the countries of their territories, by side.

    Attributes
    ----------
    candidates
        All candidates.
    groups
        The group of each candidate.
    discounts
        By candidate with a history, the share of its likelihood that goes to newcomers.
    members
        Candidates with a history × groups: what is taken ÷ what is left, where the candidate is of the group.
    partnerships
        How many there are.
    newcomers
        By group, the number of candidates without a history.
    prior
        By group, its share of all candidates.
    """

    candidates: KindProfiles
    groups: Positions
    discounts: Floats
    members: csr_matrix
    partnerships: float
    newcomers: Positions
    prior: Floats

    @classmethod
    def of(
        cls,
        candidates: KindProfiles,
        with_history: Sequence[EncodedProfile],
        chosen: Floats,
        share: float = 1.0,
    ) -> "ColdStart":
        """The cold start of all candidates, given those with a history and how often each was chosen.

        ``share`` of what newcomers have had so far goes to newcomers.
        """
        numbers: dict[CountriesBySide, int] = {}
        groups, earlier_groups = (
            np.array([numbers.setdefault(item.countries, len(numbers)) for item in some], np.int64)
            for some in (candidates.encoded, with_history)
        )
        discounts = np.zeros(earlier_groups.size)
        for positions in _by_distinguishing_sides(candidates, with_history):
            discounts[positions] = share * absolute_discount(chosen[positions])
        known = {item.traits.key for item in with_history}
        new = groups[[key not in known for key in candidates.keys]]
        entries = discounts / (1 - discounts), (np.arange(earlier_groups.size), earlier_groups)
        return cls(
            candidates,
            groups,
            discounts,
            csr_matrix(entries, (earlier_groups.size, len(numbers))),
            float(chosen.sum()),
            np.bincount(new, minlength=len(numbers)),
            np.bincount(groups, minlength=len(numbers)) / max(groups.size, 1),
        )

    def groups_of(self, candidates: KindProfiles) -> Positions:
        """The groups of some of the candidates."""
        if candidates is self.candidates:
            return self.groups
        return self.groups[[self.candidates.position(key) for key in candidates.keys]]

    def upper_bounds(self, newcomers_per_subject: float | Floats) -> Floats:
        """Upper bounds of the :meth:`likelihoods`, by group, for a subject that chooses so many newcomers."""
        expected = newcomers_per_subject / np.maximum(self.newcomers, 1)
        bounds: Floats = np.where(self.newcomers, expected, 0.0)
        return np.minimum(bounds, 1.0, out=bounds)

    def likelihoods(self, likelihoods: Floats, newcomers_per_subject: Floats) -> Floats:
        """The likelihood of one newcomer of each group (columns) for each subject (rows); 0 for a group without any.

        ``likelihoods`` (subjects × candidates with a history) are those of the others, ``newcomers_per_subject`` how many
        newcomers each subject is expected to choose. One partnership with anybody is added as a pseudo-count.
        """
        # In order of rows, so that a row is summed in the same way whatever the others are.
        shares = np.ascontiguousarray(likelihoods @ self.members)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        shares = (self.partnerships * shares + self.prior) / (self.partnerships + 1)
        found: Floats = self.upper_bounds(newcomers_per_subject[:, None]) * shares
        return found


def _by_distinguishing_sides(
    candidates: KindProfiles, with_history: Sequence[EncodedProfile]
) -> list[Positions]:
    """The positions of those with a history, by the sides that distinguish them: these are partners for the same subjects."""
    sides = [candidates.distinguishing_sides(item.traits) for item in with_history]
    return [np.flatnonzero([one == each for one in sides]) for each in set(sides)]
