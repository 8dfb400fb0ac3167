"""The whole gazetteer, as a new installation loads it."""

import csv
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

from sqlmodel import Session, col, func, select

from schemas.places import NamedPlace
from seed.territories.loader import is_loaded, load_territories
from service.db.engine import open_engine
from service.db.session import reading
from service.db.tables import Territory
from service.preparation import prepare
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


def misplaced_towns(session: Session) -> list[tuple[str, str, list[str]]]:
    """Towns of the field's corridors, written from official lists, that lie elsewhere or are not there."""
    table = files("tests.seed").joinpath("towns_of_corridors.csv").read_text("utf-8")
    wanted = {(row["country"], row["town"]): row["subdivision"] for row in csv.DictReader(table.splitlines())}
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
