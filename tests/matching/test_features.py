"""The parts on their own: territories, sectors, words."""

import pytest

from matching import PartnershipModel
from matching.features.common_territories import shared_territories
from matching.features.records import place_path, read_traits
from matching.features.region import place_values
from matching.features.sector import shared_sectors
from matching.features.text import shared_concepts
from matching.features.text_counts import concept_values
from matching.features.vocabulary import levels_of
from matching.sparse.matrices import SparseRow
from schemas.sectors import CATCH_ALL
from schemas.weights import RegionLevels
from tests.matching.records import KAOLACK, PADUA, VENETO, association, authority, project


def test_a_place_has_length_one_and_deeper_steps_weigh_more() -> None:
    (path,) = read_traits(association(residence=[])).places["origin"]
    country, region = place_values(levels_of(path), RegionLevels())
    assert country**2 + region**2 == pytest.approx(1)
    assert region > country > 0


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("SN", ("SN",)),
        ("SN-KL", ("SN", "SN-KL")),
        (PADUA, ("IT", "IT-34", "IT-PD")),
        ({"country": "SN"}, ("SN",)),
        ({"country": "SN", "place": "Ndiébel"}, ("SN", "SN/ndiebel")),
    ],
)
def test_places_come_resolved_as_codes_or_as_words(place: object, path: tuple[str, ...]) -> None:
    assert place_path(place) == path  # type: ignore[arg-type]  # the forms a record may hold


def test_only_the_deepest_shared_territory_is_named() -> None:
    one = read_traits(association(origin=[KAOLACK, "SN-DB"]))
    other = read_traits(association("other", origin=["SN-DB"], residence=[VENETO]))
    assert shared_territories(one, other) == ("SN-DB", "IT-34")


def test_a_category_is_named_only_without_a_shared_purpose_of_it() -> None:
    one, other = (read_traits(project(sectors=codes)) for codes in (["24040", "11330"], ["24040", "11320"]))
    assert shared_sectors(one, other) == ("24040", "113")
    assert shared_sectors(one, read_traits(project(sectors=["24050"]))) == ("240",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Microcrédits pour les femmes du village", "Microcredito per le donne"),
        ("Escuela primaria nueva", "A new primary school"),
        ("Des panneaux solaires pour le dispensaire", "Paneles solares para el dispensario"),
        ("Formazione professionale dei giovani", "Vocational training for the young"),
    ],
)
def test_texts_of_different_languages_meet_in_what_they_stand_for(one: str, other: str) -> None:
    first, second = (read_traits(project(name="x", description=text, sectors=[])) for text in (one, other))
    assert shared_concepts(SparseRow.of(concept_values(first)), SparseRow.of(concept_values(second)))
    near = authority("near", PADUA, description=other)
    far = authority("far", PADUA, description="Zzz qqq")
    subject = association(name="x", description=one, sectors=[], priorities=[])
    listed = PartnershipModel().fit([far, near]).suggest([subject])[0]
    assert listed[0].candidate == "near"


@pytest.mark.parametrize("code", sorted(CATCH_ALL))
def test_what_holds_the_rest_is_nothing_in_common(code: str) -> None:
    one, other = association("one", sectors=[code]), authority("other", PADUA, sectors=[code])
    [found] = PartnershipModel().fit([other]).suggest([one])[0]
    assert next(part for part in found.parts if part.name == "sector").similarity == 0


def test_purposes_among_the_rest_count_by_themselves() -> None:
    one = association("one", sectors=["43040"])
    others = [authority("same", PADUA, sectors=["43040"]), authority("another", PADUA, sectors=["43030"])]
    found = PartnershipModel().fit(others).suggest([one])[0]
    parts = {item.candidate: next(part for part in item.parts if part.name == "sector") for item in found}
    assert parts["same"].similarity == pytest.approx(1)
    assert parts["same"].because == ("43040",)
    assert (parts["another"].similarity, parts["another"].because) == (0, ())
