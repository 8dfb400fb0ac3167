"""What partnerships and decisions teach, through HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from matching.experiments import learning
from schemas.language import Language
from schemas.weights import PARTS
from tests.service.client import Installation
from tests.service.examples import PROGRAMME, register
from tests.service.files import import_records


def track_record(embedded: Installation, steward: TestClient) -> None:
    """Associations that have worked with programmes of their own sector."""
    fields = ("11120", "12220", "14030", "31120")
    programmes = [
        PROGRAMME
        | {
            "kind": "programme",
            "key": f"p{number}",
            "name": f"Fonds {number}",
            "sectors": [fields[number % 4]],
        }
        for number in range(12)
    ]
    people = [
        {
            "kind": "association",
            "key": f"a{number}",
            "name": f"Amis {number}",
            "origin": ["SN"],
            "residence": ["IT"],
            "sectors": [fields[number % 4]],
        }
        for number in range(160)
    ]
    pairs = [
        {
            "kind": "partnership",
            "query": f"a{number}",
            "candidate": f"p{number % 4 + 4 * (number % 3)}",
            "since": str(1990 + number // 8),
        }
        for number in range(160)
    ]
    assert import_records(embedded, steward, *programmes, *people, *pairs)["rejected"] == []


def test_a_steward_takes_a_lesson_up_and_scores_get_a_meaning(embedded: Installation) -> None:
    steward = embedded.client("steward")
    track_record(embedded, steward)
    assert embedded.client("member").get("/rulesets/lessons").status_code == 403
    [lesson] = steward.get("/rulesets/lessons").json()["items"]
    assert lesson["pairing"] == "association:programme"
    assert lesson["together"] > 20
    assert sum(lesson["proposed"].values()) > 0.99
    assert sum(band["pairs"] for band in lesson["bands"]) == lesson["pairs"]

    someone = register(steward, sectors=["11120"])
    path = f"/associations/{someone['id']}/suggestions?of=programmes&limit=1"
    [before] = steward.get(path).json()["items"]
    assert before["likelihood"] is None
    draft = steward.post("/rulesets", json={"name": "Learnt", "reason": "From the track record."}).json()
    at = f"/rulesets/{draft['id']}"
    learnt = steward.patch(at, json=lesson["patch"]).json()
    assert learnt["calibration"]["association:programme"] == lesson["calibration"]
    assert steward.get(path).json()["items"][0]["likelihood"] is None
    steward.post(f"{at}/activate", json={"reason": "Agreed."})
    [after] = steward.get(path).json()["items"]
    assert 0 <= after["likelihood"]["least"] < after["likelihood"]["most"] <= 1
    assert after["likelihood"]["detail"].startswith("Of a hundred suggestions")

    other = steward.post("/rulesets", json={"name": "By hand", "reason": "Another emphasis."}).json()
    assert other["calibration"]
    changed = steward.patch(f"/rulesets/{other['id']}", json={"weights": {"sector": 3}}).json()
    assert changed["calibration"] == {}


def test_where_nothing_has_come_of_anything_there_is_no_lesson(embedded: Installation) -> None:
    assert embedded.client("steward").get("/rulesets/lessons").json() == {"items": []}


def blind_to_sectors(steward: TestClient, **more: Any) -> dict[str, Any]:
    """Active rules under which sectors do not count."""
    path = f"/rulesets/{steward.post('/rulesets', json={'name': 'Blind', 'reason': 'to learn'}).json()['id']}"
    weights = {"region": 50, "sector": 0, "priority": 40, "text": 10, "track_record": 0}
    changed = steward.patch(path, json={"weights": weights, **more})
    assert changed.status_code == 200, changed.text
    steward.post(f"{path}/activate", json={"reason": "agreed"})
    active: dict[str, Any] = steward.get("/rulesets/active").json()
    return active | {"remarks": changed.json()["remarks"]}


def test_what_was_learnt_arrives_as_a_draft_with_its_evidence(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = embedded.client("steward")
    track_record(embedded, steward)
    assert embedded.client("member").post("/rulesets/lessons").status_code == 403
    active = blind_to_sectors(steward)
    [lesson] = steward.get("/rulesets/lessons").json()["items"]
    answer = steward.post("/rulesets/lessons")
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["state"], draft["based_on"]) == ("draft", active["id"])
    assert draft["pairings"]["association:programme"] == pytest.approx(lesson["proposed"], abs=1e-4)
    assert draft["weights"] == active["weights"]
    assert draft["calibration"] == lesson["patch"]["calibration"]
    [evidence] = draft["evidence"]
    assert (evidence["pairs"], evidence["decided"]) == (lesson["pairs"], 0)
    assert evidence["surprise_learnt"] < evidence["surprise_present"]
    assert evidence["conflicts"] == []
    assert active["evidence"] is None
    assert steward.get("/rulesets/active").json()["id"] == active["id"]
    for language in Language:
        shown = steward.get(f"/rulesets/{draft['id']}?language={language.value}").json()
        assert str(lesson["pairs"]) in shown["evidence"][0]["detail"]
    other = steward.post("/rulesets", json={"name": "By hand", "reason": "mine", "based_on": draft["id"]})
    assert other.json()["evidence"] is None
    once = {"Idempotency-Key": "once"}
    made = steward.post("/rulesets/lessons", headers=once).json()
    with monkeypatch.context() as patched:
        patched.setattr(
            learning, "lessons", lambda *_said: pytest.fail("what was answered is not learnt again")
        )
        assert steward.post("/rulesets/lessons", headers=once).json() == made
    assert made["id"] != draft["id"]


def test_what_was_learnt_stays_within_the_bounds_and_says_where_they_stood_against_it(
    embedded: Installation,
) -> None:
    steward = embedded.client("steward")
    track_record(embedded, steward)
    active = blind_to_sectors(steward, bounds={"sector": {"most": 0.25}, "region": {"least": 0.3}})
    assert {item["pointer"] for item in active["remarks"]} == {
        "/pairings/project:programme/region",
        "/pairings/authority:authority/region",
    }
    assert {item["detail"] for item in active["remarks"]} == {
        "The weight of “Territory” is 10%, outside its bounds of 30% to 100%.",
        "The weight of “Territory” is 20%, outside its bounds of 30% to 100%.",
    }
    other = steward.post("/rulesets", json={"name": "No room", "reason": "none"}).json()
    refused = steward.patch(f"/rulesets/{other['id']}", json={"bounds": {"text": {"least": 0.8}}})
    assert refused.status_code == 422
    draft = steward.post("/rulesets/lessons", json={"name": "Learnt", "reason": "from decisions"}).json()
    assert (draft["name"], draft["reason"]) == ("Learnt", "from decisions")
    weights, learnt = draft["pairings"]["association:programme"], draft["evidence"][0]["learnt"]
    assert learnt["sector"] > 0.25
    assert learnt["region"] < 0.3
    assert weights["sector"] == pytest.approx(0.25)
    assert weights["region"] >= 0.3
    assert draft["calibration"] == {}, "what scores mean was learnt for other weights"
    conflicts = {item["part"]: item for item in draft["evidence"][0]["conflicts"]}
    assert conflicts.keys() == {"sector", "region"}
    sector = conflicts["sector"]
    assert (sector["most"], sector["kept"]) == (0.25, pytest.approx(0.25))
    assert sector["detail"].startswith("Learnt weight of “Sector”: ")
    assert sector["detail"].endswith(". The bounds of the rules allow 0% to 25%, so it becomes 25%.")
    sentences = {
        steward.get(f"/rulesets/{draft['id']}?language={language.value}").json()["evidence"][0]["conflicts"][
            0
        ]["detail"]
        for language in Language
    }
    assert len(sentences) == 4
    assert sum(weights[part] for part in PARTS) == pytest.approx(1)


def test_where_nothing_better_is_known_no_draft_is_made(embedded: Installation) -> None:
    steward = embedded.client("steward")
    refused = steward.post("/rulesets/lessons")
    assert (refused.status_code, len(steward.get("/rulesets?state=draft").json()["items"])) == (409, 0)
