"""What earlier partnerships say about new ones: who is likely to work with somebody like the subject.

The likelihood of a candidate is what the subjects nearest to this one have chosen, weighed by kernel ridge
regression (Saunders, Gammerman and Vovk 1998) among the nearest: two earlier subjects that say the same count
little more than one, long ago counts less than lately, and what the nearest do not tell is filled from how
often the candidate has been chosen of late. A candidate without any history has the likelihood that its
history gives it: none.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csc_matrix, csr_matrix

from matching.evidence import TrackRecord
from matching.kept import Kept
from matching.known import Known
from matching.likenesses import Likenesses, sharpened
from matching.newcomers import Newcomers
from matching.profiles import KindProfiles, Rarities
from matching.sizes import lifts, sizes_of
from matching.sparse.matrices import Floats, Positions, SparseRow, dot_products, stack_rows
from matching.traits import Sides, Traits
from schemas.exposure import Exposure

NEAREST = 160
"""How many earlier subjects are asked about a new one."""
DOUBT = 0.6
"""How much less than fully a single earlier partnership is believed (the ridge, relative to a likeness of 1)."""
FADES = 3.0
"""After so many years an earlier partnership is believed half as much."""
PLAIN = 0.25
"""So much of the vote is by likeness and age alone: whoever is often near has a voice also where others explain more."""
PLAIN_OF_PLACES = 1.0
"""The same where likeness is a matter of place: of two towns side by side neither explains the other."""
LONGEST = 15.0
"""What is older than so many years is as if it were so old."""
FASHION = 1.5
"""After so many years being chosen counts half as much for how often a candidate is chosen of late."""
UNSEEN = 1.0
"""So many partnerships more are taken to have gone to somebody else: one partnership is no fashion."""
MANY = 8
"""From how many subjects on that ask at once, these may wait for what is computed for others too."""


class Voices(NamedTuple):
    """Who is asked about a subject: the earlier subjects nearest to it, in order of their rows."""

    rows: NDArray[np.int32]
    near: Floats
    """How like the subject they are."""
    votes: Floats
    """How much each is believed."""


class Beside(NamedTuple):
    """What earlier subjects tell together, however near: where likeness is a matter of place, those with a side in common."""

    fashion: Floats
    """How often each candidate has been chosen of late."""
    total: float
    """How often any has."""
    met: float
    """How many newcomers one of them has chosen on the average."""
    lifts: Floats
    """How many times as likely one of a size of subject (row) and one of candidate (column) has been."""


NOBODY = Voices(np.empty(0, np.int32), np.empty(0), np.empty(0))


@dataclass
class EarlierPartnerships:
    """All partnerships between one kind of subject and one kind of candidate.

    ``with_history`` are the candidates of the partnerships, in order of their keys, ``everybody`` all candidates.
    """

    subjects: KindProfiles
    track_record: TrackRecord
    with_history: Sequence[Known]
    everybody: KindProfiles
    worth: Rarities
    exposure: Exposure
    _kept: Kept[Voices] = field(init=False, default_factory=Kept)
    _beside: dict[Sides, Beside] = field(init=False, default_factory=dict)

    @cached_property
    def candidates(self) -> list[str]:
        """The keys of those with a history."""
        return [item.traits.key for item in self.with_history]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {key: column for column, key in enumerate(self.candidates)}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self.subjects.keys)}

    def among(self, everybody: KindProfiles) -> "EarlierPartnerships":
        """The same partnerships, with the same candidates read under other rules."""
        if everybody is self.everybody:
            return self
        other = copy(self)
        other.everybody = everybody
        if "newcomers" in other.__dict__:
            other.newcomers = replace(self.newcomers, everybody=everybody)
        return other

    def columns_of(self, candidates: KindProfiles) -> Positions:
        """The column of each candidate; -1 for those without a history."""
        return self._columns_of_all if candidates is self.everybody else self._look_up(candidates)

    @cached_property
    def _columns_of_all(self) -> Positions:
        return self._look_up(self.everybody)

    def _look_up(self, candidates: KindProfiles) -> Positions:
        return np.array([self._columns.get(key, -1) for key in candidates.keys], np.int64)

    @cached_property
    def chosen(self) -> csr_matrix:
        """1 where an earlier subject (row) has worked with a candidate (column)."""
        rows = [
            SparseRow.of({self._columns[key]: 1.0 for key in self._partners(subject)})
            for subject in self.subjects.keys
        ]
        return stack_rows(rows, len(self.candidates))

    def _who_chose(self, column: int) -> "NDArray[np.int32]":
        start, end = self._chosen_by.indptr[column : column + 2]
        rows: NDArray[np.int32] = self._chosen_by.indices[start:end]
        return rows

    @cached_property
    def _chosen_by(self) -> csc_matrix:
        by_candidate = self.chosen.tocsc()
        by_candidate.sort_indices()
        return by_candidate

    def _partners(self, subject: str) -> list[str]:
        return [key for key in self.track_record.partners_of(subject) if key in self._columns]

    @cached_property
    def _ages(self) -> Floats:
        """How many years ago each earlier subject last found somebody."""
        ages = [
            min(self.track_record.age(subject, key) for key in self._partners(subject))
            for subject in self.subjects.keys
        ]
        return np.minimum(ages, LONGEST)

    @cached_property
    def _doubts(self) -> Floats:
        doubts: Floats = DOUBT * 2 ** (self._ages / FADES)
        return doubts

    @cached_property
    def _lately(self) -> Floats:
        lately: Floats = 2 ** (-self._ages / FASHION)
        return lately

    def _told_beside(self, subject: Traits) -> Beside:
        sides = self.subjects.apart_by(subject)
        if sides not in self._beside:
            asked = self._with_side(sides)
            rows, chosen = np.flatnonzero(asked), self.chosen @ self.newcomers.left
            sizes = sizes_of([item.record for item in self.with_history])
            fashion = (self._lately * asked) @ self.chosen
            self._beside[sides] = Beside(
                fashion,
                total=float(fashion.sum()),
                met=float(chosen[rows].mean()) if rows.size else 0.0,
                lifts=lifts(self.subjects.sizes[rows], sizes, self.chosen[rows]),
            )
        return self._beside[sides]

    def _with_side(self, sides: Sides) -> "NDArray[np.bool_]":
        if not sides:
            return np.ones(len(self.subjects.keys), bool)
        having: NDArray[np.bool_] = np.any([~self.subjects.without[side] for side in sides], axis=0)
        return having

    def likeness(self, subjects: KindProfiles) -> Floats:
        """How like subjects (rows) are to the earlier ones (columns); none is like itself."""
        near = self._alike.to(subjects.likeness(self.worth))
        for row, key in enumerate(subjects.keys):
            if key in self._rows:
                near[row, self._rows[key]] = 0.0
        return near

    def likelihoods(self, subjects: KindProfiles) -> Floats:
        """How likely each candidate (column) is to work with each subject (row), between 0 and 1."""
        votes = stack_rows(
            [SparseRow(each.rows, each.votes) for each in self.voices(subjects)], len(self.subjects.keys)
        )
        rest = 1 - np.asarray(votes.sum(axis=1)).ravel()
        fashion = np.array([self._fashion_for(traits) for traits in subjects.traits])
        likely: Floats = (votes @ self.chosen).toarray() + rest[:, None] * fashion
        likely = np.clip(likely, 0.0, 1.0, out=likely)
        return np.multiply(likely, 1 - self.newcomers.left, out=likely)

    @cached_property
    def newcomers(self) -> Newcomers:
        """The candidates that have no history."""
        chosen = np.asarray(self.chosen.sum(axis=0)).ravel()
        return Newcomers.of(self.everybody, self.with_history, chosen, self.exposure.newcomers)

    def chances(self, subjects: KindProfiles, likely: Floats) -> Floats:
        """How likely one newcomer of each group (column) is to work with each subject (row), given :meth:`likelihoods`."""
        met = np.array([self._told_beside(traits).met for traits in subjects.traits])
        return self.newcomers.chances(likely, met)

    @cached_property
    def chances_at_most(self) -> Floats:
        """What :meth:`chances` can be at most, by group."""
        return self.newcomers.at_most(max(self._told_beside(traits).met for traits in self.subjects.traits))

    def lift(self, likely: Floats, subjects: KindProfiles, candidates: KindProfiles) -> None:
        """Make authorities (columns) as much likelier as those of their size are for authorities (rows) of theirs."""
        for row, (size, traits) in enumerate(zip(subjects.sizes, subjects.traits, strict=True)):
            likely[row] *= self._told_beside(traits).lifts[size].take(candidates.sizes)

    def nearest_partner(self, voices: Voices, column: int) -> str | None:
        """Of those asked about a subject, the one most like it that has worked with the candidate in a column."""
        if not voices.rows.size:
            return None
        partners = self._who_chose(column)
        there = np.minimum(np.searchsorted(voices.rows, partners), voices.rows.size - 1)
        there = there[voices.rows[there] == partners]
        if not there.size:
            return None
        nearest = int(voices.rows[there[voices.near[there].argmax()]])
        return self.subjects.keys[nearest]

    def voices(self, subjects: KindProfiles) -> list[Voices]:
        """Who is asked about each subject."""
        return self._kept.of(subjects.known, lambda rows: self._ask(subjects.rows(rows)))

    def _ask(self, subjects: KindProfiles) -> list[Voices]:
        near = self.likeness(subjects)
        nearest = [_largest(row, NEAREST) for row in near]
        if len(nearest) >= MANY:
            self._alike.prepare(np.unique(np.concatenate(nearest)), sum(asked.size**2 for asked in nearest))
        return [self._voices(row[asked], asked) for row, asked in zip(near, nearest, strict=True)]

    def at_most(self, subjects: KindProfiles, columns: Positions) -> Floats:
        """How likely some candidates can be at most, whatever else the nearest have chosen; quick for many subjects."""
        chosen = self._chosen_by[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(chosen.indptr))
        earlier, chosen = self.subjects.likeness(self.worth)[rows], chosen[rows]
        near = sharpened(dot_products(subjects.likeness(self.worth), earlier))
        most: Floats = (1 - self._plain) * ((near / self._doubts[rows]) @ chosen)
        most += self._plain * ((near > 0).astype(float) @ chosen > 0)
        for row, traits in enumerate(subjects.traits):
            beside, (own, each) = self._told_beside(traits), self._own_choices(traits)
            others = beside.total - each * own.size
            most[row] += beside.fashion[columns] / (others + UNSEEN)
        most = np.minimum(most, 1.0, out=most)
        return np.multiply(most, 1 - self.newcomers.left[columns], out=most)

    def _own_choices(self, subject: Traits) -> tuple["NDArray[np.int32]", float]:
        """Whom (columns) a subject has chosen itself, and how much each of these choices counts in the fashion."""
        row = self._rows.get(subject.key)
        if row is None:
            return np.empty(0, np.int32), 0.0
        own = slice(self.chosen.indptr[row], self.chosen.indptr[row + 1])
        return self.chosen.indices[own], float(self._lately[row])

    def _fashion_for(self, subject: Traits) -> Floats:
        """The shares of the candidates in what has been chosen of late, by others than the subject."""
        counts = self._told_beside(subject).fashion.copy()
        own, each = self._own_choices(subject)
        counts[own] -= each
        shares: Floats = np.maximum(counts, 0.0) / (counts.sum() + UNSEEN)
        return shares

    def _voices(self, near: Floats, asked: "NDArray[np.intp]") -> Voices:
        if not asked.size:
            return NOBODY
        among, likeness = self._alike.among(asked), sharpened(near)
        among[np.diag_indices_from(among)] += self._doubts[asked]
        ridge: Floats = solve(among, likeness, assume_a="pos", check_finite=False)
        plain = likeness / self._doubts[asked]
        votes = (1 - self._plain) * ridge + self._plain * ridge.sum() * plain / plain.sum()
        return Voices(asked.astype(np.int32), near, votes)

    @cached_property
    def _plain(self) -> float:
        return PLAIN_OF_PLACES if self.subjects.by_place else PLAIN

    @cached_property
    def _alike(self) -> Likenesses:
        return Likenesses(self.subjects.likeness(self.worth))


def _largest(values: Floats, most: int) -> "NDArray[np.intp]":
    """Positions of the largest values above 0, in order of position; of equal ones the first."""
    positive = np.flatnonzero(values > 0)
    if positive.size > most:
        first = np.argsort(-values[positive], kind="stable")[:most]
        positive = np.sort(positive[first])
    return positive
