"""What may be one and the same, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.duplicates.blocking import blocking_keys
from matching.duplicates.comparison import REVIEW_THRESHOLD, DuplicateMatch, compare_profiles
from matching.duplicates.profile import ComparableProfile
from schemas.inputs import JsonObject
from tests.sizes import examples


def place(*path: str) -> JsonObject:
    return {"country": path[0], "code": path[-1], "path": list(path)}


def likeness(one: JsonObject, other: JsonObject) -> DuplicateMatch | None:
    return compare_profiles(ComparableProfile(one), ComparableProfile(other))


def traces(record: JsonObject) -> set[str]:
    return blocking_keys(ComparableProfile(record))


KAOLACK: JsonObject = {
    "kind": "association",
    "name": "Les amis de Kaolack",
    "origin": [place("SN", "SN-KL")],
    "residence": [place("FR", "FR-IDF", "FR:2992090")],
    "website": "https://amis-kaolack.example.org/",
    "contact_email": "bureau@example.org",
}
WELL: JsonObject = {
    "kind": "project",
    "name": "Un puits pour le village de Ndiobène",
    "description": "Creuser un puits, poser une pompe et former un comité de gestion dans le village de Ndiobène.",
    "origin": [place("SN", "SN-KL")],
    "budget": {"amount": "20000", "currency": "EUR"},
    "starts": "2024",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "LES AMIS DE KAOLACK"},
        {"name": "Association des amis de Kaolack (loi 1901)"},
        {"name": "Les amis de Kaolak"},
        {"name": "Kaolack, les amis"},
        {"name": {"it": "Gli amici di Kaolack", "fr": "Amis de Kaolack"}},
        {"name": "Amis de Kaolack en France", "contact_email": "Bureau@example.org"},
        {"name": "Amis de Kaolack", "residence": [place("FR", "FR-IDF")]},
        {"name": "Amis de Kaolack", "residence": []},
    ],
)
def test_an_association_that_is_written_otherwise_is_found(changes: JsonObject) -> None:
    other = KAOLACK | {"website": None, "contact_email": None} | changes
    assert traces(KAOLACK) & traces(other)
    found = likeness(KAOLACK, other)
    assert found is not None
    assert "name" in found.fields


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Les amis de Diourbel"},
        {"name": "Solidarité Kaolack"},
        {"residence": [place("IT", "IT-34", "IT-PD")]},
        {"kind": "authority"},
        {"registration_number": "W931000002"},
    ],
)
def test_what_only_resembles_it_is_left_alone(changes: JsonObject) -> None:
    one = KAOLACK | {"registration_number": "W931000001"}
    other = one | {"website": None, "contact_email": None, "registration_number": None} | changes
    assert likeness(one, other) is None


def test_one_registration_number_says_it_whatever_the_name() -> None:
    one = KAOLACK | {"registration_number": "W93 1000001"}
    other = KAOLACK | {
        "name": "Yaakaar",
        "website": None,
        "contact_email": None,
        "registration_number": "w931000001",
    }
    found = likeness(one, other)
    assert found is not None
    assert found.fields[0] == "registration_number"
    elsewhere = other | {"residence": [place("ES")]}
    assert likeness(one, elsewhere) is None


def test_the_same_project_of_another_association_is_found() -> None:
    other = WELL | {
        "name": "Puits à Ndiobène",
        "description": "Former un comité de gestion, creuser un puits et poser une pompe dans le village de Ndiobène.",
        "association": "another",
    }
    assert traces(WELL) & traces(other)
    found = likeness(WELL, other)
    assert found is not None
    assert {"description", "place", "budget"} <= set(found.fields)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Un puits pour le village de Ndiobène, phase II"},
        {"name": "Un puits pour le village de Mbadakhoune", "description": None},
        {"origin": [place("ML", "ML-1")]},
        {"budget": {"amount": "200000", "currency": "EUR"}, "starts": "2031"},
    ],
)
def test_another_phase_place_or_size_is_another_project(changes: JsonObject) -> None:
    assert likeness(WELL, WELL | changes) is None


def test_levels_of_one_territory_are_different_authorities() -> None:
    town = {
        "kind": "authority",
        "name": "Ville de Paris",
        "territory": place("FR", "FR-75"),
        "level": "municipality",
    }
    assert likeness(town, town | {"name": "Mairie de Paris"}) is not None
    assert likeness(town, town | {"name": "Département de Paris", "level": "province"}) is None


@settings(max_examples=examples(60))
@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_likeness_is_the_same_from_both_sides_and_whole_for_itself(name: str, other: str) -> None:
    one, two = KAOLACK | {"name": name}, KAOLACK | {"name": other}
    assert likeness(one, two) == likeness(two, one)
    alike = likeness(one, one)
    assert alike is not None
    assert alike.similarity >= REVIEW_THRESHOLD
    assert traces(one) == traces(dict(reversed(one.items())))
