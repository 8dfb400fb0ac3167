"""The model: features of profiles, weighed by a ruleset, ranked exactly and explained part by part."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any, Self, TypeVar

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from matching.features.collection import ProfileCollection
from matching.features.records import read_traits
from matching.fitted_state import FittedState
from matching.near_misses import NearMiss, near_misses
from matching.parts.explanation import score_candidates, suggestion_of
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.ranking import RankedPair, rank_subjects
from matching.retrieval.reverse_topk import subjects_reached
from matching.rules.built_in.registry import CANDIDATE_CONDITIONS, PAIR_CONDITIONS, check_pair
from matching.rules.evaluator import PairEvaluator
from matching.rules.results import ConditionResult, Party
from matching.sector_proposals import SectorProposal, propose_sectors
from matching.suggestion import Suggestion
from matching.track_record.partnerships import PartnershipPair, TrackRecord
from schemas.kinds import Kind
from schemas.records import Record
from schemas.rules import RulesetSettings

ListItem = TypeVar("ListItem")


class PartnershipModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Proposes partners to associations, authorities, programmes and projects.

    The score of a pair is Σ weight × similarity over its parts, all between 0 and 1; weights add up to 1. The same profiles
    give the same lists, in whatever order they were added.

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
        self.settings_ = _settings(self.ruleset)
        self.state_ = FittedState(
            ProfileCollection(self.settings_).put(candidates),
            ProfileCollection(self.settings_).put(context),
            TrackRecord.of(track_record),
        )
        self.indexes_ = IndexCache()
        return self

    @property
    def _fitted(self) -> FittedState:
        check_is_fitted(self)
        state: FittedState = self.state_
        return state

    def update(self, changed: Iterable[Record]) -> Self:
        """Add or replace candidates; the results are those of a new fit."""
        self._fitted.profiles.put(changed)
        self._fitted.invalidate()
        return self

    def remove(self, keys: Iterable[str]) -> Self:
        """Remove candidates; unknown keys are ignored."""
        self._fitted.profiles.remove(keys)
        self._fitted.invalidate()
        return self

    def set_track_record(self, track_record: Iterable[PartnershipPair]) -> Self:
        """Replace the track record."""
        self._fitted.set_track_record(TrackRecord.of(track_record))
        return self

    def set_open_introductions(self, open_introductions: Mapping[str, Set[str]]) -> Self:
        """Replace the open introductions: by the key of who is asked, the keys of those who wait for its answer."""
        self._fitted.set_open_introductions(open_introductions)
        return self

    def warm_up(self) -> Self:
        """Compute what every list needs, so that the first one does not wait for it."""
        everybody = (self._fitted.profiles.of(kind) for kind in Kind)
        self.rank([profiles.records[0] for profiles in everybody if profiles.keys], 1)
        return self

    def with_ruleset(self, ruleset: RulesetSettings | Mapping[str, Any] | None) -> "PartnershipModel":
        """A model of the same profiles and track record under another ruleset; this one is unchanged."""
        other = copy(self)
        other.ruleset = ruleset
        other.settings_ = _settings(ruleset)
        other.state_ = self._fitted.under(other.settings_)
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
        wanted = None if kinds is None else [Kind(name) for name in kinds]
        lists = rank_subjects(self._fitted, self.indexes_, self.settings_, list(subjects), k, wanted, on)
        found = {position: [item(pair) for pair in pairs] for position, pairs in lists}
        return [found[position] for position in range(len(found))]

    def score_pairs(
        self, subject: Record, candidates: Iterable[str], *, on: date | None = None
    ) -> list[Suggestion]:
        """The suggestions of the candidates with these keys to one subject, in the order given; without unknown keys."""
        return score_candidates(self._fitted, self.settings_, subject, list(candidates), on)

    def conditions(
        self,
        subject: Record,
        candidate: Record,
        *,
        on: date | None = None,
        waiting: Set[str] | None = None,
    ) -> list[ConditionResult]:
        """Every condition between a subject and a candidate; dates count on day ``on``.

        ``waiting`` are the keys of those who wait for the candidate's answer, by default those that the model knows.
        """
        circumstances = self._fitted.circumstances(on)
        if waiting is not None:
            circumstances = replace(circumstances, open_introductions={str(candidate["key"]): waiting})
        sides = [Party(record, read_traits(record)) for record in (subject, candidate)]
        of_pair, of_candidate = (
            check_pair(conditions, sides[0], sides[1], circumstances)
            for conditions in (PAIR_CONDITIONS, CANDIDATE_CONDITIONS)
        )
        return [*of_pair, *self.ruleset_conditions(subject, candidate, on=on), *of_candidate]

    def ruleset_conditions(
        self, one: Record, other: Record, *, on: date | None = None
    ) -> list[ConditionResult]:
        """Every condition of the ruleset between two records, in whichever order they are given."""
        ties = self._fitted.ties
        mine, theirs = (Party(record, read_traits(record)) for record in (one, other))
        return PairEvaluator(self.settings_, ties).checks(mine, theirs, on)

    def near_misses(self, subject: Record, k: int = 5, *, on: date | None = None) -> list[NearMiss]:
        """At most ``k`` programmes that would fit but for conditions that the subject could meet, best first."""
        return near_misses(self._fitted, self.settings_, self._fitted.encode([subject]), k, on)

    def propose_sectors(self, record: Record, most: int = 3) -> list[SectorProposal]:
        """At most ``most`` sectors that a record's texts suggest, the likeliest first, without those that it names."""
        return propose_sectors(self._fitted, record, most)

    def subjects_reached(self, changed: Iterable[str], floors: Mapping[str, float]) -> set[str]:
        """The keys of those on whose lists a change of the ``changed`` profiles may show (reverse top-k).

        ``floors`` has, by key, the score that a candidate needs to enter a list that is full.
        """
        return subjects_reached(self._fitted, self.indexes_, self.settings_, changed, floors)

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those with whom a profile is known to have worked."""
        return self._fitted.track_record.partners_of(key)


def _settings(ruleset: RulesetSettings | Mapping[str, Any] | None) -> RulesetSettings:
    if ruleset is None:
        return RulesetSettings.balanced()
    if isinstance(ruleset, RulesetSettings):
        return ruleset
    return RulesetSettings.model_validate(ruleset)
