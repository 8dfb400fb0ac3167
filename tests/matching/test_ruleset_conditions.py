"""Conditions of a ruleset: the masks against a twin in plain Python, and what would meet them, applied."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.features.records import read_traits
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import PAIR_CONDITIONS, check_pair
from matching.rules.conditions.base import Predicate
from matching.rules.conditions.combinators import PREDICATES
from matching.rules.evaluator import ConditionEvaluator, PairEvaluator
from matching.rules.groups import ProfileGroup, Ties
from matching.rules.remedies import remedy
from matching.rules.results import Party, excluded
from matching.rules.verdict import ConditionContext
from schemas.kinds import Kind
from tests.matching.conditions import (
    CONDITION,
    PAIRS,
    TERRITORIES,
    TODAY,
    conditions,
    fits,
    forms_between,
    holds,
    predicate,
    records,
    with_conditions,
)
from tests.matching.records import KAOLACK, MAHDIA, PADUA, association, programme
from tests.sizes import examples


def party(record: dict[str, Any]) -> Party:
    return Party(record, read_traits(record))


def group(some: list[dict[str, Any]]) -> ProfileGroup:
    return ProfileGroup(some, [read_traits(record) for record in some])


def verdicts(
    condition: dict[str, Any], subject: dict[str, Any], others: list[dict[str, Any]], ties: Ties
) -> list[bool | None]:
    """What the masks say of a subject with others."""
    evaluator = ConditionEvaluator(
        group([subject]), group(others), ConditionContext(TODAY, TERRITORIES), ties
    )
    found = evaluator.verdict(CONDITION.validate_python(condition), 0)
    assert not (found.yes & found.no).any()
    return [True if yes else False if no else None for yes, no in zip(found.yes, found.no, strict=True)]


@pytest.mark.parametrize("form", PREDICATES)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_each_condition_says_of_many_what_it_says_of_each(form: type[Predicate], data: st.DataObject) -> None:
    one, other = data.draw(st.sampled_from([pair for pair in PAIRS if form in forms_between(set(pair))]))
    check_against_twin(data, predicate(form, {one, other}), one, other)


@pytest.mark.parametrize(("one", "other"), PAIRS)
@settings(max_examples=examples(50))
@given(data=st.data())
def test_conditions_put_together_say_of_many_what_they_say_of_each(
    one: Kind, other: Kind, data: st.DataObject
) -> None:
    check_against_twin(data, conditions({one, other}), one, other)


def check_against_twin(
    data: st.DataObject, asked: st.SearchStrategy[dict[str, Any]], one: Kind, other: Kind
) -> None:
    condition = data.draw(asked.filter(fits))
    subject = data.draw(records(one, "subject"))
    others = [data.draw(records(other, f"other-{number}")) for number in range(3)]
    # Ties are known by either side.
    tied = {"subject": ["other-1"], "other-1": ["subject"]}
    ties = Ties(partners=tied, introductions=tied)
    whole = CONDITION.validate_python(condition)
    assert verdicts(condition, subject, others, ties) == [
        holds(whole, subject, candidate, together=candidate["key"] == "other-1") for candidate in others
    ]


@pytest.mark.parametrize("applicant", [Kind.ASSOCIATION, Kind.PROJECT])
@settings(max_examples=examples(80))
@given(data=st.data())
def test_what_a_remedy_names_makes_eligible_once_it_is_applied(applicant: Kind, data: st.DataObject) -> None:
    kinds = {applicant, Kind.PROGRAMME}
    rule: dict[str, Any] = {
        "condition": data.draw(conditions(kinds)),
        "when_unknown": data.draw(st.sampled_from(["allow", "exclude"])),
    }
    asked = with_conditions(rule, between=f"{applicant}:programme")
    fund, mine = party(data.draw(records(Kind.PROGRAMME, "fund"))), data.draw(records(applicant, "mine"))
    pair_evaluator = PairEvaluator(asked, Ties())

    def kept_out(record: dict[str, Any], on: date) -> bool:
        side = party(record)
        return excluded(
            [
                *check_pair(PAIR_CONDITIONS, side, fund, Circumstances(on)),
                *pair_evaluator.checks(side, fund, on),
            ]
        )

    found = remedy(fund, party(mine), TODAY, pair_evaluator)
    if found is None:
        return
    assert kept_out(mine, TODAY)
    day = found.eligible_from or TODAY
    assert not kept_out(found.applied(mine), day)
    for left_out in found.changes:
        kept = {change.field: change.value for change in found.changes if change is not left_out}
        assert kept_out({**mine, **kept}, day) or not conjunctive(rule["condition"])


def conjunctive(condition: dict[str, Any]) -> bool:
    """Whether no choice is left: then each change is needed, but that to have registered takes a day from when."""
    if condition["type"] == "all":
        return all(conjunctive(part) for part in condition["of"])
    return condition["type"] not in ("any", "not", "registered_for")


@pytest.mark.parametrize("form", PREDICATES)
def test_conditions_that_can_be_met_say_how(form: type[Predicate]) -> None:
    """Compared with records that say the contrary, one by one."""
    asked = UNMET.get(form.model_fields["type"].default)
    if asked is None:
        assert form.counterfactual is Predicate.counterfactual
        return
    condition, applicant = asked
    fund = programme(residence=[])
    kind = applicant["kind"]
    pair_evaluator = PairEvaluator(with_conditions(condition, between=f"{kind}:programme"), Ties())
    found = remedy(party(fund), party(applicant), TODAY, pair_evaluator)
    assert found is not None
    mended = party(found.applied(applicant))
    assert excluded(pair_evaluator.checks(party(applicant), party(fund), TODAY))
    assert not excluded(pair_evaluator.checks(mended, party(fund), found.eligible_from or TODAY))


def project(**fields: Any) -> dict[str, Any]:
    return {"kind": "project", "key": "well", "name": "well", "origin": ["SN"], **fields}


BUDGET = {"amount": "1000.01", "currency": "EUR"}
UNMET: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "registered": ({"type": "registered"}, association(registered=False)),
    "registered_for": ({"type": "registered_for", "years": 3}, association(registered_since="2024-03-01")),
    "legal_form_in": ({"type": "legal_form_in", "forms": ["federation"]}, association(legal_form="informal")),
    "elected_board": ({"type": "elected_board"}, association(elected_board=False)),
    "published_accounts": ({"type": "published_accounts"}, association(published_accounts=False)),
    "federated": ({"type": "federated"}, association(federated=False)),
    "budget_within": (
        {"type": "budget_within", "most": {"amount": "900", "currency": "EUR"}},
        project(budget=BUDGET),
    ),
    "own_contribution_at_least": (
        {"type": "own_contribution_at_least", "share": 0.25},
        project(budget=BUDGET, own_contribution={"amount": "250.00", "currency": "EUR"}),
    ),
}


def test_who_has_not_been_registered_for_long_enough_learns_from_when() -> None:
    pair_evaluator = PairEvaluator(with_conditions({"type": "registered_for", "years": 3}), Ties())
    applicant = party(association(registered=True, registered_since="2024-03-01"))
    found = remedy(party(programme()), applicant, TODAY, pair_evaluator)
    assert found is not None
    assert found.changes == ()
    assert found.eligible_from == date(2027, 3, 1)
    assert [str(wait) for wait in found.waits] == [
        "Years of legal registration: 2 of 3. Eligible from: 2027-03-01."
    ]


def test_who_is_kept_out_is_not_proposed_either_way_and_says_why() -> None:
    asked = with_conditions(
        {
            "type": "any",
            "of": [
                {"type": "not", "of": {"type": "mechanism_in", "mechanisms": ["3x1"]}},
                {"type": "registered"},
            ],
        },
        {"condition": {"type": "members_at_least", "least": 20}, "when_unknown": "exclude"},
    )
    funds = [programme("three", mechanism="3X1"), programme("other", mechanism="grant"), programme("silent")]
    clubs = [
        association("in", registered=True, members=30),
        association("out", registered=False, members=30),
        association("mute"),
    ]
    model = PartnershipModel(asked).fit([*funds, *clubs])
    lists = [
        {item.candidate for item in found} for found in model.suggest(clubs, on=TODAY, kinds=["programme"])
    ]
    assert lists == [{"three", "other", "silent"}, {"other", "silent"}, set()]
    [back] = model.suggest(funds[:1], on=TODAY, kinds=["association"])
    assert [item.candidate for item in back] == ["in"]
    checks = model.ruleset_conditions(clubs[1], funds[0], on=TODAY)
    assert [(check.rule, check.met) for check in checks] == [("condition-0", False), ("condition-1", True)]
    assert [check.met for check in model.ruleset_conditions(clubs[2], funds[2], on=TODAY)] == [None, False]


def test_among_very_many_conditions_keep_out_the_same() -> None:
    """Where there are many candidates, only some are looked at closely: the lists are the same."""
    asked = with_conditions(
        {"type": "place_within", "of": "association", "side": "residence", "places": ["IT-PD"]}
    )
    clubs = [
        association(
            f"club-{number:04d}", residence=[PADUA if number % 7 == 0 else KAOLACK], origin=[KAOLACK, MAHDIA]
        )
        for number in range(1_200)
    ]
    fund = programme(residence=[])
    model = PartnershipModel(asked).fit([fund, *clubs])
    [found] = model.suggest([fund], 300, kinds=["association"], on=TODAY)
    assert {item.candidate for item in found} == {club["key"] for club in clubs[::7]}
