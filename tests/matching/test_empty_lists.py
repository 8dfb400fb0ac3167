"""Why a list is empty: each cause, and that there is always one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel
from schemas.empty_lists import EmptyListCause
from schemas.inputs import JsonObject
from tests.matching.conditions import with_conditions
from tests.matching.records import (
    DIOURBEL,
    KAOLACK,
    MAHDIA,
    PADUA,
    SICILY,
    association,
    authority,
    crowd,
    programme,
    project,
)
from tests.sizes import examples

TODAY = date(2026, 11, 30)
WATER: dict[str, Any] = {"type": "sector_within", "of": "association", "sectors": ["140"]}


@pytest.mark.parametrize(
    ("subject", "others", "cause", "nearest"),
    [
        (association(origin=[], residence=[]), [authority("kaolack", KAOLACK)], "no_place", None),
        (association(), [], "nobody_there", None),
        (association(), [authority("mahdia", MAHDIA), authority("diourbel", DIOURBEL)], "nobody_there", None),
        (project(), [programme(closes="2020-01-01"), programme("late", closes="2020-01-01", sectors=["14031"])], "conditions", "late"),
        (project(budget={"amount": "900", "currency": "EUR"}), [programme(project_max={"amount": "800", "currency": "EUR"})], "conditions", "fund"),
        (authority("padua", PADUA), [authority("padua", PADUA), authority("sicily", SICILY)], "nobody_there", None),
    ],
)  # fmt: skip
def test_a_cause_is_named(
    subject: JsonObject, others: list[JsonObject], cause: str, nearest: str | None
) -> None:
    model = PartnershipModel().fit(others)
    assert model.suggest([subject], on=TODAY) == [[]]
    found = model.explain_empty_list(subject, on=TODAY)
    assert (found.cause, found.nearest) == (cause, nearest)


def test_a_condition_of_the_ruleset_is_a_cause_too() -> None:
    model = PartnershipModel(with_conditions({"condition": WATER}, between="association:authority")).fit(
        [authority("kaolack", KAOLACK), authority("mahdia", MAHDIA)]
    )
    found = model.explain_empty_list(association(), kinds=["authority"])
    assert (found.cause, found.sharing, found.nearest) == (EmptyListCause.CONDITIONS, 1, "kaolack")


@settings(max_examples=examples(15))
@given(number=st.integers(0, 239), size=st.integers(0, 12))
def test_every_empty_list_has_a_cause_that_fits(number: int, size: int) -> None:
    """Nobody is there, or somebody is and a condition keeps them out."""
    people = crowd(240)
    subject, others = people[number], people[:size]
    model = PartnershipModel().fit(others)
    if model.suggest([subject], 1, on=TODAY)[0]:
        return
    found = model.explain_empty_list(subject, on=TODAY)
    named = next((other for other in others if other["key"] == found.nearest), None)
    assert (named is not None) is (found.cause == EmptyListCause.CONDITIONS)
    if named:
        assert any(check.met is False for check in model.conditions(subject, named, on=TODAY))
    assert (found.sharing > 0) is (
        found.cause in (EmptyListCause.CONDITIONS, EmptyListCause.LITTLE_IN_COMMON)
    )
