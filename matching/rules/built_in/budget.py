"""A programme supports projects whose budget lies within limits."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from matching.rules.built_in.base import ProgrammeCondition
from matching.rules.counterfactual import Change
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
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
            ask = message("The programme looks at the budget. Add one to the project.")
            return ConditionResult(BUDGET_RULE, None, ask)
        if any(limit and limit["currency"] != budget["currency"] for limit in (least, most)):
            currency = (most or least or {})["currency"]
            compare = message(
                "The programme counts in {currency}. Compare the budget yourself.", currency=currency
            )
            return ConditionResult(BUDGET_RULE, None, compare)
        return _compared(_amount(budget), most, least)

    def counterfactual(self, programme: Party, applicant: Party) -> Change | None:
        """The limit that the budget misses."""
        most, least = _limits(programme.record)
        amount = _amount(applicant.record["budget"])
        if most and amount > _amount(most):
            limit, sentence = most, message("The project would be eligible with a budget of {money} or less.")
        else:
            limit = least or {}
            sentence = message("The project would be eligible with a budget of {money} or more.")
        return Change(BUDGET_RULE, limit, Message(sentence.text, {"money": _in_words(limit)}))


def _compared(amount: Decimal, most: Record | None, least: Record | None) -> ConditionResult:
    if most and amount > _amount(most):
        sentence = message(
            "The project’s budget is more than the programme gives: {money}.", money=_in_words(most)
        )
        return ConditionResult(BUDGET_RULE, False, sentence)
    if least and amount < _amount(least):
        sentence = message(
            "The project’s budget is less than the programme’s least: {money}.", money=_in_words(least)
        )
        return ConditionResult(BUDGET_RULE, False, sentence)
    return ConditionResult(
        BUDGET_RULE, True, message("The project’s budget lies within what the programme gives.")
    )


def _limits(programme: Record) -> tuple[Record | None, Record | None]:
    """The most and the least that a project may cost to be supported."""
    return programme.get("project_max") or programme.get("budget"), programme.get("project_min")


def _amount(money: Record) -> Decimal:
    return Decimal(str(money["amount"]))


def _in_words(money: Record) -> str:
    """An amount of money as it is shown: ``1200.00 EUR``."""
    return f"{money['amount']} {money['currency']}"
