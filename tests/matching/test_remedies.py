"""What would make a profile eligible: exact, the least, and nothing where nothing helps."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.features.records import read_traits
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import PAIR_CONDITIONS, check_pair
from matching.rules.remedies import remedy
from matching.rules.results import ConditionResult, Party, excluded
from tests.matching.records import (
    KAOLACK,
    MAHDIA,
    PADUA,
    PLACES,
    SICILY,
    VENETO,
    association,
    authority,
    programme,
    project,
)

TODAY = date(2026, 6, 1)


def party(record: dict[str, Any]) -> Party:
    return Party(record, read_traits(record))


def checks(applicant: Party, fund: Party) -> list[ConditionResult]:
    """What a programme says of an applicant today."""
    return check_pair(PAIR_CONDITIONS, applicant, fund, Circumstances(TODAY))


def money(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("asked", "applicant", "field", "value"),
    [
        ({"applicants": ["registered associations"]}, association(registered=False), "registered", True),
        ({"project_max": money(900)}, project(budget=money(1000)), "budget", money(900)),
        ({"project_min": money(2000)}, project(budget=money(1000)), "budget", money(2000)),
    ],
)
def test_one_missed_condition_asks_for_one_change(
    asked: dict[str, Any], applicant: dict[str, Any], field: str, value: Any
) -> None:
    found = remedy(party(programme(**asked)), party(applicant), TODAY)
    assert found is not None
    [change] = found.changes
    assert (change.field, change.value) == (field, value)


@pytest.mark.parametrize(
    ("asked", "applicant"),
    [
        ({}, association()),
        ({"closes": "2026-05-31"}, association()),
        ({"applicants": ["municipalities"]}, association()),
        ({"origin": [MAHDIA]}, authority("kaolack", KAOLACK, "origin")),
        ({"origin": [MAHDIA]}, association()),
        ({"residence": [SICILY, VENETO]}, association(residence=["IT-BO"])),
        ({"origin": [MAHDIA], "applicants": ["registered associations"]}, association(registered=False)),
        ({"origin": [MAHDIA]}, project()),
        ({"applicants": ["registered associations"], "closes": "2026-05-31"}, association(registered=False)),
    ],
)
def test_who_is_eligible_or_cannot_become_so_has_no_remedy(
    asked: dict[str, Any], applicant: dict[str, Any]
) -> None:
    assert remedy(party(programme(**asked)), party(applicant), TODAY) is None


def test_a_programme_that_opens_later_says_from_when() -> None:
    fund = programme(applicants=["registered associations"], opens="2026-09-01")
    found = remedy(party(fund), party(association(registered=False)), TODAY)
    assert found is not None
    assert found.eligible_from == date(2026, 9, 1)


places = st.lists(st.sampled_from(PLACES), max_size=2, unique_by=lambda place: place["code"])
amounts = st.none() | st.integers(1, 5).map(lambda thousands: money(1000 * thousands))


@given(
    st.fixed_dictionaries(
        {"origin": places, "residence": places, "project_max": amounts, "project_min": st.none()},
        optional={
            "applicants": st.sampled_from([["registered associations"], ["comuni"], ["ONG"]]),
            "closes": st.sampled_from(["2026-01-01", "2027-01-01"]),
            "opens": st.sampled_from(["2025-01-01", "2026-12-01"]),
        },
    ),
    st.builds(
        lambda kind, **fields: kind(**fields),
        st.sampled_from([association, project]),
        origin=places,
        residence=places,
        registered=st.sampled_from([True, False, None]),
        budget=amounts,
    ),
)
def test_with_all_changes_it_is_eligible_and_without_any_one_it_is_not(
    asked: dict[str, Any], applicant: dict[str, Any]
) -> None:
    fund = party(programme(**asked))
    found = remedy(fund, party(applicant), TODAY)
    if found is None:
        return
    assert excluded(checks(party(applicant), fund))
    assert not excluded(checks(party(found.applied(applicant)), fund))
    for left_out in found.changes:
        kept = {change.field: change.value for change in found.changes if change is not left_out}
        assert excluded(checks(party({**applicant, **kept}), fund))


def test_the_model_names_the_programmes_that_are_nearly_met_best_first() -> None:
    model = PartnershipModel().fit(
        [
            programme("open", sectors=["24040"]),
            programme("nearly", sectors=["24040"], applicants=["registered associations"]),
            programme("further", applicants=["registered associations"], residence=[PADUA, SICILY]),
            programme("elsewhere", origin=[MAHDIA], applicants=["registered associations"]),
            programme("closed", closes="2020-01-01"),
            programme("withdrawn", applicants=["registered associations"], confirmed="2020-01-01"),
        ]
    )
    found = model.near_misses(association(registered=False), on=TODAY)
    assert [item.candidate for item in found] == ["nearly", "further"]
    assert found[0].score > found[1].score
    assert model.near_misses(authority("kaolack", KAOLACK, "origin"), on=TODAY) == []
    assert PartnershipModel().fit([]).near_misses(association(), on=TODAY) == []
