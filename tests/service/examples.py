"""Profiles that tests register, plain dictionaries as a client would send them."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from schemas.inputs import JsonObject
from service.clock import now
from service.db.tables import Counter, Profile
from tests.service.client import Installation

ASSOCIATION: JsonObject = {
    "name": "Les amis de Kaolack",
    "description": {"fr": "Un puits et une école à Kaolack."},
    "origin": [{"country": "SN", "place": "région de Kaolack"}],
    "residence": [{"country": "IT", "place": "province de Padoue"}],
    "sectors": ["microcrédit", "11120"],
    "priorities": ["communities"],
    "contact_email": "bureau@example.org",
    "members": 120,
}
AUTHORITY: JsonObject = {
    "name": "Comune di Padova",
    "territory": {"country": "IT", "place": "comune di Padova"},
    "level": "municipality",
    "role": "residence",
}
PROGRAMME: JsonObject = {
    "name": "Fonds commun",
    "origin": ["SN"],
    "residence": ["IT"],
    "applicants": ["association"],
    "budget": {"amount": "250000.50", "currency": "EUR"},
    "project_max": {"amount": "20000", "currency": "EUR"},
    "cofinancing": [{"party": "association", "share": 0.25}],
    "closes": "2030-12-31",
}
PROJECT: JsonObject = {"name": "Un puits à Kaolack", "origin": ["SN-KL"], "starts": 2027}
EXAMPLES = {
    "associations": ASSOCIATION,
    "authorities": AUTHORITY,
    "programmes": PROGRAMME,
    "projects": PROJECT,
}


def register(client: TestClient, kind: str = "associations", **changes: Any) -> JsonObject:
    """Register the example of a kind with some fields changed; what the service answers."""
    answer = client.post(f"/{kind}", json=EXAMPLES[kind] | changes)
    assert answer.status_code == 201, answer.text
    registered: JsonObject = answer.json()
    return registered


def make_older(installation: Installation, identifier: str, days: int) -> None:
    """Let a profile have been confirmed so many days ago."""
    with Session(installation.app.state.engine) as session:
        [profile] = [item for item in session.exec(select(Profile)) if str(item.id) == identifier]
        counter = session.exec(select(Counter).where(col(Counter.name) == "profile")).one()
        counter.value += 1
        profile.change_number = counter.value
        profile.confirmed_at = now() - timedelta(days=days)
        session.add_all([profile, counter])
        session.commit()
