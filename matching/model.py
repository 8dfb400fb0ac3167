"""The similarity model: blocks × ruleset weights → exact best candidates, explained part by part."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from datetime import date
from typing import Any, Self, TypeVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from matching.rules.eligibility import ConditionResult, Party
from matching.track_record.partnerships import PartnershipInput, TrackRecord
from matching.state import FittedState
from matching.near_misses import NearMiss, near_misses
from matching.features.profiles import KindProfiles, ProfileCollection
from matching.retrieval.ranking import ScoredPair, CandidateRanking, candidate_key
from matching.retrieval.reverse_topk import subjects_reached
from matching.parts.reasons import reasons
from matching.pair_evaluator import PairEvaluator
from matching.sector_proposals import SectorProposal, propose_sectors
from matching.parts.similarities import Similarities
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from matching.suggestion import Part, Suggestion
from matching.features.records import Record, read_traits
from schemas.kinds import PAIRINGS, Kind
from schemas.rules import PARTS, RulesetSettings

SUBJECTS_AT_ONCE = 64
Told = TypeVar("Told")


class PartnershipModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Proposes partners: associations, authorities, programmes and projects to one another.

    ``ruleset`` is a :class:`schemas.rules.RulesetSettings`, a dictionary of one, or ``None`` for the balanced
    one. The score of a pair is the sum over the parts of weight × similarity, both between 0 and 1, weights
    adding up to 1. The model is deterministic: the same profiles give the same lists, in whatever order
    they were added.
    """

    def __init__(self, ruleset: RulesetSettings | Mapping[str, Any] | None = None) -> None:
        self.ruleset = ruleset

    def fit(
        self,
        candidates: Iterable[Record],
        track_record: Iterable[PartnershipInput] = (),
        earlier: Iterable[Record] = (),
    ) -> Self:
        """Take in ``candidates`` (import records) and learn from ``track_record``.

        ``track_record`` holds pairs of keys (query, candidate[, since]). ``earlier`` are records that are no
        candidates themselves: those that pairs name, and people who tie territories to each other. Raises
        ``ValueError`` for a record without key or kind.
        """
        self.settings_ = self._settings()
        self.state_ = FittedState(
            ProfileCollection(self.settings_).put(candidates),
            ProfileCollection(self.settings_).put(earlier),
            TrackRecord.of(track_record),
        )
        return self

    def update(self, changed: Iterable[Record]) -> Self:
        """Take in new or changed candidates; the same results as a new fit."""
        check_is_fitted(self)
        self.state_.profiles.put(changed)
        self.state_.forget()
        return self

    def remove(self, keys: Iterable[str]) -> Self:
        """Forget candidates; keys that are not known are passed over."""
        check_is_fitted(self)
        self.state_.profiles.drop(keys)
        self.state_.forget()
        return self

    def learn(self, track_record: Iterable[PartnershipInput]) -> Self:
        """Put another track record in place of the one learnt from."""
        check_is_fitted(self)
        self.state_.learn(TrackRecord.of(track_record))
        return self

    def ask(self, waiting: Mapping[str, Set[str]]) -> Self:
        """Put others in place of those who wait for answers: by key of who is asked, the keys of those who ask."""
        check_is_fitted(self)
        self.state_.ask(waiting)
        return self

    def warm_up(self) -> Self:
        """Work out what every list needs, so that the first one need not wait for it."""
        check_is_fitted(self)
        everybody = (self.state_.profiles.of(kind) for kind in Kind)
        self.rank([found.records[0] for found in everybody if found.keys], 1)
        return self

    def conditions(self, one: Record, other: Record, *, on: date | None = None) -> list[ConditionResult]:
        """Every condition of the ruleset between two records; dates count on day ``on``."""
        check_is_fitted(self)
        mine, theirs = (Party(record, read_traits(record)) for record in (one, other))
        return PairEvaluator(self.settings_, self.state_.ties).checks(mine, theirs, on)

    def with_track_record(self, track_record: Iterable[PartnershipInput]) -> "PartnershipModel":
        """A model on the same profiles that knows another track record; this one is unchanged."""
        other = self.with_ruleset(self.settings_)
        return other.learn(track_record)

    def with_ruleset(self, ruleset: RulesetSettings | Mapping[str, Any] | None) -> "PartnershipModel":
        """A model on the same profiles and track record that follows another ruleset; this one is unchanged."""
        check_is_fitted(self)
        other = copy(self)
        other.ruleset = ruleset
        other.settings_ = other._settings()
        other.state_ = self.state_.under(other.settings_)
        return other

    def suggest(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
    ) -> list[list[Suggestion]]:
        """For each subject (import records) at most ``k`` candidates, best first.

        Candidates are of ``kinds``, by default of all kinds that the subject's is paired with. The subject
        itself, candidates that a hard condition excludes (dates count on day ``on``) and candidates that share
        next to nothing with the subject are left out. Raises ``ValueError`` when ``k`` is less than 1.
        """
        return self._lists(subjects, k, kinds, on, lambda place: self._suggestion(*place))

    def rank(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
    ) -> list[list[str]]:
        """The keys of those whom :meth:`suggest` proposes to each subject, without what speaks for them."""
        return self._lists(subjects, k, kinds, on, candidate_key)

    def score_pairs(
        self, subject: Record, candidates: Iterable[str], *, on: date | None = None
    ) -> list[Suggestion]:
        """Score and parts of the named candidates for one subject, in the order given; unknown keys are left out."""
        check_is_fitted(self)
        subjects, profiles = self.state_.read([subject]), self.state_.profiles
        wanted = list(candidates)
        places: dict[Kind, list[int]] = {}
        for key in dict.fromkeys(wanted):
            if kind := profiles.kind_of(key):
                places.setdefault(kind, []).append(profiles.of(kind).position(key))
        found = {
            item.candidate: item
            for kind, positions in places.items()
            for item in self._score(subjects, profiles.of(kind), positions, on)
        }
        return [found[key] for key in wanted if key in found]

    def _score(
        self, subjects: KindProfiles, candidates: KindProfiles, positions: list[int], on: date | None
    ) -> list[Suggestion]:
        everybody = Similarities(self.state_, subjects, candidates, on=on)
        similarities = everybody.among(np.array(positions))
        return [self._suggestion(similarities, 0, position) for position in range(len(positions))]

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those with whom a profile is known to have worked."""
        check_is_fitted(self)
        return self.state_.track_record.partners_of(key)

    def near_misses(self, subject: Record, k: int = 5, *, on: date | None = None) -> list[NearMiss]:
        """At most ``k`` programmes that would fit but for conditions the subject could meet, best first."""
        check_is_fitted(self)
        return near_misses(self.state_, self.settings_, self.state_.read([subject]), k, on)

    def propose_sectors(self, record: Record, most: int = 3) -> list[SectorProposal]:
        """At most ``most`` sectors that a record's texts speak for, the likeliest first, without those it names."""
        check_is_fitted(self)
        return propose_sectors(self.state_, record, most)

    def subjects_reached(self, changed: Iterable[str], floors: Mapping[str, float]) -> set[str]:
        """The keys of those on whose lists a change of the ``changed`` profiles may show.

        ``floors`` holds, by key, the score below which a candidate has no place on a list that is full.
        """
        check_is_fitted(self)
        return subjects_reached(self.state_, self.settings_, changed, floors)

    def _settings(self) -> RulesetSettings:
        if self.ruleset is None:
            return RulesetSettings.balanced()
        if isinstance(self.ruleset, RulesetSettings):
            return self.ruleset
        return RulesetSettings.model_validate(self.ruleset)

    def _lists(
        self,
        subjects: Iterable[Record],
        k: int,
        kinds: Sequence[Kind | str] | None,
        on: date | None,
        tell: Callable[[ScoredPair], Told],
    ) -> list[list[Told]]:
        """What is told of the best candidates of each subject. A few are looked at together, and then let go."""
        check_is_fitted(self)
        if k < 1:
            raise ValueError("k must be at least 1")
        asked = list(subjects)
        lists: dict[int, list[Told]] = {}
        for positions in _of_one_kind(asked, SUBJECTS_AT_ONCE):
            found = self._best([asked[position] for position in positions], k, kinds, on)
            for position, places in zip(positions, found, strict=True):
                lists[position] = [tell(place) for place in places]
        return [lists[position] for position in range(len(asked))]

    def _best(
        self, subjects: Sequence[Record], k: int, kinds: Sequence[Kind | str] | None, on: date | None
    ) -> list[list[ScoredPair]]:
        """Where the best candidates of some subjects of one kind are, for each subject."""
        rows = self.state_.read(_distinct(subjects))
        wanted = PAIRINGS[rows.kind] if kinds is None else [Kind(name) for name in kinds]
        lists = CandidateRanking.of(self.state_, self.settings_, rows, wanted, on, k).lists(k)
        return [lists[rows.position(str(subject["key"]))] for subject in subjects]

    def _suggestion(self, similarities: Similarities, row: int, position: int) -> Suggestion:
        subject = similarities.subjects.traits[row]
        candidate = similarities.candidates.encoded[position].traits
        why = reasons(subject, candidate, similarities, row, position)
        parts = [
            Part(
                name,
                self.settings_.share(subject.kind, candidate.kind, name),
                float(similarities.part(name)[row, position]),
                why.get(name, ()),
            )
            for name in PARTS
        ]
        if self.settings_.share(subject.kind, candidate.kind, "preferences"):
            counts = round(sum(part.points for part in parts), SCORE_DECIMALS) >= MIN_SCORE
            parts.append(self._preferences(similarities, row, position, counts=counts))
        return Suggestion(candidate.key, candidate.kind, sum(part.points for part in parts), tuple(parts))

    def _preferences(self, similarities: Similarities, row: int, position: int, *, counts: bool) -> Part:
        """What the ruleset prefers in a pair; it ``counts`` where the pair has anything else in common."""
        kinds = similarities.subject_kind, similarities.kind
        share = self.settings_.share(*kinds, "preferences")
        if not counts:
            return Part("preferences", share, 0.0)
        rules = self.settings_.preferences_between(*kinds)
        evaluator = similarities.evaluator(self.settings_)
        met = (rule.key for rule in rules if evaluator.verdict(rule.condition, row).yes[position])
        preferred = float(similarities.preference_scores(self.settings_)[row][position]) / share
        return Part("preferences", share, preferred, tuple(met))


def _of_one_kind(subjects: Sequence[Record], most: int) -> Iterator[list[int]]:
    """The positions of the subjects, at most so many together, those together of one kind."""
    groups: dict[Kind, list[int]] = {}
    for position, subject in enumerate(subjects):
        groups.setdefault(Kind(subject.get("kind", "")), []).append(position)
    for positions in groups.values():
        yield from (positions[start : start + most] for start in range(0, len(positions), most))


def _distinct(records: Iterable[Record]) -> list[Record]:
    return list({str(record["key"]): record for record in records}.values())
