"""How like each subject is to each candidate of one kind, part by part; each part is computed once."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.track_record.corridors import EndProximity
from matching.track_record.neighbours import PartnershipNeighbours, NeighbourWeights
from matching.features.region import NEIGHBOURS, NESTED, authority_paths
from matching.features.text import CHARACTERS_SHARE
from matching.state import FittedState
from matching.features.profiles import KindProfiles, IdfWeights
from matching.pair_evaluator import ConditionEvaluator
from matching.sparse.matrices import Floats, Positions, SparseRow, dot_products
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from matching.features.records import SIDES, Traits
from schemas.conditions.basis import Asked
from schemas.kinds import Kind
from schemas.rules import PARTS, PartName, RulesetSettings, ScorePart

if TYPE_CHECKING:
    from matching.retrieval.block_max_index import TopKLists


@dataclass(frozen=True)
class NonDotProductScores:
    """What is added to scores beside the dot products: to those ``positions``, how much is ``scores_`` (subjects × these), and how
    much at most to those of anybody else (by subject)."""

    positions: Positions
    scores_: Floats
    upper_bound_elsewhere: Floats


class Similarities:
    """Similarities of all subjects (rows, of one kind) with all candidates of a kind (columns).

    Both are read into the columns of the known profiles: see :meth:`FittedState.read`. Where pairs are ``mask``
    (subjects × candidates), all parts of the others are 0. Dates count on day ``on``.
    """

    def __init__(
        self,
        known: FittedState,
        subjects: KindProfiles,
        candidates: KindProfiles,
        mask: NDArray[np.bool_] | None = None,
        on: date | None = None,
    ) -> None:
        self._state = known
        self._profiles = known.profiles
        self.subjects, self.candidates = subjects, candidates
        self.subject_kind = subjects.kind
        self.kind = candidates.kind
        self._mask, self._on = mask, on
        self._preferences: tuple[RulesetSettings, Sequence[Floats]] | None = None
        self._near_ends: dict[int, EndProximity] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """How many subjects and how many candidates."""
        return len(self.subjects.encoded), len(self.candidates.encoded)

    def part(self, name: PartName) -> Floats:
        """One part, between 0 and 1."""
        values: Floats = getattr(self, name)
        return values

    def scores(self, settings: RulesetSettings) -> Floats:
        """The scores: the parts by their weights in a ruleset, and what it prefers."""
        scores = self._weighted_sum(settings, self.part)
        if preference_scores := self.preference_scores(settings):
            scores += self._masked(np.stack(preference_scores)) * (np.round(scores, SCORE_DECIMALS) >= MIN_SCORE)
        return scores

    def preference_scores(self, settings: RulesetSettings) -> Sequence[Floats]:
        """What a ruleset prefers adds to scores, subject by subject for all candidates, where they have anything else in common.

        Subjects to whom the same applies share theirs; empty where nothing is preferred.
        """
        most = self._weight(settings, "preferences")
        if not most:
            return []
        if self._preferences is None or self._preferences[0] is not settings:
            rules = settings.preferences_between(self.subject_kind, self.kind)
            self._preferences = settings, self.evaluator(settings).points(rules, most)
        return self._preferences[1]

    @property
    def at_capacity(self) -> list[tuple[int, Set[str]]]:
        """The candidates (columns) that have room only for those who wait for their answer already, with the keys of these."""
        at_capacity = self._state.at_capacity.items()
        return [(at, waiting) for key, waiting in at_capacity if (at := self.candidates.find(key)) is not None]

    def evaluator(self, settings: RulesetSettings) -> ConditionEvaluator:
        """Who of the two sides meets what conditions."""
        asked = Asked(self._on, settings.territories)
        return ConditionEvaluator(self.subjects.group, self.candidates.group, asked, self._state.ties)

    def upper_bounds(self, settings: RulesetSettings) -> Floats:
        """What the scores can be at most; for many subjects and few candidates quicker than the scores."""
        most = self._weighted_sum(
            settings, lambda name: self._likelihood_upper_bounds() if name == "track_record" else self.part(name)
        )
        return most + self._weight(settings, "preferences")

    def non_dot_product_scores(self, settings: RulesetSettings) -> "NonDotProductScores":
        """What the parts that are no dot products add to the scores.

        It is told of those with a history; where authorities are compared with authorities, of all. What a ruleset prefers
        (:meth:`preference_scores`) is added besides.
        """
        if self.between_authorities:
            scores_ = self._weighted_sum(settings, self.part, ("region", "track_record"))
            return NonDotProductScores(np.arange(self.shape[1]), scores_, np.zeros(self.shape[0]))
        share = self._track_record_weight(settings)
        if not share:
            return NonDotProductScores(np.empty(0, np.int64), np.empty((self.shape[0], 0)), np.zeros(self.shape[0]))
        there, columns = self._columns_of_earlier
        scores_ = share * np.sqrt(self._likelihoods[:, columns])
        return NonDotProductScores(there, scores_, share * np.sqrt(self._newcomer_likelihoods.max(axis=1)))

    def _dot_products(self, left: csr_matrix, right: csr_matrix) -> Floats:
        """The dot products of the subjects' rows with the candidates', at most 1, as far as they are wanted."""
        if self._mask is None:
            return dot_products(left, right)
        # Where there are few candidates all pairs are wanted, and nobody needs the compiler of this loop.
        from matching.sparse.products import masked_dot_products

        return masked_dot_products(left, right, self._mask)

    def _weighted_sum(
        self, settings: RulesetSettings, part: Callable[[PartName], Floats], parts: Sequence[PartName] = PARTS
    ) -> Floats:
        total: Floats = np.zeros(self.shape)
        for name in parts:
            if share := self._weight(settings, name):
                total += share * part(name)
        return total

    def _weight(self, settings: RulesetSettings, part: ScorePart) -> float:
        return settings.share(self.subject_kind, self.kind, part)

    @cached_property
    def region(self) -> Floats:
        """Shared territories; between two authorities, the corridors that tie theirs, or one lying within the other."""
        if self.between_authorities:
            beyond = self._state.corridors.beyond(self.subjects)
            tied = np.maximum(self._dot_products(beyond, self.candidates.steps), NESTED * self._nesting)
            return np.maximum(tied, NEIGHBOURS * self._proximity, out=tied)
        return self._dot_products(self.subjects.region_against(self.kind), self.candidates.region_against(self.subject_kind))

    @cached_property
    def _proximity(self) -> Floats:
        """How near two authorities lie to each other."""
        return self._dot_products(self.subjects.surroundings, self.candidates.surroundings)

    @cached_property
    def _nesting(self) -> Floats:
        """1 where one of two authorities governs part of the other's territory."""
        nested = np.zeros(self.shape)
        for row, subject in enumerate(self.subjects.traits):
            for side, path in product(SIDES, authority_paths(subject)):
                if len(path) > 1:
                    nested[row, self.candidates.positions_within(side, path[-1])] = 1.0
                for code in path[1:]:
                    nested[row, self.candidates.at(side, code)] = 1.0
        return nested

    def strongest_corridor(self, row: int, position: int) -> Traits | None:
        """Whose corridor ties the territories of a subject and a candidate most closely, if anybody's does."""
        if row not in self._near_ends:
            self._near_ends[row] = self._state.corridors.nearness(self.subjects.region[row])
        return self._state.corridors.strongest(self._near_ends[row], self.candidates.region[position])

    @cached_property
    def sector(self) -> Floats:
        """Shared sectors."""
        mine, theirs = self.subjects.tfidf(self._idf), self.candidates.tfidf(self._idf)
        return self._dot_products(mine.sector, theirs.sector)

    @cached_property
    def priority(self) -> Floats:
        """Shared or related priorities."""
        return self._dot_products(self.subjects.priorities, self.candidates.priorities)

    @cached_property
    def text(self) -> Floats:
        """Likeness of words and of what they stand for."""
        mine, theirs = self.subjects.tfidf(self._idf), self.candidates.tfidf(self._idf)
        characters = CHARACTERS_SHARE * self._dot_products(
            self.subjects.character_tfidf(self._idf), self.candidates.character_tfidf(self._idf)
        )
        return characters + (1 - CHARACTERS_SHARE) * self._dot_products(mine.concepts, theirs.concepts)

    @cached_property
    def track_record(self) -> Floats:
        """How likely the candidates are by earlier partnerships; the root, so that the rare ones still differ."""
        likely = np.zeros(self.shape)
        if self._partnerships.candidates:
            there, columns = self._columns_of_earlier
            likely[:, there] = self._likelihoods[:, columns]
            newcomers, groups = self._newcomers
            likely[:, newcomers] = self._newcomer_likelihoods[:, groups]
        return self._masked(self._as_part(likely))

    def _as_part(self, likely: Floats) -> Floats:
        """The part that likelihoods are; among authorities, how likely they are is a matter of their sizes too."""
        if self.between_authorities and self._partnerships.candidates:
            self._partnerships.lift(likely, self.subjects, self.candidates)
            np.minimum(likely, 1.0, out=likely)
        return np.sqrt(likely, out=likely)

    @cached_property
    def _history_columns(self) -> Positions:
        return self._partnerships.columns_of(self.candidates)

    @cached_property
    def _newcomer_groups(self) -> Positions:
        return self._partnerships.newcomers.groups_of(self.candidates)

    @cached_property
    def _columns_of_earlier(self) -> tuple[Positions, Positions]:
        """Candidates with a history: where they stand here, and where among the earlier partnerships."""
        there = np.flatnonzero(self._history_columns >= 0)
        return there, self._history_columns[there]

    @cached_property
    def _newcomers(self) -> tuple[Positions, Positions]:
        """Candidates without a history: where they stand here, and of which group they are."""
        newcomers = np.flatnonzero(self._history_columns < 0)
        return newcomers, self._newcomer_groups[newcomers]

    @cached_property
    def _newcomer_likelihoods(self) -> Floats:
        """How likely one newcomer of each group is to work with each subject."""
        return self._partnerships.chances(self.subjects, self._likelihoods)

    def _masked(self, values: Floats) -> Floats:
        return values if self._mask is None else values * self._mask

    @cached_property
    def _likelihoods(self) -> Floats:
        """How likely each candidate with a history is to work with each subject."""
        return self._partnerships.likelihoods(self.subjects)

    def _likelihood_upper_bounds(self) -> Floats:
        most = np.zeros(self.shape)
        if self._partnerships.candidates:
            there, columns = self._columns_of_earlier
            if there.size:  # else nobody need be asked whom the subjects are like
                most[:, there] = self._partnerships.upper_bounds(self.subjects, columns)
            newcomers, groups = self._newcomers
            most[:, newcomers] = self._partnerships.chances_at_most[groups]
        return self._as_part(most)

    def nearest_partner(self, row: int, position: int) -> str | None:
        """The earlier partner of a candidate that a subject is most like, if one of those nearest to it is."""
        column = int(self._history_columns[position])
        return None if column < 0 else self._partnerships.nearest_partner(self._neighbours[row], column)

    @cached_property
    def _neighbours(self) -> list[NeighbourWeights]:
        return self._partnerships.voices(self.subjects)

    def concepts(self, row: int, position: int) -> tuple[SparseRow, SparseRow]:
        """What the words of a subject and of a candidate stand for."""
        return self.subjects.encoded[row].vectors.concepts, self.candidates.encoded[position].vectors.concepts

    @property
    def _partnerships(self) -> PartnershipNeighbours:
        return self._state.between(self.subject_kind, self.kind)

    @property
    def between_authorities(self) -> bool:
        """Whether authorities are compared with authorities."""
        return self.subject_kind is Kind.AUTHORITY and self.kind is Kind.AUTHORITY

    def with_history(self, settings: RulesetSettings) -> Positions:
        """The candidates whose earlier partnerships count in a ruleset."""
        return self._columns_of_earlier[0] if self._track_record_weight(settings) else np.empty(0, np.int64)

    def _track_record_weight(self, settings: RulesetSettings) -> float:
        """The weight of the track record; 0 where nobody has one."""
        return self._weight(settings, "track_record") if self._partnerships.candidates else 0.0

    def topk_lists(
        self, settings: RulesetSettings, depth: int, *, least: float, allowed: Sequence[NDArray[np.bool_]]
    ) -> "TopKLists":
        """The best allowed candidates by the parts that are dot products: all but those :meth:`non_dot_product_scores`."""
        index = self.candidates.index(self._idf, self.subject_kind)
        parts, tail = self.subjects.dot_product_parts(self._idf, self.kind)
        weights = dot_product_weights(settings, self.subject_kind, self.kind)
        return index.best(parts, tail, weights, depth, least=least, allowed=allowed)

    def reverse_topk_mask(self, settings: RulesetSettings, floors: Floats) -> NDArray[np.bool_]:
        """To which subjects, unless all are authorities, any candidate without a history may score at least their floor."""
        index = self.subjects.index(self._idf, self.kind)
        parts, tail = self.candidates.dot_product_parts(self._idf, self.subject_kind)
        weights = dot_product_weights(settings, self.subject_kind, self.kind)
        upper_bound_elsewhere = self._newcomers_at_most(settings) + self._weight(settings, "preferences")
        return index.reverse_topk_mask(parts, tail, weights, floors - upper_bound_elsewhere)

    def _newcomers_at_most(self, settings: RulesetSettings) -> float:
        """What a track record adds to the score of any candidate without a history at most."""
        share = self._track_record_weight(settings)
        if not share:
            return 0.0
        return share * float(np.sqrt(self._partnerships.chances_at_most[self._newcomers[1]].max(initial=0.0)))

    def restrict_candidates(self, positions: NDArray[np.int64], mask: NDArray[np.bool_] | None = None) -> "Similarities":
        """The similarities with some of the candidates; what is known of them already is not computed again."""
        candidates = self.candidates.some(positions, self._idf)
        some = Similarities(self._state, self.subjects, candidates, mask, self._on)
        return self._carry_over(some, slice(None), positions)

    def restrict_subjects(self, rows: Sequence[int]) -> "Similarities":
        """The similarities of some of the subjects; what is known of them already is not computed again."""
        subjects = self.subjects.some(np.array(rows), self._idf)
        some = Similarities(self._state, subjects, self.candidates, on=self._on)
        return self._carry_over(some, rows, slice(None))

    def _carry_over(
        self, some: "Similarities", rows: slice | Sequence[int], positions: slice | Positions
    ) -> "Similarities":
        """``some`` of the subjects and candidates, with what is known of them."""
        some._history_columns = self._history_columns[positions]
        if self._partnerships.candidates:
            some._newcomer_groups = self._newcomer_groups[positions]
        if self._preferences is not None:
            settings, preference_scores = self._preferences
            few = preference_scores[rows] if isinstance(rows, slice) else [preference_scores[row] for row in rows]
            some._preferences = settings, [bonus[positions] for bonus in few]
        known = self.__dict__
        for name in {"_likely", "_chances"} & known.keys():
            some.__dict__[name] = known[name][rows]
        if self.between_authorities and "region" in known:
            some.region = some._masked(self.region[rows][:, positions])
        return some

    @property
    def _idf(self) -> IdfWeights:
        return self._profiles.idf_weights


def dot_product_weights(settings: RulesetSettings, subject: Kind, candidate: Kind) -> list[float]:
    """The weights of the blocks that :meth:`matching.features.profiles.KindProfiles.dot_product_parts` gives, in their order."""
    region, sector, priority, text = (
        settings.share(subject, candidate, part) for part in ("region", "sector", "priority", "text")
    )
    # Between two authorities territories are no dot product: see Similarities.region.
    parts = [0.0 if subject is candidate is Kind.AUTHORITY else region, sector, priority]
    return [*parts, (1 - CHARACTERS_SHARE) * text, CHARACTERS_SHARE * text]
