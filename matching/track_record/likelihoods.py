"""The likelihood of candidates, by what the nearest earlier subjects have chosen.

What the weights of the neighbours leave open is filled from recent popularity. A candidate without a history has the
likelihood of a newcomer (:mod:`matching.track_record.cold_start`).
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from matching.features.encoding import EncodedProfile
from matching.features.profiles import KindProfiles
from matching.features.records import Sides, Traits
from matching.features.size import size_classes
from matching.features.weighting import IdfWeights
from matching.sparse.matrices import Floats, Mask, Positions, SparseRow, stack_rows
from matching.track_record.choices import PartnershipChoices
from matching.track_record.cold_start import ColdStart
from matching.track_record.nearest_neighbours import NearestNeighbours, NeighbourWeights
from matching.track_record.partnerships import TrackRecord
from matching.track_record.popularity import PopularityPrior, recency
from schemas.exposure import Exposure


class PartnershipLikelihoods:
    """All partnerships between one kind of subject and one kind of candidate.

    Parameters
    ----------
    subjects
        The earlier subjects.
    track_record
        The partnerships.
    with_history
        The candidates of the partnerships, in order of their keys.
    candidates
        All candidates.
    idf
        The inverse document frequencies over all profiles.
    exposure
        What share of their likelihood newcomers get.
    """

    def __init__(
        self,
        subjects: KindProfiles,
        track_record: TrackRecord,
        with_history: Sequence[EncodedProfile],
        candidates: KindProfiles,
        idf: IdfWeights,
        exposure: Exposure,
    ) -> None:
        self.subjects = subjects
        self.candidates = [item.traits.key for item in with_history]
        self._with_history, self._all_candidates = with_history, candidates
        self._exposure = exposure
        self._columns = {key: column for column, key in enumerate(self.candidates)}
        self._choices = PartnershipChoices.of(subjects.keys, self._columns, track_record)
        self._recency = recency(self._choices.ages)
        self._nearest = NearestNeighbours(subjects, self._choices.ages, idf)
        self._cold_start: ColdStart | None = None
        self._columns_of_all: Positions | None = None
        self._newcomer_upper_bounds: Floats | None = None
        self._priors: dict[Sides, PopularityPrior] = {}

    def among(self, candidates: KindProfiles) -> "PartnershipLikelihoods":
        """The same partnerships, with the same candidates read under another ruleset."""
        if candidates is self._all_candidates:
            return self
        other = copy(self)
        other._all_candidates = candidates
        if self._cold_start is not None:
            other._cold_start = replace(self._cold_start, candidates=candidates)
        return other

    def columns_of(self, candidates: KindProfiles) -> Positions:
        """The column of each candidate; -1 for those without a history."""
        if candidates is not self._all_candidates:
            return self._look_up(candidates)
        if self._columns_of_all is None:
            self._columns_of_all = self._look_up(candidates)
        return self._columns_of_all

    def _look_up(self, candidates: KindProfiles) -> Positions:
        return np.array([self._columns.get(key, -1) for key in candidates.keys], np.int64)

    @property
    def cold_start(self) -> ColdStart:
        """The candidates without a history."""
        if self._cold_start is None:
            chosen = np.asarray(self._choices.matrix.sum(axis=0)).ravel()
            newcomers = self._exposure.newcomers
            self._cold_start = ColdStart.of(self._all_candidates, self._with_history, chosen, newcomers)
        return self._cold_start

    def neighbours(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        """The weighted neighbours of each subject."""
        return self._nearest.find(subjects)

    def likelihoods(self, subjects: KindProfiles) -> Floats:
        """The likelihood of each candidate with a history (columns) for each subject (rows), between 0 and 1."""
        neighbours = self.neighbours(subjects)
        weights = stack_rows(
            [SparseRow(each.rows, each.weights) for each in neighbours], len(self.subjects.keys)
        )
        left_open = 1 - np.asarray(weights.sum(axis=1)).ravel()
        popularity = np.array(
            [self._prior_for(one).shares_without(*self._own_choices(one)) for one in subjects.traits]
        )
        likelihoods: Floats = (weights @ self._choices.matrix).toarray() + left_open[:, None] * popularity
        likelihoods = np.clip(likelihoods, 0.0, 1.0, out=likelihoods)
        return np.multiply(likelihoods, 1 - self.cold_start.discounts, out=likelihoods)

    def upper_bounds(self, subjects: KindProfiles, columns: Positions) -> Floats:
        """Upper bounds of the likelihoods of some candidates (``columns``), whatever else the neighbours have chosen."""
        chosen = self._choices.by_candidate[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(chosen.indptr))
        bounds = self._nearest.upper_bounds(subjects, rows, chosen[rows])
        for row, traits in enumerate(subjects.traits):
            own = self._own_choices(traits)
            bounds[row] += self._prior_for(traits).upper_bounds_without(*own, columns)
        bounds = np.minimum(bounds, 1.0, out=bounds)
        return np.multiply(bounds, 1 - self.cold_start.discounts[columns], out=bounds)

    def newcomer_likelihoods(self, subjects: KindProfiles, likelihoods: Floats) -> Floats:
        """The likelihood of one newcomer of each group (columns) for each subject (rows), given :meth:`likelihoods`."""
        expected = np.array([self._prior_for(traits).newcomers_per_subject for traits in subjects.traits])
        return self.cold_start.likelihoods(likelihoods, expected)

    @property
    def newcomer_upper_bounds(self) -> Floats:
        """Upper bounds of :meth:`newcomer_likelihoods`, by group."""
        if self._newcomer_upper_bounds is None:
            expected = max(self._prior_for(one).newcomers_per_subject for one in self.subjects.traits)
            self._newcomer_upper_bounds = self.cold_start.upper_bounds(expected)
        return self._newcomer_upper_bounds

    def apply_size_lift(self, likelihoods: Floats, subjects: KindProfiles, candidates: KindProfiles) -> None:
        """Multiply the likelihoods of authorities (columns) for authorities (rows) by the lift of their sizes, in place."""
        sizes = candidates.array(size_classes)
        for row, (size, traits) in enumerate(zip(subjects.array(size_classes), subjects.traits, strict=True)):
            likelihoods[row] *= self._prior_for(traits).size_lifts[size].take(sizes)

    def nearest_partner(self, neighbours: NeighbourWeights, column: int) -> str | None:
        """The key of the most similar neighbour that has worked with the candidate in a column, if one has."""
        if not neighbours.rows.size:
            return None
        partners = self._choices.subjects_of(column)
        at = np.minimum(np.searchsorted(neighbours.rows, partners), neighbours.rows.size - 1)
        at = at[neighbours.rows[at] == partners]
        if not at.size:
            return None
        return self.subjects.keys[int(neighbours.rows[at[neighbours.similarities[at].argmax()]])]

    def _prior_for(self, subject: Traits) -> PopularityPrior:
        sides = self.subjects.distinguishing_sides(subject)
        if sides not in self._priors:
            with_history = size_classes([profile.record for profile in self._with_history])
            self._priors[sides] = PopularityPrior.of(
                self._choices.matrix,
                self._recency,
                self.cold_start.discounts,
                (self.subjects.array(size_classes), with_history),
                np.flatnonzero(_on_sides(self.subjects, sides)),
            )
        return self._priors[sides]

    def _own_choices(self, subject: Traits) -> tuple[Positions, float]:
        """The candidates (columns) that a subject has chosen itself, and the weight of each choice in the popularity."""
        row = self._nearest.row_of(subject.key)
        if row is None:
            return np.empty(0, np.int64), 0.0
        return self._choices.candidates_of(row), float(self._recency[row])


def _on_sides(subjects: KindProfiles, sides: Sides) -> Mask:
    """The subjects that have one of some sides."""
    if not sides:
        return np.ones(len(subjects.keys), bool)
    having: Mask = np.any([~subjects.lacks_side[side] for side in sides], axis=0)
    return having
