"""Counterfactuals: the least change of a profile that would meet all conditions of a programme, and exactly that.

Each condition that is missed asks for one change; the changes are applied and all conditions checked again before a remedy
is given. An organisation can change its registration, its statutes, its budget and its documents, and wait. What it is, where
its people are, what it works on and how many it has cannot be changed for a programme, so these have no remedy.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from matching.features.records import read_traits
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.programme_state import opening_day
from matching.rules.built_in.registry import PAIR_CONDITIONS, check_pair
from matching.rules.counterfactual import Change, Counterfactual
from matching.rules.evaluator import PairEvaluator
from matching.rules.results import ConditionResult, Party, excluded


def remedy(
    programme: Party, applicant: Party, on: date | None, ruleset: PairEvaluator | None = None
) -> Counterfactual | None:
    """The least that makes an applicant eligible that is not; ``None`` when it is, or when nothing would.

    ``ruleset`` has the conditions of the ruleset, which must be met too.
    """
    conditions = _Conditions(programme, ruleset)
    changes = conditions.changes(applicant, on)
    if changes is None or not (changes or excluded(conditions.check_ruleset(applicant, on))):
        return None
    opens = opening_day(programme.record)
    found = Counterfactual(changes, opens if on and opens and opens > on else None)
    found_too = conditions.meet_ruleset(found, applicant, on)
    if found_too is None:
        return None
    record = found_too.applied(applicant.record)
    after = Party(record, read_traits(record))
    return None if excluded(conditions.check(after, found_too.eligible_from or on)) else found_too


@dataclass(frozen=True, slots=True)
class _Conditions:
    """All conditions on an applicant: the programme's, and the ruleset's."""

    programme: Party
    ruleset: PairEvaluator | None

    def check(self, applicant: Party, on: date | None) -> list[ConditionResult]:
        results = check_pair(PAIR_CONDITIONS, applicant, self.programme, Circumstances(on))
        return results + self.check_ruleset(applicant, on)

    def check_ruleset(self, applicant: Party, on: date | None) -> list[ConditionResult]:
        return self.ruleset.checks(applicant, self.programme, on) if self.ruleset else []

    def changes(self, applicant: Party, on: date | None) -> tuple[Change, ...] | None:
        """The changes that meet the programme's conditions; ``None`` where one cannot be met."""
        changes: list[Change] = []
        kinds = applicant.traits.kind, self.programme.traits.kind
        for condition in (each for each in PAIR_CONDITIONS if each.concerns(*kinds)):
            result = condition.check(applicant, self.programme, Circumstances(on))
            if result is not None and result.met is False:
                change = condition.counterfactual(self.programme, applicant)
                if change is None:
                    return None
                changes.append(replace(change, rule=result.rule))
        return tuple(changes)

    def meet_ruleset(self, found: Counterfactual, applicant: Party, on: date | None) -> Counterfactual | None:
        """The changes so far and those that meet the ruleset's conditions; ``None`` where nothing would."""
        record = found.applied(applicant.record)
        party = Party(record, read_traits(record))
        counterfactuals = self.ruleset.counterfactuals(party, self.programme, on) if self.ruleset else []
        return None if counterfactuals is None else reduce(Counterfactual.then, counterfactuals, found)
