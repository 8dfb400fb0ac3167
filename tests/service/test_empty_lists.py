"""A list without suggestions says why, and what would fill it."""

from typing import Any

import pytest

from tests.service.client import Installation
from tests.service.examples import register

LANGUAGES = ("fr", "en", "es", "it")
LYON = {"country": "FR", "place": "Lyon"}


def empty(installation: Installation, subject: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Why the list of a profile is empty."""
    kind = {"authority": "authorities"}.get(subject["kind"], f"{subject['kind']}s")
    answer = installation.client().get(f"/{kind}/{subject['id']}/suggestions", headers=headers).json()
    assert answer["items"] == []
    assert answer["next_cursor"] is None
    found: dict[str, Any] = answer["empty"]
    return found


def test_a_list_with_suggestions_says_nothing(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    subject = register(steward)
    assert steward.get(f"/associations/{subject['id']}/suggestions").json()["empty"] is None


@pytest.mark.parametrize("kind", ["associations", "programmes", "projects"])
def test_whoever_names_no_place_is_asked_for_one(installation: Installation, kind: str) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward)
    found = empty(installation, register(steward, kind, origin=[], residence=[]))
    assert found["cause"] == "no_place"
    assert found["what_helps"][0].startswith("Add ")


def test_where_nobody_is_the_places_and_kinds_are_named(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    found = empty(installation, register(steward, origin=["MX-ZAC"], residence=[LYON]))
    assert found["cause"] == "nobody_there"
    assert {"Zacatecas", "Lyon", "authority", "programme"} <= set(
        found["detail"].replace(".", "").replace(",", "").split()
    )
    assert len(found["what_helps"]) == 2


def test_the_condition_that_rules_out_the_closest_is_named(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "programmes", name="Fondo di Padova", closes="2020-01-31")
    found = empty(installation, register(steward))
    assert found["cause"] == "conditions"
    assert "Fondo di Padova" in found["detail"]
    assert "2020" in found["detail"]


def test_a_list_of_which_everything_was_declined_says_so(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    subject = register(steward)
    item = steward.get(f"/associations/{subject['id']}/suggestions").json()["items"][0]
    steward.post(f"/suggestions/{item['id']}/decision", json={"decision": "declined"})
    assert empty(installation, subject)["cause"] == "declined"


def test_every_cause_is_said_in_four_languages(installation: Installation) -> None:
    steward = installation.client("steward")
    nowhere = register(steward, origin=[], residence=[])
    alone = register(steward, name="Ailleurs", origin=["MX-ZAC"], residence=[LYON])
    for subject in (nowhere, alone):
        said = {empty(installation, subject, **{"Accept-Language": each})["detail"] for each in LANGUAGES}
        assert len(said) == len(LANGUAGES)
