"""The whole gazetteer, as a new installation loads it."""

import csv
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from matching import PartnershipModel
from schemas.language import Language
from schemas.places import NamedPlace
from seed.territories.loader import is_loaded, load_territories
from service.db.engine import open_engine
from service.db.session import reading
from service.db.tables import Territory
from service.preparation import prepare
from service.profiles.saving import examine_record
from service.profiles.validation import PlaceFinder
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.resolution import resolve_place


def test_all_countries_subdivisions_and_localities_are_loaded_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'whole.sqlite3'}")
    prepare(engine)
    assert not is_loaded(engine)
    assert load_territories(engine) > 150_000
    assert is_loaded(engine)
    assert load_territories(engine) == 0
    with reading(engine) as session:
        rows = session.exec(select(Territory.level, func.count()).group_by(Territory.level)).all()
        assert misplaced_towns(session) == []
        assert misread_spellings(session) == []
        for side in ("origin", "residence"):
            assert towns_without_their_authority(session, side) == []
        orphans = session.exec(
            select(func.count())
            .select_from(Territory)
            .where(Territory.level != "country", col(Territory.parent).is_(None))
        ).one()
    found = dict(rows)
    assert found["country"] == 250
    assert found["subdivision"] > 5_000
    assert found["locality"] > 150_000
    assert orphans == 0
    engine.dispose()


def towns_of_corridors() -> list[dict[str, str]]:
    """Some two hundred towns of the field's corridors and the subdivision of each."""
    table = files("tests.seed").joinpath("towns_of_corridors.csv").read_text("utf-8")
    return list(csv.DictReader(table.splitlines()))


def misplaced_towns(session: Session) -> list[tuple[str, str, list[str]]]:
    """Towns of the field's corridors, written from official lists, that lie elsewhere or are not there."""
    wanted = {(row["country"], row["town"]): row["subdivision"] for row in towns_of_corridors()}
    found: dict[tuple[str, str], list[Territory]] = defaultdict(list)
    towns = select(Territory).where(
        Territory.level == "locality", col(Territory.name).in_([name for _, name in wanted])
    )
    for town in session.exec(towns):
        found[town.country, town.name].append(town)
    largest = {key: max(found[key], key=lambda town: town.population or 0, default=None) for key in wanted}
    return [
        (*key, town.path if town else [])
        for key, town in largest.items()
        if town is None or wanted[key] not in town.path
    ]


def misread_spellings(session: Session) -> list[tuple[str, str, str]]:
    """Ways to write the field's places, in four languages, that are found to be another place than the one meant."""
    gazetteer = Gazetteer(session)
    table = files("tests.seed").joinpath("place_spellings.csv").read_text("utf-8")
    misread = []
    for row in csv.DictReader(table.splitlines()):
        given = NamedPlace(country=row["country"], place=row["written"])
        found = "|".join(place.code or "" for place in resolve_place(gazetteer, given).places)
        if found != row["codes"]:
            misread.append((row["country"], row["written"], found))
    return misread


def towns_without_their_authority(session: Session, side: str) -> list[tuple[str, str, list[str]]]:
    """Towns in which an association is not proposed to its own province's authority before all others of the country."""
    finder, wrong = PlaceFinder(session), []
    by_country: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in towns_of_corridors():
        by_country[row["country"]].append(row)
    for country, towns in by_country.items():
        authorities = [
            matching_record_of(finder, "authority", code, territory=code, role=side)
            for code in provinces(session, country, {town["subdivision"] for town in towns})
        ]
        associations = [
            matching_record_of(
                finder, "association", town["town"], **{side: [{"country": country, "place": place_of(town)}]}
            )
            for town in towns
        ]
        lists = PartnershipModel().fit(authorities).suggest(associations, k=20)
        for town, found in zip(towns, lists, strict=True):
            first, *others = found
            if first.candidate != town["subdivision"] or any(one.score >= first.score for one in others):
                wrong.append((country, town["town"], [one.candidate for one in found]))
    return wrong


def place_of(town: dict[str, str]) -> str:
    """How its people write it: a second town of its name is distinguished by the province."""
    return f"{town['town']}, {town['qualifier']}" if town["qualifier"] else town["town"]


def provinces(session: Session, country: str, some: set[str]) -> list[str]:
    """All subdivisions of a country of the levels to which some of them belong."""
    query = select(Territory).where(Territory.country == country, Territory.level == "subdivision")
    found = session.exec(query).all()
    levels = {len(territory.path) for territory in found if territory.code in some}
    return [territory.code for territory in found if len(territory.path) in levels]


def matching_record_of(finder: PlaceFinder, kind: str, key: str, **fields: Any) -> dict[str, Any]:
    """A record with its places found, as the model takes it."""
    said = {"kind": kind, "key": key, "name": key, "sectors": ["240"], **fields}
    examined = examine_record(said, None, finder, Language.EN)
    return {**examined.document, "key": key, "kind": kind, "confirmed": "2026-01-01"}
