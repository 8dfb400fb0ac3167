"""What a fitted model answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sklearn.utils.validation import check_is_fitted

from matching.empty_lists import explain_empty_list
from matching.features.jurisdictions import same_jurisdiction
from matching.features.records import read_traits
from matching.fitted_state import FittedState
from matching.near_misses import NearMiss, near_misses
from matching.parts.explanation import score_candidates, suggestion_of
from matching.precedents import NearestPrecedent, ended_programmes
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.ranking import RankingContext, rank_subjects
from matching.retrieval.reverse_topk import Floors, subjects_reached
from matching.retrieval.side_balance import RankedPair
from matching.rules.built_in.base import BuiltInCondition, Circumstances, Waiting
from matching.rules.built_in.registry import (
    CANDIDATE_CONDITIONS,
    OTHER_PAIR_CONDITIONS,
    PAIR_CONDITIONS,
    check_pair,
)
from matching.rules.evaluator import PairEvaluator
from matching.rules.results import ConditionResult, Party, excluded
from matching.rules.ruleset import RulesetSettings
from matching.sector_proposals import SectorProposal, propose_sectors
from matching.suggestion import EmptyList, Suggestion
from schemas.kinds import Kind
from schemas.records import Record

ListItem = TypeVar("ListItem")


class AnswersMixin:
    """Suggestions and their conditions, for an estimator that is fitted."""

    settings_: RulesetSettings
    state_: FittedState
    indexes_: IndexCache

    @property
    def _fitted(self) -> FittedState:
        check_is_fitted(self)
        return self.state_

    def suggest(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
        excluded: Mapping[str, Set[str]] | None = None,
    ) -> list[list[Suggestion]]:
        """At most ``k`` candidates for each subject (import records), best first.

        Candidates are of ``kinds``, by default of all kinds that the subject's is paired with. The subject itself,
        candidates that a hard condition excludes (dates count on day ``on``), those ``excluded`` (keys, by the key of the
        subject), and candidates that share next to nothing with the subject are left out. Of the authorities on a list
        each side of a corridor has half, as far as there are any, and authorities that govern the same are one. Raises
        ``ValueError`` when ``k`` is less than 1.
        """
        context = self._ranking_context(on, excluded)

        def item(pair: RankedPair) -> Suggestion:
            suggestion = suggestion_of(pair.pairs, pair.row, pair.position, self.settings_)
            subject = pair.pairs.subjects.encoded[pair.row]
            return self._with_others(suggestion, Party(subject.record, subject.traits), context)

        return self._lists(subjects, k, kinds, context, item)

    def rank(
        self,
        subjects: Iterable[Record],
        k: int = 20,
        *,
        kinds: Sequence[Kind | str] | None = None,
        on: date | None = None,
    ) -> list[list[str]]:
        """The keys of the candidates that :meth:`suggest` proposes to each subject, without scores and reasons."""
        context = self._ranking_context(on)
        return self._lists(subjects, k, kinds, context, lambda pair: pair.candidate_key)

    def _ranking_context(
        self, on: date | None, excluded: Mapping[str, Set[str]] | None = None
    ) -> RankingContext:
        check_is_fitted(self)
        return RankingContext(self.indexes_, self.settings_, on, excluded or {})

    def _lists(
        self,
        subjects: Iterable[Record],
        k: int,
        kinds: Sequence[Kind | str] | None,
        context: RankingContext,
        item: Callable[[RankedPair], ListItem],
    ) -> list[list[ListItem]]:
        wanted = None if kinds is None else [Kind(name) for name in kinds]
        lists = rank_subjects(self._fitted, context, list(subjects), k, wanted)
        found = {position: [item(pair) for pair in pairs] for position, pairs in lists}
        return [found[position] for position in range(len(found))]

    def score_pairs(
        self, subject: Record, candidates: Iterable[str], *, on: date | None = None
    ) -> list[Suggestion]:
        """The suggestions of the candidates with these keys to one subject, in the order given; without unknown keys."""
        scored = score_candidates(self._fitted, self.settings_, subject, list(candidates), on)
        context, party = self._ranking_context(on), Party(subject, read_traits(subject))
        return [self._with_others(suggestion, party, context) for suggestion in scored]

    def _with_others(self, suggestion: Suggestion, subject: Party, context: RankingContext) -> Suggestion:
        """A suggestion with all who govern the same as its candidate and may be shown as well."""
        others = same_jurisdiction(self.state_.profiles, suggestion.candidate)
        if not others:
            return suggestion
        own, circumstances = subject.traits.key, self.state_.circumstances(context.on)
        hidden = {own, *context.excluded.get(own, ())}
        # Who governs the same has the same territory; of its partners a subject asks none.
        is_partner = suggestion.candidate in self.state_.track_record.partners_of(own)
        asked = PAIR_CONDITIONS if is_partner else OTHER_PAIR_CONDITIONS
        parties = (Party(other.record, other.traits) for other in others if other.traits.key not in hidden)
        eligible = (
            party.traits.key
            for party in parties
            if not excluded(self._conditions(subject, party, circumstances, asked))
        )
        return replace(suggestion, together_with=tuple(eligible))

    def conditions(
        self,
        subject: Record,
        candidate: Record,
        *,
        on: date | None = None,
        waiting: Waiting | None = None,
    ) -> list[ConditionResult]:
        """Every condition between a subject and a candidate; dates count on day ``on``.

        ``waiting`` are those who wait for the candidate's answer, by default those that the model knows.
        """
        circumstances = self._fitted.circumstances(on)
        if waiting is not None:
            circumstances = replace(circumstances, open_introductions={str(candidate["key"]): waiting})
        return list(self._conditions(*_parties(subject, candidate), circumstances))

    def _conditions(
        self,
        mine: Party,
        theirs: Party,
        circumstances: Circumstances,
        between: Sequence[BuiltInCondition] = PAIR_CONDITIONS,
    ) -> Iterator[ConditionResult]:
        yield from check_pair(between, mine, theirs, circumstances)
        yield from PairEvaluator(self.settings_, self.state_.ties).checks(mine, theirs, circumstances.on)
        yield from check_pair(CANDIDATE_CONDITIONS, mine, theirs, circumstances)

    def ruleset_conditions(
        self, one: Record, other: Record, *, on: date | None = None
    ) -> list[ConditionResult]:
        """Every condition of the ruleset between two records, in whichever order they are given."""
        ties = self._fitted.ties
        return PairEvaluator(self.settings_, ties).checks(*_parties(one, other), on)

    def near_misses(self, subject: Record, k: int = 5, *, on: date | None = None) -> list[NearMiss]:
        """At most ``k`` programmes that would fit but for conditions that the subject could meet, best first."""
        return near_misses(self._fitted, self.settings_, self._fitted.encode([subject]), k, on)

    def ended_programmes(
        self, subject: Record, k: int = 1, *, on: date | None = None
    ) -> list[NearestPrecedent]:
        """At most ``k`` programmes that have ended and would have fitted a subject, the nearest first."""
        return ended_programmes(self._fitted, self.settings_, self._fitted.encode([subject]), k, on)

    def explain_empty_list(
        self, subject: Record, *, kinds: Sequence[Kind | str] | None = None, on: date | None = None
    ) -> EmptyList:
        """Why :meth:`suggest` has nobody for a subject, given that it has not."""
        encoded = self._fitted.encode([subject])
        wanted = (
            self.settings_.candidate_kinds(encoded.kind) if kinds is None else [Kind(name) for name in kinds]
        )
        return explain_empty_list(self._fitted, self.settings_, encoded, wanted, on)

    def propose_sectors(self, record: Record, most: int = 3) -> list[SectorProposal]:
        """At most ``most`` sectors that a record's texts suggest, the most likely first, without those that it names."""
        return propose_sectors(self._fitted, record, most)

    def subjects_reached(
        self, changed: Iterable[str], floors: Mapping[str, float], one_sided: Set[str] = frozenset()
    ) -> set[str]:
        """The keys of those on whose lists a change of the ``changed`` profiles may show (reverse top-k).

        ``floors`` has, by key, the score that a candidate needs to enter a list that is full. Lists that are
        ``one_sided`` have room for any authority of the side that comes short.
        """
        return subjects_reached(
            self._fitted, self.indexes_, self.settings_, changed, Floors(floors, one_sided)
        )

    def same_jurisdiction(self, keys: Iterable[str]) -> set[str]:
        """The keys of other authorities that govern what one of these governs, on the same level."""
        profiles = self._fitted.profiles
        return {other.traits.key for key in keys for other in same_jurisdiction(profiles, key)}

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those with whom a profile is known to have worked."""
        return self._fitted.track_record.partners_of(key)


def _parties(one: Record, other: Record) -> tuple[Party, Party]:
    return Party(one, read_traits(one)), Party(other, read_traits(other))
