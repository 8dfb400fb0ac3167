"""Hard conditions: met, not met, or not known, each with its sentence."""

from datetime import date

import pytest

from matching.features.records import read_traits
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import PAIR_CONDITIONS, check_pair
from matching.rules.results import ConditionResult, Party, excluded
from schemas.inputs import JsonObject
from tests.matching.records import (
    DIOURBEL,
    KAOLACK,
    MAHDIA,
    PADUA,
    SICILY,
    VENETO,
    association,
    authority,
    programme,
    project,
)

TODAY = date(2026, 6, 1)


def checks(
    one: JsonObject, other: JsonObject, circumstances: Circumstances | None = None
) -> dict[str, ConditionResult]:
    """The conditions between two records, by rule."""
    mine, theirs = (Party(side, read_traits(side)) for side in (one, other))
    found = check_pair(PAIR_CONDITIONS, mine, theirs, circumstances or Circumstances(TODAY))
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
    said = checks(association(), {"kind": "programme", "key": "open", "name": "open", "origin": ["SN"]})
    assert said.keys() == {"origin"}


NOWHERE: JsonObject = {"origin": [], "residence": []}
KAOLACK_TOWN: JsonObject = {"country": "SN", "code": "SN:1", "path": ["SN", "SN-KL", "SN:1"]}
SOMEWHERE: JsonObject = {"country": "SN", "place": "Ndiaffate"}


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        (association(), authority("kaolack", KAOLACK, "origin"), True),
        (association(), authority("town", KAOLACK_TOWN, "origin"), True),
        (association(), authority("veneto", VENETO, "residence"), True),
        (association(), authority("diourbel", DIOURBEL, "origin"), False),
        (association(), authority("sicily", SICILY, "residence"), False),
        (association(), authority("kaolack", KAOLACK, "residence"), False),
        (association(), authority("mahdia", MAHDIA, "origin"), False),
        (association(), authority("senegal", {"country": "SN"}, "origin"), True),
        (association(origin=["SN"]), authority("kaolack", KAOLACK, "origin"), None),
        (association(origin=[SOMEWHERE]), authority("kaolack", KAOLACK, "origin"), None),
        (association(), authority("somewhere", SOMEWHERE, "origin"), None),
        (association(**NOWHERE), authority("mahdia", MAHDIA), False),
        (association(), {"kind": "authority", "key": "nowhere"}, False),
        (project(), authority("kaolack", KAOLACK, "origin"), True),
        (project(), authority("veneto", VENETO, "residence"), False),
        (association(), programme(**NOWHERE), False),
        (association(**NOWHERE), programme(), False),
        (association(residence=[]), programme(origin=[]), False),
        (authority("craiova", MAHDIA), programme(**NOWHERE | {"residence": ["IT"]}), False),
        (authority("mahdia", MAHDIA, "origin"), programme(origin=[], residence=["TN"]), False),
        (authority("both", DIOURBEL, "both"), programme(origin=[KAOLACK], residence=[VENETO]), False),
        (
            authority("kaolack", KAOLACK, "origin"),
            authority("town", KAOLACK_TOWN, "residence"),
            "said by a part",
        ),
        (authority("kaolack", KAOLACK, "origin"), authority("diourbel", DIOURBEL, "origin"), False),
        (authority("kaolack", KAOLACK, "origin"), authority("padua", PADUA, "residence"), False),
    ],
)
def test_two_profiles_need_a_territory_in_common(one: JsonObject, other: JsonObject, met: object) -> None:
    for pair in ((one, other), (other, one)):
        found = checks(*pair).get("territory")
        assert (found.met if found else "said by a part") == met


def test_a_corridor_or_a_common_past_ties_two_authorities() -> None:
    one, other = authority("kaolack", KAOLACK, "origin"), authority("padua", PADUA, "residence")
    corridor = {("origin", "SN"): {"IT"}, ("residence", "IT"): {"SN"}}
    tied = (
        Circumstances(counterpart_countries=lambda side, country: corridor.get((side, country), set())),
        Circumstances(partners={"kaolack": ["padua"], "padua": ["kaolack"]}),
    )
    for circumstances in tied:
        for pair in ((one, other), (other, one)):
            assert not checks(*pair, circumstances)


def test_only_what_is_not_met_excludes() -> None:
    unknown = list(checks(association(origin=[]), programme()).values())
    assert not excluded(unknown)
    assert excluded([*unknown, *checks(association(), programme(residence=["US"])).values()])


def test_authorities_that_pay_a_share_take_part_whoever_applies() -> None:
    only: JsonObject = {"applicants": ["migrants’ club"]}
    paying = programme(**only, cofinancing=[{"party": "municipality", "share": 0.25}])
    assert checks(authority("veneto", VENETO), paying)["applicants"].met is True
    assert checks(authority("veneto", VENETO), programme(**only))["applicants"].met is False
