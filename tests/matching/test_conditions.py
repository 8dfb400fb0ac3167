"""Hard conditions: met, not met, or not known, each with its sentence."""

from datetime import date

import pytest

from matching.features.records import read_traits
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import PAIR_CONDITIONS, check_pair
from matching.rules.results import ConditionResult, Party, excluded
from schemas.inputs import JsonObject
from tests.matching.records import (
    KAOLACK,
    MAHDIA,
    PADUA,
    VENETO,
    association,
    authority,
    programme,
    project,
)

TODAY = date(2026, 6, 1)


def checks(one: JsonObject, other: JsonObject) -> dict[str, ConditionResult]:
    """The conditions between two records, by rule."""
    mine, theirs = (Party(side, read_traits(side)) for side in (one, other))
    found = check_pair(PAIR_CONDITIONS, mine, theirs, Circumstances(TODAY))
    return {check.rule: check for check in found}


def money(amount: str, currency: str = "EUR") -> JsonObject:
    """An amount."""
    return {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("subject", "change", "rule", "met"),
    [
        (association(), {}, "origin", True),
        (association(), {}, "residence", True),
        (association(), {"origin": ["SN-DB"]}, "origin", False),
        (association(origin=["SN"]), {"origin": ["SN-DB"]}, "origin", None),
        (association(origin=[]), {}, "origin", None),
        (association(), {"residence": ["US"]}, "residence", False),
        (association(), {"applicants": ["association"]}, "applicants", True),
        (association(), {"applicants": ["Asociaciones de migrantes"]}, "applicants", True),
        (association(), {"applicants": ["municipality"]}, "applicants", False),
        (association(), {"applicants": ["wizards"]}, "applicants", None),
        (association(), {"applicants": ["registered association"]}, "applicants", None),
        (association(registered=True), {"applicants": ["registered association"]}, "applicants", True),
        (association(registered=False), {"applicants": ["registered association"]}, "applicants", False),
        (association(), {"opens": "2026-01-01"}, "dates", True),
        (association(), {"closes": "2026-06-01"}, "dates", True),
        (association(), {"closes": "2026-05-31"}, "dates", False),
        (association(), {"opens": "2026-06-02"}, "dates", None),
        (project(budget=money("100")), {"project_max": money("100")}, "budget", True),
        (project(budget=money("101")), {"project_max": money("100")}, "budget", False),
        (project(budget=money("9.99")), {"project_min": money("10")}, "budget", False),
        (project(budget=money("9", "USD")), {"project_max": money("100")}, "budget", None),
        (project(), {"budget": money("100")}, "budget", None),
        (authority("padua", PADUA, "residence"), {}, "residence", True),
        (authority("padua", PADUA, "residence"), {"applicants": ["Comuni"]}, "applicants", True),
        (authority("padua", PADUA, "residence"), {"applicants": ["comune"]}, "applicants", True),
        (authority("mahdia", MAHDIA, "origin"), {}, "origin", False),
    ],
)
def test_what_a_programme_asks(subject: JsonObject, change: JsonObject, rule: str, met: bool | None) -> None:
    for pair in ((subject, programme(**change)), (programme(**change), subject)):
        assert checks(*pair)[rule].met is met
        assert checks(*pair)[rule].sentence.text


def test_what_a_programme_does_not_say_is_no_condition() -> None:
    assert checks(association(), {"kind": "programme", "key": "open", "name": "open"}) == {}


def test_an_authority_serves_the_countries_of_its_people() -> None:
    assert checks(association(), authority("kaolack", KAOLACK, "origin"))["territory"].met is True
    assert checks(association(), authority("mahdia", MAHDIA, "origin"))["territory"].met is False
    assert checks(association(origin=[], residence=[]), authority("mahdia", MAHDIA)) == {}


def test_only_what_is_not_met_excludes() -> None:
    unknown = list(checks(association(origin=[]), programme()).values())
    assert not excluded(unknown)
    assert excluded([*unknown, *checks(association(), programme(residence=["US"])).values()])


def test_authorities_that_pay_a_share_take_part_whoever_applies() -> None:
    only: JsonObject = {"applicants": ["migrants’ club"]}
    paying = programme(**only, cofinancing=[{"party": "municipality", "share": 0.25}])
    assert checks(authority("veneto", VENETO), paying)["applicants"].met is True
    assert checks(authority("veneto", VENETO), programme(**only))["applicants"].met is False
