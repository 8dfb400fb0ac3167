"""Conditions: read in four languages, bounded, and found out where they contradict each other or change nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matching.rules.conditions.base import Predicate
from matching.rules.conditions.combinators import (
    MAX_DEPTH,
    MAX_PREDICATES,
    PREDICATES,
    Not,
    condition_sentence,
)
from matching.rules.conditions.contradictions import SatisfiabilityChecker
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import Kind
from schemas.language import Language
from schemas.wording import render
from tests.matching.conditions import (
    CONDITION,
    PAIRS,
    TERRITORIES,
    conditions,
    fits,
    forms_between,
    holds,
    predicate,
    records,
)
from tests.sizes import examples

CHECKER = SatisfiabilityChecker(TERRITORIES)


def members(least: int) -> dict[str, Any]:
    return {"type": "members_at_least", "least": least}


def all_of(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "all", "of": list(parts)}


def any_of(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "any", "of": list(parts)}


def no(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "not", "of": part}


def place(code: str, of: str = "association") -> dict[str, Any]:
    return {"type": "place_within", "of": of, "side": "origin", "places": [code]}


REGISTERED = {"type": "registered"}


@pytest.mark.parametrize("form", PREDICATES)
@settings(max_examples=examples(20))
@given(data=st.data())
def test_each_is_read_in_four_languages_and_so_is_its_contrary(
    form: type[Predicate], data: st.DataObject
) -> None:
    pair = next(pair for pair in PAIRS if form in forms_between(set(pair)))
    condition = CONDITION.validate_python(data.draw(predicate(form, set(pair)).filter(fits)))
    said = [condition_sentence(condition), condition_sentence(condition, negated=True)]
    for language in Language:
        shown = [render(language, each) for each in said]
        assert len(set(shown)) == 2
        assert all(text.endswith(".") and "{" not in text for text in shown)
    assert len({render(language, said[0]) for language in Language}) == 4


def test_conditions_in_each_other_are_read_as_one_sentence() -> None:
    condition = CONDITION.validate_python(
        any_of(
            no(all_of(REGISTERED, members(20))),
            {"type": "sector_within", "of": "association", "sectors": ["240", "11120"]},
        )
    )
    assert render(Language.EN, condition_sentence(condition)) == (
        "At least one of these: (At least one of these: The association is not legally registered; "
        "Members of the association, fewer than: 20); "
        "(Sector of the association: banking and financial services; education facilities)."
    )
    assert render(Language.FR, condition_sentence(CONDITION.validate_python(place("SN-KL")))) == (
        "Territoire d’origine de l’association\N{NO-BREAK SPACE}: SN-KL."
    )


@pytest.mark.parametrize(("one", "other"), PAIRS)
@settings(max_examples=examples(40))
@given(data=st.data())
def test_what_somebody_meets_is_never_called_impossible(one: Kind, other: Kind, data: st.DataObject) -> None:
    asked = [CONDITION.validate_python(data.draw(conditions({one, other}))) for _ in range(2)]
    mine, theirs = data.draw(records(one, "mine")), data.draw(records(other, "theirs"))
    together = data.draw(st.booleans())
    found = [holds(condition, mine, theirs, together) for condition in asked]
    met = [
        condition if so else Not(of=condition)
        for condition, so in zip(asked, found, strict=True)
        if so is not None
    ]
    if one is not other:
        assert CHECKER.satisfiable(*met)


@pytest.mark.parametrize(
    "condition",
    [
        all_of(members(20), no(members(10)), REGISTERED),
        all_of(REGISTERED, no(REGISTERED)),
        all_of({"type": "registered_for", "years": 2}, no(REGISTERED)),
        all_of(place("SN-KL"), no(place("SN"))),
        all_of({"type": "level_in", "levels": ["region"]}, {"type": "level_in", "levels": ["state"]}),
        all_of(any_of(members(20), members(30)), no(members(15))),
        no(any_of(members(5), no(members(10)))),
        all_of(place("SN-KL", "authority"), place("IT", "authority")),
        all_of(
            {"type": "distance_at_most", "kilometres": 5}, no({"type": "distance_at_most", "kilometres": 9})
        ),
        all_of(
            {"type": "budget_within", "least": {"amount": "10", "currency": "EUR"}},
            {"type": "budget_within", "most": {"amount": "9.99", "currency": "EUR"}},
        ),
    ],
)
def test_what_can_never_be_met_is_found(condition: dict[str, Any]) -> None:
    [finding] = CHECKER.findings(CONDITION.validate_python(condition))
    assert finding.never


@pytest.mark.parametrize(
    "condition",
    [
        all_of(place("SN-KL"), place("IT")),
        all_of(place("SN"), no(place("SN-KL"))),
        all_of(
            {"type": "budget_within", "least": {"amount": "10", "currency": "EUR"}},
            {"type": "budget_within", "most": {"amount": "10", "currency": "EUR"}},
        ),
        any_of(no({"type": "mechanism_in", "mechanisms": ["3x1"]}), REGISTERED),
        all_of(
            {"type": "priority_in", "of": "association", "priorities": ["rights"]},
            {"type": "priority_in", "of": "association", "priorities": ["capacities"]},
        ),
    ],
)
def test_what_can_be_met_and_asks_for_something_is_let_be(condition: dict[str, Any]) -> None:
    assert list(CHECKER.findings(CONDITION.validate_python(condition))) == []


@pytest.mark.parametrize(
    ("condition", "way"),
    [
        (any_of(members(10), no(members(20))), ()),
        (all_of(members(20), members(10)), ("of", 1)),
        (any_of(members(20), members(10)), ("of", 0)),
        (all_of(REGISTERED, {"type": "registered_for", "years": 2}), ("of", 0)),
        (any_of(REGISTERED, all_of(members(5), no(members(2)))), ("of", 1)),
        (all_of(REGISTERED, any_of(members(5), members(5), place("SN"))), ("of", 1, "of", 1)),
    ],
)
def test_what_changes_nothing_is_found_where_it_stands(
    condition: dict[str, Any], way: tuple[str | int, ...]
) -> None:
    findings = list(CHECKER.findings(CONDITION.validate_python(condition)))
    assert [(finding.path, finding.never) for finding in findings] == [(way, False)]


def test_only_those_are_named_that_contradict_each_other() -> None:
    [finding] = CHECKER.findings(CONDITION.validate_python(all_of(REGISTERED, members(20), no(members(10)))))
    assert render(Language.EN, finding.said) == (
        "These conditions contradict each other and can never be met: "
        "Members of the association, at least: 20; Members of the association, fewer than: 10."
    )


def nested_in(condition: dict[str, Any], depth: int) -> dict[str, Any]:
    return condition if depth == 0 else no(nested_in(condition, depth - 1))


def test_conditions_are_of_bounded_size() -> None:
    assert fits(nested_in(REGISTERED, MAX_DEPTH))
    assert not fits(nested_in(REGISTERED, MAX_DEPTH + 1))
    assert not fits(nested_in(REGISTERED, 200))
    assert fits(all_of(*[members(n + 1) for n in range(MAX_PREDICATES)]))
    assert not fits(all_of(all_of(*[members(n + 1) for n in range(MAX_PREDICATES)]), REGISTERED))


@pytest.mark.parametrize(
    "rule",
    [
        {"between": ["association:programme"], "condition": {"type": "level_in", "levels": ["state"]}},
        {"between": ["association:authority", "project:programme"], "condition": REGISTERED},
        {"between": ["authority:project", "association:project"], "condition": REGISTERED},
        {"between": [], "condition": REGISTERED},
        {
            "between": ["association:programme"],
            "condition": {"type": "sector_within", "of": "association", "sectors": ["nothing"]},
        },
        {"between": ["association:programme"], "condition": {"type": "unknown"}},
        {"between": ["association:programme"], "condition": REGISTERED, "key": "Not a key"},
    ],
)
def test_a_condition_is_refused_where_it_cannot_be_asked(rule: dict[str, Any]) -> None:
    settings = RulesetSettings.balanced().model_dump(mode="json") | {"conditions": [{"key": "one", **rule}]}
    with pytest.raises(ValidationError):
        RulesetSettings.model_validate(settings)
