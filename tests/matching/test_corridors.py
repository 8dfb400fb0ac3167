"""Corridors tie the territories of authorities: by organisations, by stocks of people, by partnerships."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.track_record.corridors import corridor_weight
from schemas.inputs import JsonObject
from tests.matching.records import DIOURBEL, KAOLACK, MAHDIA, PADUA, SICILY, association, authority


def people(origin: JsonObject, residence: JsonObject, stock: int | None = None) -> JsonObject:
    """A known stock of people."""
    key = f"{origin['code']}:{residence['code']}:{stock}"
    return {"kind": "association", "key": key, "origin": [origin], "residence": [residence], "people": stock}


def region(model: PartnershipModel, subject: JsonObject, candidate: str) -> float:
    """The region part of a pair."""
    [scored] = model.score_pairs(subject, [candidate])
    return next(part.similarity for part in scored.parts if part.name == "region")


def test_the_more_people_travel_a_corridor_the_stronger_it_ties() -> None:
    towns = [authority("kaolack", KAOLACK), authority("mahdia", MAHDIA)]
    model = PartnershipModel().fit(towns, context=[people(KAOLACK, PADUA, 50_000), people(MAHDIA, PADUA, 50)])
    padua = authority("padua", PADUA)
    assert region(model, padua, "kaolack") > region(model, padua, "mahdia") > 0


def test_a_stock_counts_by_its_logarithm_and_an_organisation_as_one() -> None:
    assert corridor_weight(None) == corridor_weight(0) == 1
    assert corridor_weight(999) == pytest.approx(4)
    assert corridor_weight(10_000_000) < 10


def test_a_partnership_between_the_two_sides_ties_their_territories() -> None:
    club = association("club", origin=[KAOLACK], residence=[])
    padua = authority("padua", PADUA, "residence")
    towns = [authority("kaolack", KAOLACK, "origin"), authority("sicily", SICILY, "residence")]
    alone = PartnershipModel().fit([club, padua, *towns])
    assert region(alone, padua, "kaolack") == 0
    together = PartnershipModel().fit([club, padua, *towns], [("club", "padua")])
    assert region(together, padua, "kaolack") > 0
    assert region(alone.set_track_record([("club", "padua")]), padua, "kaolack") == pytest.approx(
        region(together, padua, "kaolack")
    )


def test_a_tie_to_a_region_is_a_weaker_one_to_the_rest_of_its_country() -> None:
    towns = [authority("kaolack", KAOLACK), authority("diourbel", DIOURBEL), authority("mahdia", MAHDIA)]
    model = PartnershipModel().fit(towns, context=[people(KAOLACK, PADUA)])
    padua = authority("padua", PADUA)
    assert (
        region(model, padua, "kaolack")
        > region(model, padua, "diourbel")
        > region(model, padua, "mahdia")
        == 0
    )
    levels = model.settings_.region_levels
    assert region(model, padua, "kaolack") == pytest.approx(levels.subdivision)
    assert region(model, padua, "diourbel") == pytest.approx(levels.country)


def test_what_a_region_tells_goes_before_what_its_country_tells() -> None:
    towns = [authority("kaolack", KAOLACK), authority("mahdia", MAHDIA)]
    travelled = [people(KAOLACK, PADUA, 9_999)] + [people(MAHDIA, SICILY, 10**stock) for stock in range(2, 8)]
    model = PartnershipModel().fit(towns, context=travelled)
    padua, sicily = authority("padua", PADUA), authority("sicily", SICILY)
    assert region(model, padua, "kaolack") > region(model, padua, "mahdia") > 0
    assert region(model, sicily, "mahdia") > region(model, sicily, "kaolack") > 0


def test_partners_tie_their_countries_and_leave_the_towns_to_the_track_record() -> None:
    towns = [authority("kaolack", KAOLACK, "origin"), authority("diourbel", DIOURBEL, "origin")]
    padua, sicily = authority("padua", PADUA, "residence"), authority("sicily", SICILY, "residence")
    model = PartnershipModel().fit([*towns, padua, sicily], [("kaolack", "padua")])
    for subject in (padua, sicily):
        assert region(model, subject, "kaolack") == region(model, subject, "diourbel") > 0


@given(st.lists(st.sampled_from([KAOLACK, DIOURBEL, MAHDIA]), max_size=6), st.sampled_from([PADUA, SICILY]))
def test_a_tie_is_at_most_full(origins: list[JsonObject], residence: JsonObject) -> None:
    towns = [authority(place["code"], place) for place in (KAOLACK, DIOURBEL, MAHDIA)]
    travelled = [people(origin, residence, 10**number) for number, origin in enumerate(origins)]
    model = PartnershipModel().fit(towns, context=travelled)
    found = {place["code"]: region(model, authority("padua", PADUA), place["code"]) for place in origins}
    assert all(0 < value <= 1 for value in found.values())


def test_levels_of_one_worth_are_each_worth_it() -> None:
    towns = [authority("kaolack", KAOLACK), authority("diourbel", DIOURBEL)]
    levels = {"country": 1.0, "subdivision": 1.0, "locality": 1.0}
    model = PartnershipModel(
        {
            "weights": {"region": 1.0, "sector": 1.0, "priority": 1.0, "text": 1.0, "track_record": 1.0},
            "region_levels": levels,
        }
    )
    model.fit(towns, context=[people(KAOLACK, PADUA)])
    padua = authority("padua", PADUA)
    assert region(model, padua, "kaolack") == region(model, padua, "diourbel") == 1


def test_the_order_of_arrival_changes_no_bit_of_a_tie() -> None:
    """Territories are numbered as they are met, and sums must not depend on that."""
    sides: list[tuple[str, dict[str, list[JsonObject]]]] = [
        ("association", {}),
        ("association", {}),
        ("project", {"residence": [MAHDIA, KAOLACK]}),
        ("association", {"origin": [KAOLACK]}),
        ("association", {}),
        ("association", {"residence": [KAOLACK]}),
        ("authority", {}),
        ("association", {}),
        ("association", {"origin": [KAOLACK, MAHDIA], "residence": [DIOURBEL, MAHDIA]}),
    ]
    records = [authority("first", KAOLACK, "origin")]
    for number, (kind, places) in enumerate(sides):
        record = authority("", MAHDIA, "both") if kind == "authority" else {"origin": [], "residence": []}
        records.append({**record, **places, "kind": kind, "key": f"{kind}-{number}", "name": "Amis"})
    records.append(authority("last", KAOLACK, "both"))
    pairs = [(one["key"], other["key"]) for one, other in pairwise(records)]
    fresh = PartnershipModel().fit(records, pairs)
    for seed in range(20):
        shuffled = Random(seed).sample(records, len(records))  # noqa: S311  # to be reproducible, not secret
        gone = [{**record, "key": f"gone-{record['key']}"} for record in records]
        grown = PartnershipModel().fit([*shuffled[: len(records) // 2], *gone]).set_track_record(pairs)
        grown.suggest(records)
        grown.update(shuffled).remove([record["key"] for record in gone])
        assert grown.suggest(records) == fresh.suggest(records)
