"""A programme supports projects whose budget lies within limits."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from matching.rules.built_in.base import ProgrammeCondition
from matching.rules.counterfactual import Change
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.money import Money
from schemas.records import Record
from schemas.translation import Message, message

BUDGET_RULE = "budget"


class BudgetCondition(ProgrammeCondition):
    """The project's budget is not more than the programme gives, and not less than its least."""

    exact_mask: ClassVar[bool] = False

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between a programme and a project."""
        return {subject, candidate} == {Kind.PROGRAMME, Kind.PROJECT}

    def check_applicant(self, programme: Party, applicant: Party, _on: date | None) -> ConditionResult | None:
        """Not known without a budget, or where it is in another currency."""
        most, least = _limits(programme.record)
        if least is None and most is None:
            return None
        budget = applicant.record.get("budget")
        if budget is None:
            ask = message("The programme takes the budget into account. Add one to the project.")
            return ConditionResult(BUDGET_RULE, None, ask)
        if any(limit and limit["currency"] != budget["currency"] for limit in (least, most)):
            currency = (most or least or {})["currency"]
            compare = message(
                "The programme’s amounts are in another currency: {currency}. Convert your budget and compare.",
                currency=currency,
            )
            return ConditionResult(BUDGET_RULE, None, compare)
        return _compared(_amount(budget), most, least)

    def counterfactual(self, programme: Party, applicant: Party) -> Change | None:
        """The limit that the budget misses."""
        most, least = _limits(programme.record)
        amount = _amount(applicant.record["budget"])
        if most and amount > _amount(most):
            limit = most
            sentence = message("The project would be eligible with a budget of at most: {money}.")
        else:
            limit = least or {}
            sentence = message("The project would be eligible with a budget of at least: {money}.")
        return Change(BUDGET_RULE, limit, Message(sentence.text, {"money": _money(limit)}))


def _compared(amount: Decimal, most: Record | None, least: Record | None) -> ConditionResult:
    if most and amount > _amount(most):
        sentence = message(
            "The project’s budget exceeds the programme’s maximum: {money}.", money=_money(most)
        )
        return ConditionResult(BUDGET_RULE, False, sentence)
    if least and amount < _amount(least):
        sentence = message(
            "The project’s budget is below the programme’s minimum: {money}.", money=_money(least)
        )
        return ConditionResult(BUDGET_RULE, False, sentence)
    return ConditionResult(
        BUDGET_RULE, True, message("The project’s budget is within the programme’s limits.")
    )


def _limits(programme: Record) -> tuple[Record | None, Record | None]:
    """The most and the least that a project may cost to be supported."""
    return programme.get("project_max") or programme.get("budget"), programme.get("project_min")


def _amount(money: Record) -> Decimal:
    return Decimal(str(money["amount"]))


def _money(amount: Record) -> Money:
    return Money.model_validate(amount)
