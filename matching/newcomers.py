"""How likely somebody without any history is to be chosen: as often as newcomers have been.

Good and Turing (Good 1953): where one partnership in three is with somebody who has no other, the next one is with
somebody new one time in three. That share is spread evenly over the newcomers of the same territories, as far as those
asked about the subject choose partners there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from matching.known import Countries, Known
from matching.profiles import KindProfiles
from matching.rows import Floats, Positions

UNSURE = 20.0
"""From so many partnerships on, what they tell of newcomers counts more than what is taken to be so: that there are none;
and what those of some territories tell more than those of all."""


@dataclass(frozen=True)
class Newcomers:
    """Candidates of one kind by the countries of their territories, side by side: ``groups``.

    ``members`` has a 1 where an earlier candidate (row) is of a group (column); ``rates`` says which share of a group's
    partnerships is with newcomers, ``sizes`` how many newcomers it has, ``spread`` which share of all candidates it is.
    """

    everybody: KindProfiles
    groups: Positions
    members: csr_matrix
    partnerships: float
    rates: Floats
    sizes: Positions
    spread: Floats

    @classmethod
    def of(cls, everybody: KindProfiles, earlier: Sequence[Known], chosen: Floats) -> "Newcomers":
        """The newcomers among all candidates, given those with a history and how often each was chosen."""
        names: dict[Countries, int] = {}
        groups, theirs = (
            np.array([names.setdefault(item.countries, len(names)) for item in some], np.int64)
            for some in (everybody.known, earlier)
        )
        once, total = chosen == 1, float(chosen.sum())
        overall = np.count_nonzero(once) / (total + UNSURE)
        singles, partnerships = (np.bincount(theirs, part, len(names)) for part in (once, chosen))
        known = {item.traits.key for item in earlier}
        new = groups[[key not in known for key in everybody.keys]]
        return cls(
            everybody,
            groups,
            csr_matrix((np.ones(theirs.size), (np.arange(theirs.size), theirs)), (theirs.size, len(names))),
            total,
            (singles + UNSURE * overall) / (partnerships + UNSURE),
            np.bincount(new, minlength=len(names)),
            np.bincount(groups, minlength=len(names)) / max(groups.size, 1),
        )

    def groups_of(self, candidates: KindProfiles) -> Positions:
        """The group of each of some of the candidates."""
        if candidates is self.everybody:
            return self.groups
        return self.groups[[self.everybody.position(key) for key in candidates.keys]]

    @cached_property
    def at_most(self) -> Floats:
        """What :meth:`chances` can be at most, by group."""
        most: Floats = np.where(self.sizes, self.rates / np.maximum(self.sizes, 1), 0.0)
        return most

    def chances(self, likely: Floats) -> Floats:
        """How likely one newcomer of each group (column) is to be chosen by each subject (row); 0 where there is none.

        ``likely`` says that of those with a history. One partnership more is taken to have gone to anybody.
        """
        # In order of rows, so that a row is added up in the same way whoever else asks.
        shares = np.ascontiguousarray(likely @ self.members)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        shares = (self.partnerships * shares + self.spread) / (self.partnerships + 1)
        chances: Floats = self.at_most * shares
        return chances
