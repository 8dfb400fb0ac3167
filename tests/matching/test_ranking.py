"""Lists are the same however few candidates are looked at closely first."""

import random
from typing import Any

import pytest

from matching import PartnershipModel, model
from tests.matching.records import DIOURBEL, KAOLACK, MAHDIA, PADUA, SICILY, VENETO, Record

PLACES = (KAOLACK, DIOURBEL, MAHDIA, PADUA, VENETO, SICILY)
TEXTS = ("Un puits au village", "A school", "Microcredito per le donne", "Agua para todos", "Des jardins", "")
SECTORS = ("24040", "11120", "14031", "311", "12220")


def crowd(count: int) -> list[Record]:
    """Profiles of all kinds, many of them alike, some that no one may be shown."""
    chance = random.Random(3)  # noqa: S311 - to be reproducible, not secret

    def record(number: int) -> dict[str, Any]:
        kind = chance.choice(["association", "authority", "programme", "project"])
        common = {
            "kind": kind,
            "key": f"{kind}-{number:04d}",
            "name": f"Amis {chance.randrange(9)}",
            "description": chance.choice(TEXTS),
            "sectors": chance.sample(SECTORS, chance.randrange(3)),
            "priorities": chance.sample(["rights", "communities", "capacities"], chance.randrange(3)),
        }
        if kind == "authority":
            return common | {
                "territory": chance.choice(PLACES),
                "role": chance.choice(["origin", "residence"]),
            }
        ends: dict[str, Any] = {"origin": [chance.choice(PLACES)], "residence": [chance.choice(PLACES)]}
        if kind == "programme":
            ends |= {"applicants": ["association"], "closes": chance.choice(["2020-01-01", "2030-01-01"])}
        return common | ends

    return [record(number) for number in range(count)]


@pytest.mark.parametrize("margin", [0, 3, 1000])
def test_the_margin_changes_no_list(margin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conditions that exclude more candidates than were looked at make it look deeper."""
    people = crowd(300)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 40)]
    fitted = PartnershipModel().fit(people, track_record=pairs)
    monkeypatch.setattr(model, "MARGIN", 10_000)
    whole = fitted.suggest(people, 12)
    monkeypatch.setattr(model, "MARGIN", margin)
    quick = fitted.suggest(people, 12)
    assert [[item.candidate for item in one] for one in quick] == [
        [item.candidate for item in one] for one in whole
    ]
    for one, other in zip(quick, whole, strict=True):
        assert [item.score for item in one] == pytest.approx([item.score for item in other], abs=1e-12)
    assert sum(len(one) == 12 for one in whole) > 200
