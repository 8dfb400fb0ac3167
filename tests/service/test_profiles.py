"""Profiles through HTTP: registered, read, listed, changed, deleted."""

from tests.service.client import Installation

ASSOCIATION = {
    "name": "Les amis de Kaolack",
    "description": {"fr": "Un puits et une école à Kaolack."},
    "origin": [{"country": "SN", "place": "Kaolack"}],
    "residence": [{"country": "IT", "place": "Padoue"}],
    "sectors": ["microcrédit", "11120"],
    "priorities": ["communities"],
    "contact_email": "bureau@example.org",
    "members": 120,
}


def test_an_association_is_registered_and_read_back(installation: Installation) -> None:
    steward = installation.client("steward")
    answer = steward.post("/associations", json=ASSOCIATION)
    assert answer.status_code == 201
    registered = answer.json()
    assert registered["origin"][0]["code"] == "SN-KL"
    assert registered["residence"][0]["code"] == "IT-PD"
    assert registered["sectors"] == ["24040", "11120"]
    read = installation.client().get(answer.headers["location"].removeprefix("/api/v1"))
    assert read.status_code == 200
    assert read.json() == registered | {"contact_email": None}
