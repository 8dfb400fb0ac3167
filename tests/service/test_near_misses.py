"""Programmes that are nearly met, through HTTP: what to change, and that the change helps."""

from tests.service.client import Installation
from tests.service.examples import register


def test_what_is_said_to_help_helps(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "programmes", name="Fondo", applicants=["registered associations"], origin=["MX", "SN"])
    club = register(steward, registered=False)
    path = f"/associations/{club['id']}"
    assert steward.get(f"{path}/suggestions?of=programmes").json()["items"] == []
    [missed] = steward.get(f"{path}/near-misses?language=en").json()["items"]
    assert missed["candidate"]["name"] == "Fondo"
    [change] = missed["changes"]
    assert change["detail"] == "You would be eligible once your association is legally registered."
    assert steward.patch(path, json={change["field"]: change["value"]}).status_code == 200
    assert steward.get(f"{path}/near-misses").json()["items"] == []
    suggested = steward.get(f"{path}/suggestions?of=programmes").json()["items"]
    assert [item["candidate"]["name"] for item in suggested] == ["Fondo"]


def test_only_what_an_organisation_can_change_is_a_near_miss(installation: Installation) -> None:
    """No club of Chicago is told that its members might come from somewhere else."""
    steward = installation.client("steward")
    elsewhere = {"origin": ["GH"], "residence": ["IT"], "applicants": ["registered associations"]}
    register(steward, "programmes", **elsewhere)
    register(steward, "programmes", origin=["MX"], residence=["US"], applicants=["municipalities"])
    register(steward, "programmes", origin=["MX"], residence=["US"], closes="2020-01-01")
    chicago = {"country": "US", "place": "Chicago"}
    club = register(steward, origin=["MX-ZAC"], residence=[chicago], registered=False)
    assert steward.get(f"/associations/{club['id']}/near-misses").json()["items"] == []


def test_the_sentences_are_in_the_readers_language(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, "programmes", applicants=["registered associations"])
    club = register(steward, registered=False)
    starts = {"fr": "Vous", "en": "You", "es": "Cumpliría", "it": "Avreste"}
    for language, start in starts.items():
        said = steward.get(f"/associations/{club['id']}/near-misses?language={language}").json()["items"][0]
        assert said["changes"][0]["detail"].startswith(start)
