"""Planned, open, between two calls, paused, ended, not confirmed: what readers of a programme are told."""

from typing import Any

import pytest

from tests.service.client import Installation
from tests.service.examples import make_older, register
from tests.service.test_suggestions import names


def programme_and_list(installation: Installation, **said: Any) -> tuple[Any, Any]:
    """A programme as it is read, and the suggestions for the example association."""
    steward = installation.client("steward")
    programme = register(steward, "programmes", closes=None, **said)
    path = f"/associations/{register(steward)['id']}/suggestions"
    return steward.get(f"/programmes/{programme['id']}").json(), steward.get(path)


@pytest.mark.parametrize(
    ("said", "state", "sentence"),
    [
        ({"opens": "2035-05-01"}, "planned", "Applications open from"),
        ({"status": "planned"}, "planned", "no opening day is known"),
        ({"status": "between_rounds"}, "between_rounds", "the next call for proposals is not announced"),
        ({"status": "open"}, "open", None),
        ({}, "open", None),
    ],
)
def test_what_is_not_open_yet_is_proposed_and_says_so(
    installation: Installation, said: dict[str, str], state: str, sentence: str | None
) -> None:
    programme, listed = programme_and_list(installation, **said)
    [item] = listed.json()["items"]
    assert programme["state"] == item["state"] == state
    for each in ("Applications", "no opening day", "the next call"):
        assert (each in item["explanation"]) is (each in (sentence or ""))
    assert sentence is None or sentence in item["explanation"]


@pytest.mark.parametrize(
    ("said", "state"),
    [({"status": "ended"}, "ended"), ({"status": "paused"}, "paused"), ({"closes": "2020-01-01"}, "ended")],
)
def test_what_takes_no_applications_any_more_is_found_but_not_proposed(
    installation: Installation, said: dict[str, str], state: str
) -> None:
    steward = installation.client("steward")
    programme = register(steward, "programmes", **{"closes": None, **said})
    listed = steward.get(f"/associations/{register(steward)['id']}/suggestions").json()
    assert listed["items"] == []
    assert listed["empty"]["cause"] == "conditions"
    [found] = steward.get("/programmes?q=Fonds").json()["items"]
    assert (found["id"], found["state"]) == (programme["id"], state)
    assert steward.get(f"/programmes/{programme['id']}/suggestions").json()["items"] == []


def test_an_ended_programme_comes_back_as_a_precedent(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    ended = register(steward, "programmes", status="ended", closes=None)
    register(
        steward, "programmes", key="other", name="Lontano", origin=["PH"], residence=["DE"], status="ended"
    )
    [item] = steward.get(f"/associations/{register(steward)['id']}/suggestions").json()["items"]
    assert item["candidate"]["name"] == "Comune di Padova"
    [precedent] = item["precedents"]
    assert (precedent["name"], precedent["programme"]["id"]) == ("Fonds commun", ended["id"])
    assert precedent["detail"] == "There was a programme for this. It has ended."


def test_nobody_is_told_of_an_unpublished_programme_that_ended(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward, "programmes", status="ended", closes=None, published=False)
    [item] = steward.get(f"/associations/{register(steward)['id']}/suggestions").json()["items"]
    assert item["precedents"] == []


def test_what_nobody_has_confirmed_for_a_year_says_so(installation: Installation) -> None:
    steward = installation.client("steward")
    programme = register(steward, "programmes", closes=None)
    make_older(installation, programme["id"], 400)
    path = f"/associations/{register(steward)['id']}/suggestions"
    [item] = steward.get(path).json()["items"]
    assert item["state"] == "unconfirmed"
    assert "whether it is still open" in item["explanation"]
    assert steward.post(f"/programmes/{programme['id']}/confirmation").status_code == 200
    [item] = steward.get(path).json()["items"]
    assert item["state"] == "open"
    assert "still open" not in item["explanation"]


def test_documented_programmes_are_not_confirmed_and_two_have_ended(documented: Installation) -> None:
    programmes = documented.client().get("/programmes?limit=100").json()["items"]
    states = {programme["key"].removeprefix("documented:"): programme["state"] for programme in programmes}
    assert {key for key, state in states.items() if state == "ended"} == {"jmdi", "aeneas"}
    assert {state for key, state in states.items() if key not in ("jmdi", "aeneas")} == {"unconfirmed"}
    assert all(programme["confirmed_at"] is None for programme in programmes)


def test_a_documented_programme_that_its_operator_confirms_is_open(documented: Installation) -> None:
    steward = documented.client("steward")
    [redel] = [
        p for p in steward.get("/programmes?limit=100").json()["items"] if p["key"] == "documented:redel"
    ]
    assert steward.post(f"/programmes/{redel['id']}/confirmation").status_code == 200
    assert steward.get(f"/programmes/{redel['id']}").json()["state"] == "open"


def test_no_list_of_the_documented_proposes_what_has_ended(documented: Installation) -> None:
    public = documented.client()
    seen = 0
    for kind in ("associations", "authorities"):
        for profile in public.get(f"/{kind}?limit=100").json()["items"]:
            listed = public.get(f"/{kind}/{profile['id']}/suggestions?of=programmes&limit=50")
            assert not {"AENEAS", "EC-UN Joint Migration and Development Initiative (JMDI)"} & set(
                names(listed)
            )
            seen += len(listed.json()["items"])
    assert seen
