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
    assert change["detail"] == "You would be eligible once you are registered."
    assert steward.patch(path, json={change["field"]: change["value"]}).status_code == 200
    assert steward.get(f"{path}/near-misses").json()["items"] == []
    suggested = steward.get(f"{path}/suggestions?of=programmes").json()["items"]
    assert [item["candidate"]["name"] for item in suggested] == ["Fondo"]


def test_a_place_is_asked_for_in_a_form_that_can_be_sent(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "programmes", origin=["MX-ZAC"], residence=["IT-PD"])
    club = register(steward)
    path = f"/associations/{club['id']}"
    [missed] = steward.get(f"{path}/near-misses").json()["items"]
    [change] = missed["changes"]
    assert change["value"][-1] == "MX-ZAC"
    assert steward.patch(path, json={change["field"]: change["value"]}).status_code == 200
    assert steward.get(f"{path}/near-misses").json()["items"] == []


def test_the_sentences_are_in_the_readers_language(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, "programmes", origin=["MX-ZAC"], residence=["IT-PD"])
    club = register(steward)
    starts = {"fr": "Vous", "en": "You", "es": "Cumplirían", "it": "Avreste"}
    for language, start in starts.items():
        said = steward.get(f"/associations/{club['id']}/near-misses?language={language}").json()["items"][0]
        assert said["changes"][0]["detail"].startswith(start)
