"""Sectors proposed from a text, through HTTP."""

from tests.service.client import Installation
from tests.service.examples import register


def test_while_a_profile_is_written_its_text_proposes_sectors(installation: Installation) -> None:
    answer = installation.client().post(
        "/sectors/proposals?language=it", json={"text": "Nous creusons des puits et plantons des arbres"}
    )
    assert answer.status_code == 200
    items = {item["code"]: item for item in answer.json()["items"]}
    assert set(items) >= {"14031", "31220"}
    assert items["14031"]["name"] == "Acqua potabile"
    assert items["14031"]["status"] == "proposed"
    assert "puits" in items["14031"]["because"]["words"][0] + items["14031"]["because"]["words"][-1]


def test_a_profile_without_sectors_is_proposed_some_and_confirms_them(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "projects", name="Forages", description="Deux forages et des pompes", sectors=["14031"])
    silent = register(steward, name="Eau", description="Nous finançons des forages et des pompes", sectors=[])
    path = f"/associations/{silent['id']}"
    [first, *_] = steward.get(f"{path}/proposed-sectors").json()["items"]
    assert first["code"] == "14031"
    assert first["because"]["profiles"][0]["name"] == "Forages"
    assert steward.get(path).json()["sectors"] == []
    steward.patch(path, json={"sectors": [first["code"]]})
    left = steward.get(f"{path}/proposed-sectors").json()["items"]
    assert "14031" not in [item["code"] for item in left]


def test_a_text_that_says_nothing_is_refused_with_what_to_do(installation: Installation) -> None:
    answer = installation.client().post("/sectors/proposals", json={"text": "  "})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/text"


def test_proposals_of_a_profile_that_is_not_there(installation: Installation) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    assert installation.client().get(f"/associations/{missing}/proposed-sectors").status_code == 404
