"""Offers meet needs: in any language, by concepts, sectors and amounts; off unless a ruleset gives it a weight."""

from decimal import Decimal
from typing import Any

import pytest

from matching import PartnershipModel, RulesetSettings, met_amounts, met_needs, read_traits
from matching.features import profiles
from schemas.inputs import JsonObject
from schemas.money import Money
from tests.matching.records import KAOLACK, PADUA, RULES, association, authority, crowd, part_of

ONLY_OFFERS = {"region": 1, "sector": 0, "priority": 0, "text": 0, "track_record": 0, "offers": 9}
NURSES = {
    "fr": "Formation d’infirmières",
    "en": "Training for nurses",
    "es": "Formación de enfermeras",
    "it": "Formazione di infermieri",
}


def rules(weights: dict[str, Any] | None = None, **more: Any) -> RulesetSettings:
    balanced = RulesetSettings.balanced().model_dump()
    changed = {"weights": weights, "pairings": {}} if weights else {}
    return RulesetSettings.model_validate(balanced | changed | more)


def town(key: str, **said: Any) -> JsonObject:
    return authority(key, KAOLACK, "origin") | {"level": f"level of {key}"} | said


@pytest.mark.parametrize("offered", NURSES.values())
@pytest.mark.parametrize("needed", NURSES.values())
def test_the_one_whose_need_is_met_comes_first_in_any_language(offered: str, needed: str) -> None:
    towns = [town("a", needs="Wir"), town("b", needs="Des puits"), town("c", needs=needed)]
    giver = association() | {"offers": {"human": offered}}
    [listed] = PartnershipModel(rules(ONLY_OFFERS)).fit(towns).suggest([giver])
    assert listed[0].candidate == "c"
    part = part_of(listed[0], "offers")
    assert part.similarity > 0.9
    assert part.because
    assert all(part_of(item, "offers").similarity == 0 for item in listed[1:])


def test_it_counts_nothing_in_the_balanced_rules() -> None:
    giver = association() | {"offers": {"human": NURSES["fr"]}}
    [listed] = PartnershipModel().fit([town("c", needs=NURSES["it"])]).suggest([giver])
    part = part_of(listed[0], "offers")
    assert (part.weight, part.points) == (0, 0)
    assert part.similarity > 0
    assert RulesetSettings.balanced().weights.offers == 0


def test_either_direction_counts_and_both_are_more_than_one() -> None:
    giver = association("giver") | {"offers": {"human": "Nurses"}, "needs": "Wells"}
    fund = {
        "kind": "programme",
        "key": "fund",
        "name": "Fund",
        "origin": [KAOLACK],
        "residence": [PADUA],
        "needs": "Nurses",
    }
    other = fund | {"key": "other", "needs": "Accountants"}
    model = PartnershipModel(rules(ONLY_OFFERS)).fit([fund, other])
    found = {item.candidate: part_of(item, "offers").similarity for item in model.suggest([giver])[0]}
    assert 0.5 < found["fund"] < 1
    assert found["other"] == 0
    [back] = PartnershipModel(rules(ONLY_OFFERS)).fit([giver]).suggest([fund])
    assert part_of(back[0], "offers").similarity == pytest.approx(found["fund"], abs=0.2)


@pytest.mark.parametrize(
    ("offered", "needed", "met"),
    [
        ("We bring 5 000 EUR", "We look for 5.000,00 €", True),
        ("We bring 5 000 EUR", "Cerchiamo 4.999,99 euro", True),
        ("We bring 5 000 EUR", "Il manque 5 001 €", False),
        ("We bring 5 000 EUR", "Il manque 1 000 F CFA", False),
        ("We bring 5000 members", "Il manque 1 000 €", False),
    ],
)
def test_amounts_are_compared_in_one_currency(offered: str, needed: str, met: bool) -> None:
    giver = read_traits(association() | {"offers": {"financial": offered}})
    assert bool(met_amounts(giver, read_traits(town("a", needs=needed)))) is met


def test_a_programme_offers_what_a_project_lacks() -> None:
    money = {"amount": "20000", "currency": "EUR"}
    project = {"kind": "project", "key": "p", "name": "P", "budget": money}
    fund = {"kind": "programme", "key": "f", "name": "F", "project_max": money | {"amount": "15000"}}
    own = {"own_contribution": money | {"amount": "5000"}}
    assert not met_amounts(read_traits(fund), read_traits(project))
    [lacking] = met_amounts(read_traits(fund), read_traits(project | own))
    assert lacking == Money(amount=Decimal(15000), currency="EUR")


@pytest.mark.parametrize(
    ("offered", "needed"),
    [("We look for partners", "We look for rooms"), ("", "Wells"), ("Solidarité", "Solidarity")],
)
def test_how_something_is_asked_for_is_nothing_in_common(offered: str, needed: str) -> None:
    giver = read_traits(association() | {"offers": {"human": offered}})
    assert met_needs(giver, read_traits(town("a", needs=needed))) == ()


def exchanging(people: list[JsonObject]) -> list[JsonObject]:
    """A crowd, of whom each third offers and each other third needs something."""
    said = [*NURSES.values(), "Puits", "wells and pumps", "20 000 EUR", "réseaux", "Networks, 5 000 €"]
    return [
        person
        | ({"offers": {"human": said[at % len(said)]}} if person["kind"] == "association" and at % 3 else {})
        | ({"needs": said[at * 7 % len(said)]} if at % 2 else {})
        for at, person in enumerate(people)
    ]


@pytest.mark.parametrize("more", [{}, RULES])
@pytest.mark.parametrize("weight", [1, 20])
def test_an_index_finds_who_scoring_everybody_finds(
    weight: int, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = exchanging(crowd(300))
    weights = {"region": 4, "sector": 2, "priority": 1, "text": 1, "track_record": 1, "offers": weight}
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 40)]
    fitted = PartnershipModel(rules(weights, **more)).fit(people, track_record=pairs)
    whole = fitted.suggest(people, 12)
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", 0)
    quick = fitted.suggest(people, 12)
    assert [[item.candidate for item in one] for one in quick] == [
        [item.candidate for item in one] for one in whole
    ]
    assert any(part_of(item, "offers").points > 0 for one in whole for item in one)


def test_it_is_a_condition_and_a_preference() -> None:
    condition: JsonObject = {
        "key": "met",
        "between": ["association:authority"],
        "condition": {"type": "offers_meet_needs"},
    }
    towns = [town("a", needs="Wells"), town("b", needs=NURSES["es"]), town("c")]
    giver = association() | {"offers": {"human": NURSES["fr"]}}
    strict = rules(conditions=[condition])
    assert set(PartnershipModel(strict).fit(towns).rank([giver])[0]) == {"b", "c"}, "c does not say"
    preferring = rules(preferences=[condition | {"points": 0.1}])
    [listed] = PartnershipModel(preferring).fit(towns).suggest([giver])
    assert listed[0].candidate == "b"
    assert part_of(listed[0], "preferences").because == ("met",)
