"""What partnerships and decisions teach, through HTTP."""

from tests.service.client import Installation
from tests.service.examples import PROGRAMME, register
from tests.service.files import import_records


def test_a_steward_takes_a_lesson_up_and_scores_get_a_meaning(embedded: Installation) -> None:
    steward = embedded.client("steward")
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
    assert after["likelihood"]["detail"].startswith("Of a hundred proposals")

    other = steward.post("/rulesets", json={"name": "By hand", "reason": "Another emphasis."}).json()
    assert other["calibration"]
    changed = steward.patch(f"/rulesets/{other['id']}", json={"weights": {"sector": 3}}).json()
    assert changed["calibration"] == {}


def test_where_nothing_has_come_of_anything_there_is_no_lesson(embedded: Installation) -> None:
    assert embedded.client("steward").get("/rulesets/lessons").json() == {"items": []}
