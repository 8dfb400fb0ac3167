"""The documented initiatives: all of them, each fact with its section, in four languages where it is read."""

from sqlmodel import Session, col, func, select

from schemas.language import Language
from seed.documented import reading as data
from seed.documented.loader import load_documented
from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Corridor, Partnership, Precedent, Profile
from tests.service.client import Installation


def counts(session: Session) -> list[int]:
    """How much of everything there is."""
    return [
        session.exec(select(func.count()).select_from(t)).one()
        for t in (Profile, Partnership, Corridor, Precedent)
    ]


def test_all_thirty_one_initiatives_are_there_and_stay_the_same(documented: Installation) -> None:
    engine = documented.app.state.engine
    with reading(engine) as session:
        before = counts(session)
    assert before[-1] == 31
    with unit_of_work(engine) as session:
        load_documented(session, now())
    with reading(engine) as session:
        assert counts(session) == before


def test_what_a_steward_deletes_stays_deleted(documented: Installation) -> None:
    steward = documented.client("steward")
    first = steward.get("/associations").json()["items"][0]
    steward.delete(f"/associations/{first['id']}")
    with unit_of_work(documented.app.state.engine) as session:
        load_documented(session, now())
    assert steward.get(f"/associations?key={first['key']}").json()["items"] == []


def test_each_fact_names_its_section_and_each_place_is_known(documented: Installation) -> None:
    with reading(documented.app.state.engine) as session:
        for profile in session.exec(select(Profile)):
            assert profile.sources is not None
            sections = profile.sources["sections"]
            facts = set(profile.document) - {"conditions"}
            assert facts <= set(sections), profile.key
            assert all(sections.values())
            places = [*profile.document.get("origin", []), *profile.document.get("residence", [])]
            places += [profile.document["territory"]] if "territory" in profile.document else []
            assert all(place.get("code") or place.get("covers") for place in places), profile.key
        assert all(row.source for row in session.exec(select(Partnership)))


def test_errors_of_the_report_are_right_here(documented: Installation) -> None:
    with reading(documented.app.state.engine) as session:
        cartaya = session.get(Precedent, "cartaya")
        assert cartaya is not None
        assert [place["code"] for place in cartaya.document["origin"]] == ["MA-KEN", "MA-NAD"]
        assert all("MA-06" not in place["path"] for place in cartaya.document["origin"])
        bologna = session.exec(select(Profile).where(col(Profile.key).contains("municipality-bologna"))).one()
        assert bologna.document["territory"]["path"][:3] == ["IT", "IT-45", "IT-BO"]


def test_texts_exist_in_four_languages() -> None:
    for initiative in data.initiatives().values():
        for name in ("name", "summary", "helped", "hindered"):
            text = initiative.get(name)
            if isinstance(text, dict):
                assert set(text) == {language.value for language in Language}, (initiative["key"], name)
                assert len(set(text.values())) == 4 or name == "name", initiative["key"]
