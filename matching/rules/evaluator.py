"""Evaluation of a ruleset's conditions: for one subject with many candidates at once, or for one pair."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.features.records import read_traits
from matching.rules.conditions.base import PairPredicate, Predicate, ProfilePredicate
from matching.rules.conditions.combinators import (
    Condition,
    Meets,
    condition_sentence,
    counterfactual,
    predicates_of,
    verdict,
)
from matching.rules.counterfactual import Counterfactual
from matching.rules.fact_table import FactTable
from matching.rules.groups import CandidateRelations, ProfileGroup, Ties
from matching.rules.results import ConditionResult, Party
from matching.rules.ruleset import HardCondition, Preference, RulesetSettings
from matching.rules.verdict import ConditionContext, Verdict
from matching.sparse.matrices import Floats, Mask
from schemas.records import Record
from schemas.translation import Message, message

NOT_MET = message("Required, and not met: {condition}")
CANNOT_TELL = message("Required; the profiles do not say whether it is met: {condition}")
MUST_BE_KNOWN = message("Must be certain; the profiles do not say enough: {condition}")


@dataclass(frozen=True)
class ConditionEvaluator:
    """Evaluates conditions between subjects of one kind and candidates of one kind."""

    subjects: ProfileGroup
    candidates: ProfileGroup
    context: ConditionContext
    ties: Ties

    def verdict(self, condition: Condition, row: int) -> Verdict:
        """Whether a condition is met by one subject with each candidate."""
        relations = CandidateRelations(
            self.subjects.records[row], self.subjects.traits[row], self.candidates, self.ties
        )

        def ask(predicate: Predicate, negated: bool) -> Verdict:
            if isinstance(predicate, ProfilePredicate):
                return self._of_one(predicate, row, negated=negated)
            assert isinstance(predicate, PairPredicate)  # noqa: S101 - there is no other
            found = predicate.verdict(relations)
            return ~found if negated else found

        found, size = verdict(condition, ask), len(self.candidates.records)
        return Verdict(np.broadcast_to(found.yes, size), np.broadcast_to(found.no, size))

    def _of_one(self, predicate: ProfilePredicate, row: int, *, negated: bool) -> Verdict:
        """The verdict on a condition of one kind, on both sides where both are of it."""
        found = []
        if self.subjects.kind in predicate.kinds():
            mine = self._leaf_verdict(self.subjects.facts, predicate, negated=negated)
            found.append(Verdict(mine.yes[row], mine.no[row]))
        if self.candidates.kind in predicate.kinds():
            found.append(self._leaf_verdict(self.candidates.facts, predicate, negated=negated))
        return found[0] if len(found) == 1 else found[0] & found[1]

    def _leaf_verdict(self, facts: FactTable, predicate: ProfilePredicate, *, negated: bool) -> Verdict:
        found = predicate.cached_verdict(facts, self.context)
        return ~found if negated else found

    def points(self, rules: Sequence[Preference], most: float) -> list[Floats]:
        """What preferences add together, at most ``most``, to the score of each subject with each candidate."""
        known: dict[Hashable, Floats] = {}
        found = []
        for row in range(len(self.subjects.records)):
            patterns = [self._pattern(rule.condition, row) for rule in rules]
            key = row if None in patterns else tuple(patterns)
            if key not in known:
                points = np.zeros(len(self.candidates.records))
                for rule in rules:
                    points += rule.points * self.verdict(rule.condition, row).yes
                known[key] = np.minimum(points, most, out=points)
            found.append(known[key])
        return found

    def _pattern(self, condition: Condition, row: int) -> tuple[bool, ...] | None:
        """What of a condition is decided by the subject alone; ``None`` where it matters who it is."""
        predicates = list(predicates_of(condition))
        if any(isinstance(predicate, PairPredicate) for predicate in predicates):
            return None
        verdicts = (
            predicate.cached_verdict(self.subjects.facts, self.context)
            for predicate in predicates
            if isinstance(predicate, ProfilePredicate) and self.subjects.kind in predicate.kinds()
        )
        return tuple(bool(side[row]) for each in verdicts for side in (each.yes, each.no))

    def admitted(self, rules: Sequence[HardCondition], row: int) -> Mask:
        """The candidates that no condition keeps from a subject."""
        admitted = np.ones(len(self.candidates.records), bool)
        for rule in rules:
            admitted &= passing(rule, self.verdict(rule.condition, row))
        return admitted


def passing(rule: HardCondition, found: Verdict) -> Mask:
    """Whom a condition lets pass."""
    return found.yes if rule.when_unknown == "exclude" else ~found.no


@dataclass(frozen=True)
class PairEvaluator:
    """The conditions of a ruleset for one pair at a time."""

    settings: RulesetSettings
    ties: Ties

    def checks(self, one: Party, other: Party, on: date | None) -> list[ConditionResult]:
        """Every condition between two profiles, in whichever order they are given."""
        return [
            _check(rule, self._verdict(rule.condition, one, other, on))
            for rule in self.settings.conditions_between(one.traits.kind, other.traits.kind)
        ]

    def _verdict(self, condition: Condition, one: Party, other: Party, on: date | None) -> Verdict:
        mine, theirs = (ProfileGroup([party.record], [party.traits]) for party in (one, other))
        context = ConditionContext(on, self.settings.territories)
        return ConditionEvaluator(mine, theirs, context, self.ties).verdict(condition, 0)

    def counterfactuals(self, applicant: Party, other: Party, on: date | None) -> list[Counterfactual] | None:
        """For each condition that keeps an applicant out, the least that would let it in; ``None`` where nothing would."""
        record, found = applicant.record, []
        for rule in self.settings.conditions_between(applicant.traits.kind, other.traits.kind):
            mended = counterfactual(
                rule.condition,
                record,
                other.record,
                ConditionContext(on, self.settings.territories),
                self._meets(rule, other, on),
            )
            if mended is None:
                return None
            record = mended.applied(record)
            found.append(mended.under(rule.key))
        return found

    def _meets(self, rule: HardCondition, other: Party, on: date | None) -> Meets:
        """Whether a record, with the other side as it is, is let pass by a part of a condition."""

        def meets(condition: Condition, record: Record) -> bool:
            party = Party(record, read_traits(record))
            return bool(passing(rule, self._verdict(condition, party, other, on))[0])

        return meets


def _check(rule: HardCondition, found: Verdict) -> ConditionResult:
    asked = condition_sentence(rule.condition)
    if found.yes[0]:
        return ConditionResult(rule.key, True, asked)
    values = {"condition": asked}
    if found.no[0]:
        return ConditionResult(rule.key, False, Message(NOT_MET.text, values))
    if rule.when_unknown == "exclude":
        return ConditionResult(rule.key, False, Message(MUST_BE_KNOWN.text, values))
    return ConditionResult(rule.key, None, Message(CANNOT_TELL.text, values))
