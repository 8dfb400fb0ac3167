"""Profiles stored by an earlier gazetteer: placed again, once, and what changed is listed for a steward."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, func, select

from schemas.language import Language
from service.db.session import reading, unit_of_work
from service.db.tables import OutboxRow, Profile
from service.profiles.placing import is_placed, place_profiles
from tests.service.client import Installation
from tests.service.examples import AUTHORITY, register

CALVADOS = {
    "country": "FR",
    "code": "FR:3003796",
    "place": "Le Havre",
    "path": ["FR", "FR-NOR", "FR-14", "FR:3003796"],
}
REGION_OF_MURCIA = {"country": "ES", "code": "ES-MC", "place": "Región de Murcia", "path": ["ES", "ES-MC"]}
LONDON = {"country": "GB", "place": "Greater London", "path": ["GB"]}
UNKNOWN = {"country": "SN", "place": "Xyzzy", "path": ["SN"]}


def stored_as(session: Session, profile_id: str, **fields: Any) -> None:
    """Put places into a profile's document as an earlier version stored them."""
    profile = session.exec(select(Profile).where(Profile.id == UUID(profile_id))).one()
    profile.document = profile.document | fields
    session.add(profile)


def test_profiles_are_placed_again_and_a_steward_sees_what_changed(installation: Installation) -> None:
    steward = installation.client("steward")
    association = register(steward, key="a", name="Havrais")
    town = register(steward, "authorities", key="t", **AUTHORITY | {"name": "Murcia"})
    engine = installation.app.state.engine
    with unit_of_work(engine) as session:
        stored_as(session, association["id"], origin=[LONDON, UNKNOWN], residence=[CALVADOS])
        stored_as(session, town["id"], territory=REGION_OF_MURCIA)
    assert place_profiles(engine, 2, Language.EN) == 2
    placed = steward.get(f"/associations/{association['id']}").json()
    assert placed["residence"][0]["path"] == ["FR", "FR-NOR", "FR-76", "FR:3003796"]
    assert placed["origin"][0]["code"] == "GB:2643743"
    assert placed["origin"][1]["place"] == "Xyzzy"
    assert placed["confirmed_at"] == association["confirmed_at"]
    assert steward.get(f"/authorities/{town['id']}").json()["territory"]["code"] == "ES:2513416"
    for code, found in (("FR-76", ["a"]), ("FR-14", [])):
        listed = steward.get("/associations", params={"territory": code}).json()["items"]
        assert [item["key"] for item in listed] == found
    [job] = [job for job in steward.get("/jobs").json()["items"] if job["kind"] == "placing"]
    assert (job["state"], job["result"]["updated"], job["result"]["unchanged"]) == ("done", 2, 0)
    reasons = [remark["reason"] for remark in job["result"]["remarks"]]
    assert any("Le Havre" in said and "FR-14" in said and "Seine-Maritime" in said for said in reasons)
    assert any("Región de Murcia" in said and "ES:2513416" in said for said in reasons)


def test_profiles_are_placed_once(embedded: Installation) -> None:
    engine = embedded.app.state.engine
    register(embedded.client("steward"))
    assert place_profiles(engine, 2, Language.EN) == 0
    assert is_placed(engine, 2)
    assert not is_placed(engine, 3)


def test_lists_of_what_was_placed_again_are_made_again(embedded: Installation) -> None:
    engine = embedded.app.state.engine
    association = register(embedded.client("steward"))
    with unit_of_work(engine) as session:
        session.execute(delete(OutboxRow))
        stored_as(session, association["id"], residence=[CALVADOS])
    place_profiles(engine, 2, Language.EN)
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(OutboxRow)).one() == 1


def test_a_union_of_municipalities_keeps_the_area_it_named(embedded: Installation) -> None:
    fields = {"name": "Mancomunidad Beturia", "level": "intermunicipal", "territory": "ES-H"}
    union = register(embedded.client("steward"), "authorities", **AUTHORITY | fields)
    assert place_profiles(embedded.app.state.engine, 2, Language.EN) == 0
    stored = embedded.client("steward").get(f"/authorities/{union['id']}").json()
    assert stored["territory"]["code"] == "ES-H"
