"""Rulesets as YAML files: they read well, are read back the same, and tell each mistake with its line."""

from typing import Any

import pytest

from tests.service.client import Installation
from tests.service.test_conditions import condition
from tests.service.test_rulesets import draft

FILE = """\
name: Clubs first
reason: Agreed with the federation
source: Minutes of 3 March
weights: {region: 40, sector: 20, priority: 10, text: 15, track_record: 15}
conditions:
  - key: members
    between: ["association:programme"]
    condition: {type: members_at_least, least: 20}
  - key: long-ago
    between: ["association:programme"]
    condition:
      type: any
      of:
        - {type: founded_before, day: 2020-05-31}
        - {type: place_within, of: association, side: origin, places: [SN-KL]}
preferences:
  - {key: federated, between: ["association:programme"], condition: {type: federated}, points: 0.05}
"""
YAML = {"Content-Type": "application/yaml"}


def put(steward: Any, text: str, key: str = "clubs") -> Any:
    return steward.put(f"/rulesets/files/{key}", content=text.encode(), headers=YAML)


def test_a_file_becomes_a_draft_and_the_same_file_changes_nothing(installation: Installation) -> None:
    steward = installation.client("steward")
    first = put(steward, FILE)
    assert first.status_code == 201
    made = first.json()
    assert (made["key"], made["name"], made["state"]) == ("clubs", "Clubs first", "draft")
    assert made["weights"]["region"] == 0.4
    assert made["territories"] == {"SN-KL": ["SN", "SN-KL"]}
    assert made["history"][0]["source"] == "Minutes of 3 March"
    again = put(steward, FILE)
    assert again.status_code == 200
    assert again.json() == made
    other = put(steward, FILE.replace("least: 20", "least: 30")).json()
    assert other["id"] == made["id"]
    assert [step["did"] for step in other["history"]] == ["drafted", "changed"]
    steward.post(f"/rulesets/{made['id']}/activate", json={"reason": "Agreed"})
    assert put(steward, FILE.replace("least: 20", "least: 30")).json()["state"] == "active"
    next_one = put(steward, FILE)
    assert next_one.status_code == 201
    assert next_one.json()["id"] != made["id"]
    assert steward.get("/rulesets/active").json()["conditions"][0]["condition"]["least"] == 30


def test_a_ruleset_is_written_so_that_it_reads_well_and_is_read_back_the_same(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    made = put(steward, FILE).json()
    written = steward.get(f"/rulesets/{made['id']}/file?language=fr")
    assert written.headers["content-type"].startswith("application/yaml")
    text = written.text.replace("\N{NO-BREAK SPACE}", "_")
    assert "  region: 40.0\n" in text
    assert (
        "  # Au moins une de ces conditions_: L’association a été fondée avant cette date_: 31 mai 2020"
        in text
    )
    assert "Région de Kaolack" in text or "Kaolack" in text
    back = put(steward, written.text, "copy").json()
    for name in (
        "name",
        "reason",
        "weights",
        "pairings",
        "conditions",
        "preferences",
        "affinities",
        "territories",
    ):
        assert back[name] == made[name]
    assert steward.get("/rulesets/files/copy").text == steward.get(f"/rulesets/{back['id']}/file").text
    active = steward.get("/rulesets/active").json()
    shown = installation.client().get(f"/rulesets/{active['id']}/file")
    assert shown.status_code == 200
    same = put(steward, shown.text, "balanced").json()
    assert steward.get(f"/rulesets/{same['id']}/diff?against={active['id']}").json()["items"] == []


@pytest.mark.parametrize(
    ("former", "present", "line", "word"),
    [
        ("least: 20", "least: none", 8, "whole number"),
        ("least: 20", "least: 20, most: 3", 8, "no such field"),
        ("[SN-KL]", "[SN-ZZ]", 9, "SN-ZZ"),
        ("type: members_at_least", "type: exec", 8, "/rulesets/conditions"),
        ("name: Clubs first", "nom: Clubs first", 1, "missing"),
        ("reason: Agreed", "name: Agreed", 2, "twice"),
        ("region: 40", "region: [", 4, "YAML"),
        ("region: 40", "region: &a 40", 4, ""),
        ("sector: 20", "sector: *a", 4, "References"),
        ("2020-05-31", "2020-02-31", None, "date"),
        ("name: Clubs first", "name: !!python/name:os.system x", 1, "YAML"),
        ("points: 0.05", "points: 0.9", 17, "at most"),
        ("points: 0.05", f"points: {'[' * 101}{']' * 101}", 17, "too deeply"),
    ],
)
def test_each_mistake_is_reported_with_its_line(
    embedded: Installation, former: str, present: str, line: int | None, word: str
) -> None:
    steward = embedded.client("steward")
    assert former in FILE
    answer = put(steward, FILE.replace(former, present, 1))
    if not word:
        assert answer.status_code == 201
        return
    assert answer.status_code == 422
    [fault, *_] = [fault for fault in answer.json()["errors"] if word in fault["detail"]]
    assert fault.get("line") == line
    assert steward.get("/rulesets?state=draft").json()["items"] == []


@pytest.mark.parametrize(
    "text", ["", "- a", "just words", "\x00", "[" * 50_000, "{a: " * 3000, "a: b: c", "? [x]\n: 1"]
)
def test_what_is_no_file_of_rules_is_refused(embedded: Installation, text: str) -> None:
    assert put(embedded.client("steward"), text).status_code == 422


def test_files_are_put_in_by_stewards_alone(installation: Installation) -> None:
    member, public, steward = (installation.client(role) for role in ("member", None, "steward"))
    assert put(member, FILE).status_code == 403
    assert put(public, FILE).status_code == 401
    assert put(steward, FILE, "Not a key").status_code == 422
    latin = steward.put(
        "/rulesets/files/x", content=FILE.replace("Clubs", "Clubs é").encode("latin-1"), headers=YAML
    )
    assert latin.status_code == 422
    assert steward.get("/rulesets/files/nothing").status_code == 404
    path = f"/rulesets/{draft(steward)['id']}"
    assert public.get(f"{path}/file").status_code == 404
    steward.patch(path, json={"conditions": [condition({"type": "language_shared"})]})
    assert "language_shared" in steward.get(f"{path}/file").text
