"""Generated organisations: always the same, accepted by the same checks as anybody's, as varied as people are."""

from collections import Counter
from itertools import islice

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from schemas.inputs import JsonObject
from schemas.language import Language
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.loader import load_synthetic
from seed.synthetic.spots import Spots
from service.db.session import reading
from service.db.tables import Profile
from service.profiles.saving import examine_record
from service.profiles.validation import PlaceFinder

MANY = 3_000


@pytest.fixture(scope="module")
def generator(engine: Engine) -> Generator:
    """The generator of seed 7."""
    with reading(engine) as session:
        return Generator(Spots.of(session, patterns.countries()), 7)


@pytest.fixture(scope="module")
def records(generator: Generator) -> list[JsonObject]:
    """Many generated records."""
    return list(generator.records(MANY))


def test_each_number_is_always_the_same(
    engine: Engine, generator: Generator, records: list[JsonObject]
) -> None:
    assert [generator.record(number) for number in (0, 17, MANY - 1)] == [
        records[0],
        records[17],
        records[-1],
    ]
    with reading(engine) as session:
        again = Generator(Spots.of(session, patterns.countries()), 7)
        other = Generator(Spots.of(session, patterns.countries()), 8)
    assert list(again.records(50)) == records[:50]
    assert list(other.records(50)) != records[:50]


def test_every_record_is_accepted_and_nearly_every_place_is_found(
    engine: Engine, records: list[JsonObject]
) -> None:
    with reading(engine) as session:
        finder = PlaceFinder(session)
        examined = [examine_record(record, None, finder, Language.EN) for record in records]
    assert not any(remark.pointer.startswith("/sectors") for item in examined for remark in item.remarks)
    unfound = sum(1 for item in examined if item.remarks)
    assert 0 < unfound < 0.1 * MANY


def test_they_are_as_varied_as_people_are(records: list[JsonObject]) -> None:
    kinds = Counter(record["kind"] for record in records)
    assert set(kinds) == {"association", "authority", "programme", "project"}
    languages = Counter(language for record in records for language in record.get("description") or ())
    assert set(languages) == {"fr", "en", "es", "it"}
    associations = [record for record in records if record["kind"] == "association"]
    for field in ("description", "sectors", "residence", "contact_email"):
        missing = sum(1 for record in associations if field not in record)
        assert 0 < missing < 0.5 * len(associations), field


def test_documented_corridors_and_sectors_are_frequent_and_others_are_not_missing(
    records: list[JsonObject],
) -> None:
    ends = Counter(
        (country(record["origin"][0]), country(record["residence"][0]))
        for record in records
        if record["kind"] == "association" and record.get("residence")
    )
    first = {pair for pair, _ in ends.most_common(6)}
    assert {("SN", "IT"), ("MA", "ES")} <= first
    assert len(ends) > 100
    assert len({sector for record in records for sector in record.get("sectors", ())}) > 300


def country(place: str | JsonObject) -> str:
    """The country of a place as it is given."""
    return place[:2] if isinstance(place, str) else str(place["country"])


def test_some_are_registered_twice(records: list[JsonObject]) -> None:
    names = Counter(str(record["name"]).casefold() for record in records if record["kind"] == "association")
    assert sum(1 for count in names.values() if count > 1) > 20


def test_loading_again_changes_nothing(engine: Engine) -> None:
    progress: list[int] = []
    first = load_synthetic(engine, 1_200, 3, lambda done, _: progress.append(done))
    assert (first, progress) == (Counter(created=1_200), [500, 1_000, 1_200])
    assert load_synthetic(engine, 1_200, 3, lambda *_: None) == Counter(unchanged=1_200)
    with reading(engine) as session:
        stored = session.exec(select(Profile).where(Profile.kind == "project")).all()
    owned = [project for project in stored if project.document.get("association")]
    assert owned
    assert all(project.owner_number for project in owned)


def test_a_million_are_drawn_one_by_one(generator: Generator) -> None:
    assert len(list(islice(generator.records(1_000_000), 3))) == 3
    assert generator.record(999_999)["key"] == "synthetic:7:999999"


def test_nearly_every_generated_authority_governs_a_territory_of_its_own(
    engine: Engine, records: list[JsonObject]
) -> None:
    """Each is given one of its own, but some misspell it so that another of that name is found."""
    with reading(engine) as session:
        finder = PlaceFinder(session)
        examined = [
            examine_record(record, None, finder, Language.EN)
            for record in records
            if record["kind"] == "authority"
        ]
    found = [territory["code"] for item in examined if (territory := item.document["territory"]).get("code")]
    assert len(found) > 0.8 * len(examined) > 300
    assert len(set(found)) > 0.98 * len(found)
