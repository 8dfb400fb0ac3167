"""What would have to change so that a profile meets a programme's conditions: the least, and exactly that.

Each condition that is missed asks for one change; the changes are applied and the conditions asked again before a
remedy is given. What cannot be changed (a call that has closed, a territory, being another kind of organisation) has
no remedy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from matching.features.records import Side, place_path, read_traits
from matching.rules.eligibility import (
    ConditionResult,
    Party,
    amount_of,
    budget_limits,
    eligibility,
    excluded,
    in_words,
    opening_day,
)
from matching.rules.evaluator import PairEvaluator
from schemas.conditions.associations import Registered
from schemas.conditions.basis import Change, Cure
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import Record
from schemas.translation import Message, message


def remedy(
    programme: Party, applicant: Party, on: date | None, pair_evaluator: PairEvaluator | None = None
) -> Cure | None:
    """The least that makes an applicant eligible that is not; ``None`` when it is, or when nothing would.

    ``pair_evaluator`` holds what the ruleset asks for besides.
    """
    asked = _Asked(programme, pair_evaluator)
    missed = [check for check in eligibility(applicant, programme, on) if check.met is False]
    changes = [_change(check, programme.record, applicant) for check in missed]
    if not all(changes) or not excluded(asked.checks(applicant, on)):
        return None
    opens = opening_day(programme.record)
    mended = Cure(tuple(filter(None, changes)), opens if on and opens and opens > on else None)
    found = asked.by_rules_too(mended, applicant, on)
    if found is None:
        return None
    after = Party(record := found.applied(applicant.record), read_traits(record))
    return None if excluded(asked.checks(after, found.eligible_from or on)) else found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a programme and the ruleset ask of an applicant."""

    programme: Party
    pair_evaluator: PairEvaluator | None

    def checks(self, applicant: Party, on: date | None) -> list[ConditionResult]:
        checks = eligibility(applicant, self.programme, on)
        return checks + (
            self.pair_evaluator.checks(applicant, self.programme, on) if self.pair_evaluator else []
        )

    def by_rules_too(self, mended: Cure, applicant: Party, on: date | None) -> Cure | None:
        """What was mended, and what the ruleset asks for besides; ``None`` where nothing would meet that."""
        record = mended.applied(applicant.record)
        cures = (
            self.pair_evaluator.cure(Party(record, read_traits(record)), self.programme, on)
            if self.pair_evaluator
            else []
        )
        if cures is None:
            return None
        return reduce(Cure.then, cures, mended)


def _change(check: ConditionResult, programme: Record, applicant: Party) -> Change | None:
    maker = _CHANGES.get(check.rule)
    change = maker(programme, applicant) if maker else None
    return replace(change, rule=check.rule) if change else None


def _on_side(side: Side) -> Callable[[Record, Party], Change | None]:
    def change(programme: Record, applicant: Party) -> Change | None:
        if applicant.traits.kind is Kind.AUTHORITY:
            return None
        own = applicant.traits.places[side]
        place = max(programme[side], key=lambda given: _steps_in_common(place_path(given), own))
        sentence = _PLACE_SENTENCES[side, applicant.traits.kind]
        value = [*(applicant.record.get(side) or ()), place]
        return Change(side, value, Message(sentence.text, {"places": (place_path(place)[-1],)}))

    return change


def _steps_in_common(place: TerritoryPath, own: tuple[TerritoryPath, ...]) -> int:
    return max(
        (sum(one == other for one, other in zip(place, path, strict=False)) for path in own), default=0
    )


_PLACE_SENTENCES: Mapping[tuple[Side, Kind], Message] = {
    ("origin", Kind.ASSOCIATION): message(
        "You would be eligible if members of yours came from there: {places}. If some do, say so in your profile."
    ),
    ("residence", Kind.ASSOCIATION): message(
        "You would be eligible if members of yours lived there: {places}. If some do, say so in your profile."
    ),
    ("origin", Kind.PROJECT): message("The project would be eligible if it happened there too: {places}."),
    ("residence", Kind.PROJECT): message(
        "The project would be eligible if people who live there took part: {places}."
    ),
}


def _registered(_programme: Record, applicant: Party) -> Change | None:
    if applicant.traits.kind is not Kind.ASSOCIATION or applicant.record.get("registered") is not False:
        return None
    return Change("registered", True, Registered.would_do)


def _budget(programme: Record, applicant: Party) -> Change:
    most, least = budget_limits(programme)
    amount = amount_of(applicant.record["budget"])
    if most and amount > amount_of(most):
        limit, sentence = most, message("The project would be eligible with a budget of {money} or less.")
    else:
        limit, sentence = (
            least or {},
            message("The project would be eligible with a budget of {money} or more."),
        )
    return Change("budget", limit, Message(sentence.text, {"money": in_words(limit)}))


_CHANGES: Mapping[str, Callable[[Record, Party], Change | None]] = {
    "origin": _on_side("origin"),
    "residence": _on_side("residence"),
    "applicants": _registered,
    "budget": _budget,
}
