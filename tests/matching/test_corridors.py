"""Corridors tie the territories of authorities: by organisations, by stocks of people, by partnerships."""

import pytest

from matching import PartnershipModel
from matching.corridors import weight_of
from tests.matching.records import KAOLACK, MAHDIA, PADUA, SICILY, Record, association, authority


def people(origin: Record, residence: Record, stock: int | None = None) -> Record:
    """A known stock of people."""
    key = f"{origin['code']}:{residence['code']}:{stock}"
    return {"kind": "association", "key": key, "origin": [origin], "residence": [residence], "people": stock}


def region(model: PartnershipModel, subject: Record, candidate: str) -> float:
    """The region part of a pair."""
    [scored] = model.score_pairs(subject, [candidate])
    return next(part.similarity for part in scored.parts if part.name == "region")


def test_the_more_people_travel_a_corridor_the_stronger_it_ties() -> None:
    towns = [authority("kaolack", KAOLACK), authority("mahdia", MAHDIA)]
    model = PartnershipModel().fit(towns, earlier=[people(KAOLACK, PADUA, 50_000), people(MAHDIA, PADUA, 50)])
    padua = authority("padua", PADUA)
    assert region(model, padua, "kaolack") > region(model, padua, "mahdia") > 0


def test_a_stock_counts_by_its_logarithm_and_an_organisation_as_one() -> None:
    assert weight_of(None) == weight_of(0) == 1
    assert weight_of(999) == pytest.approx(4)
    assert weight_of(10_000_000) < 10


def test_a_partnership_between_the_two_sides_ties_their_territories() -> None:
    club = association("club", origin=[KAOLACK], residence=[])
    padua = authority("padua", PADUA, "residence")
    towns = [authority("kaolack", KAOLACK, "origin"), authority("sicily", SICILY, "residence")]
    alone = PartnershipModel().fit([club, padua, *towns])
    assert region(alone, padua, "kaolack") == 0
    together = PartnershipModel().fit([club, padua, *towns], [("club", "padua")])
    assert region(together, padua, "kaolack") > 0
    assert region(alone.learn([("club", "padua")]), padua, "kaolack") == pytest.approx(
        region(together, padua, "kaolack")
    )
