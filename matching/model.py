"""The model: features of profiles, weighed by a ruleset, ranked exactly and explained part by part."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from datetime import date
from typing import Any, Self, TypeVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from matching.features.collection import ProfileCollection
from matching.features.profiles import KindProfiles
from matching.features.records import read_traits
from matching.fitted_state import FittedState
from matching.near_misses import NearMiss, near_misses
from matching.parts.pairwise import PairwiseScores
from matching.parts.suggestion import Suggestion, suggestion_of
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.ranking import RankedPair, rank_subjects
from matching.retrieval.reverse_topk import subjects_reached
from matching.rules.eligibility import ConditionResult, Party
from matching.rules.evaluator import PairEvaluator
from matching.sector_proposals import SectorProposal, propose_sectors
from matching.track_record.partnerships import PartnershipPair, TrackRecord
from schemas.kinds import Kind
from schemas.records import Record
from schemas.rules import RulesetSettings

ListItem = TypeVar("ListItem")


class PartnershipModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Proposes partners: associations, authorities, programmes and projects to one another.

    The score of a pair is Σ weight × similarity over the parts, all between 0 and 1, the weights adding up to 1. The model
    is deterministic: the same profiles give the same lists, in whatever order they were added.

    Parameters
    ----------
    ruleset
        A :class:`schemas.rules.RulesetSettings`, a dictionary of one, or ``None`` for the balanced one.

    Attributes
    ----------
    settings_
        The ruleset in use.
    state_
        What the model knows.

    Examples
    --------
    >>> from matching import PartnershipModel
    >>> mahdia = {"country": "TN", "code": "TN-53", "path": ["TN", "TN-53"]}
    >>> model = PartnershipModel().fit(
    ...     [{"kind": "authority", "key": "mahdia", "territory": mahdia, "role": "origin"}]
    ... )
    >>> subject = {"kind": "association", "key": "pontes", "origin": [mahdia], "residence": []}
    >>> [suggestion.candidate for suggestion in model.suggest([subject])[0]]
    ['mahdia']
    """

    def __init__(self, ruleset: RulesetSettings | Mapping[str, Any] | None = None) -> None:
        self.ruleset = ruleset

    def fit(
        self,
        candidates: Iterable[Record],
        track_record: Iterable[PartnershipPair] = (),
        context: Iterable[Record] = (),
    ) -> Self:
        """Learn ``candidates`` (import records) and ``track_record``.

        ``track_record`` holds pairs of keys (query, candidate[, since]). ``context`` are records that are no candidates
        themselves: those that pairs name, and people who tie territories to each other. Raises ``ValueError`` for a
        record without a key or a known kind.
        """
        self.settings_ = self._settings()
        self.state_ = FittedState(
            ProfileCollection(self.settings_).put(candidates),
            ProfileCollection(self.settings_).put(context),
            TrackRecord.of(track_record),
        )
        self.indexes_ = IndexCache()
        return self

    def update(self, changed: Iterable[Record]) -> Self:
        """Add or replace candidates; the results are those of a new fit."""
        check_is_fitted(self)
        self.state_.profiles.put(changed)
        self.state_.invalidate()
        return self

    def remove(self, keys: Iterable[str]) -> Self:
        """Remove candidates; unknown keys are ignored."""
        check_is_fitted(self)
        self.state_.profiles.remove(keys)
        self.state_.invalidate()
        return self

    def set_track_record(self, track_record: Iterable[PartnershipPair]) -> Self:
        """Replace the track record."""
        check_is_fitted(self)
        self.state_.set_track_record(TrackRecord.of(track_record))
        return self

    def set_open_introductions(self, open_introductions: Mapping[str, Set[str]]) -> Self:
        """Replace the open introductions: by the key of who is asked, the keys of those who wait for its answer."""
        check_is_fitted(self)
        self.state_.set_open_introductions(open_introductions)
        return self

    def warm_up(self) -> Self:
        """Compute what every list needs, so that the first one does not wait for it."""
        check_is_fitted(self)
        everybody = (self.state_.profiles.of(kind) for kind in Kind)
        self.rank([profiles.records[0] for profiles in everybody if profiles.keys], 1)
        return self

    def with_ruleset(self, ruleset: RulesetSettings | Mapping[str, Any] | None) -> "PartnershipModel":
        """A model of the same profiles and track record under another ruleset; this one is unchanged."""
        check_is_fitted(self)
        other = copy(self)
        other.ruleset = ruleset
        other.settings_ = other._settings()
        other.state_ = self.state_.under(other.settings_)
        return other

    def with_track_record(self, track_record: Iterable[PartnershipPair]) -> "PartnershipModel":
        """A model of the same profiles with another track record; this one is unchanged."""
        return self.with_ruleset(self.settings_).set_track_record(track_record)

    def suggest(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
    ) -> list[list[Suggestion]]:
        """At most ``k`` candidates for each subject (import records), best first.

        Candidates are of ``kinds``, by default of all kinds that the subject's is paired with. The subject itself,
        candidates that a hard condition excludes (dates count on day ``on``) and candidates that share next to nothing
        with the subject are left out. Raises ``ValueError`` when ``k`` is less than 1.
        """
        return self._lists(subjects, k, kinds, on, lambda pair: suggestion_of(*pair, self.settings_))

    def rank(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
    ) -> list[list[str]]:
        """The keys of the candidates that :meth:`suggest` proposes to each subject, without scores and reasons."""
        return self._lists(subjects, k, kinds, on, lambda pair: pair.candidate_key)

    def _lists(
        self,
        subjects: Iterable[Record],
        k: int,
        kinds: Sequence[Kind | str] | None,
        on: date | None,
        item: Callable[[RankedPair], ListItem],
    ) -> list[list[ListItem]]:
        check_is_fitted(self)
        if k < 1:
            raise ValueError("k must be at least 1")
        records, wanted = list(subjects), None if kinds is None else [Kind(name) for name in kinds]
        lists = {
            position: [item(pair) for pair in found]
            for position, found in rank_subjects(
                self.state_, self.indexes_, self.settings_, records, k, wanted, on
            )
        }
        return [lists[position] for position in range(len(records))]

    def score_pairs(
        self, subject: Record, candidates: Iterable[str], *, on: date | None = None
    ) -> list[Suggestion]:
        """The suggestions of the candidates with these keys to one subject, in the order given; without unknown keys."""
        check_is_fitted(self)
        subjects, profiles, wanted = self.state_.encode([subject]), self.state_.profiles, list(candidates)
        positions: dict[Kind, list[int]] = {}
        for key in dict.fromkeys(wanted):
            if kind := profiles.kind_of(key):
                positions.setdefault(kind, []).append(profiles.of(kind).position(key))
        found = {
            suggestion.candidate: suggestion
            for kind, of_kind in positions.items()
            for suggestion in self._score(subjects, profiles.of(kind), of_kind, on)
        }
        return [found[key] for key in wanted if key in found]

    def _score(
        self, subjects: KindProfiles, candidates: KindProfiles, positions: list[int], on: date | None
    ) -> list[Suggestion]:
        pairs = PairwiseScores(self.state_, subjects, candidates, on=on).restrict_candidates(
            np.array(positions)
        )
        return [suggestion_of(pairs, 0, position, self.settings_) for position in range(len(positions))]

    def conditions(self, one: Record, other: Record, *, on: date | None = None) -> list[ConditionResult]:
        """Every condition of the ruleset between two records; dates count on day ``on``."""
        check_is_fitted(self)
        mine, theirs = (Party(record, read_traits(record)) for record in (one, other))
        return PairEvaluator(self.settings_, self.state_.ties).checks(mine, theirs, on)

    def near_misses(self, subject: Record, k: int = 5, *, on: date | None = None) -> list[NearMiss]:
        """At most ``k`` programmes that would fit but for conditions that the subject could meet, best first."""
        check_is_fitted(self)
        return near_misses(self.state_, self.settings_, self.state_.encode([subject]), k, on)

    def propose_sectors(self, record: Record, most: int = 3) -> list[SectorProposal]:
        """At most ``most`` sectors that a record's texts suggest, the likeliest first, without those that it names."""
        check_is_fitted(self)
        return propose_sectors(self.state_, record, most)

    def subjects_reached(self, changed: Iterable[str], floors: Mapping[str, float]) -> set[str]:
        """The keys of those on whose lists a change of the ``changed`` profiles may show (reverse top-k).

        ``floors`` has, by key, the score that a candidate needs to enter a list that is full.
        """
        check_is_fitted(self)
        return subjects_reached(self.state_, self.indexes_, self.settings_, changed, floors)

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those with whom a profile is known to have worked."""
        check_is_fitted(self)
        return self.state_.track_record.partners_of(key)

    def _settings(self) -> RulesetSettings:
        if self.ruleset is None:
            return RulesetSettings.balanced()
        if isinstance(self.ruleset, RulesetSettings):
            return self.ruleset
        return RulesetSettings.model_validate(self.ruleset)
