"""Conditions of a ruleset through HTTP: drafted, refused where they cannot be met, explained to those they keep out."""

from typing import Any

import pytest

from schemas.language import Language
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, PROGRAMME
from tests.service.test_rulesets import draft

REGISTERED_FOR = {
    "key": "registered-clubs",
    "between": ["association:programme"],
    "condition": {"type": "registered_for", "years": 3},
}


def condition(of: dict[str, Any], key: str = "one", **more: Any) -> dict[str, Any]:
    return {"key": key, "between": ["association:programme"], "condition": of, **more}


def activated(steward: Any, **settings: Any) -> dict[str, Any]:
    """A ruleset with these settings, made active."""
    path = f"/rulesets/{draft(steward)['id']}"
    changed = steward.patch(path, json=settings)
    assert changed.status_code == 200, changed.text
    answer = steward.post(f"{path}/activate", json={"reason": "For the test"})
    assert answer.status_code == 200, answer.text
    active: dict[str, Any] = answer.json()
    return active


def test_a_condition_is_stored_as_it_was_sent_and_says_where_its_places_lie(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    path = f"/rulesets/{draft(steward)['id']}"
    sent = condition({"type": "place_within", "of": "association", "side": "origin", "places": ["SN-KL"]})
    changed = steward.patch(path, json={"conditions": [sent]}).json()
    assert changed["conditions"] == [sent | {"when_unknown": "allow"}]
    assert changed["territories"] == {"SN-KL": ["SN", "SN-KL"]}
    assert changed["remarks"] == []
    assert steward.get(path).json()["conditions"] == changed["conditions"]


@pytest.mark.parametrize(
    ("conditions", "pointer", "word"),
    [
        (
            [condition({"type": "place_within", "of": "association", "places": ["SN-ZZ"]})],
            "/conditions/0",
            "SN-ZZ",
        ),
        (
            [
                condition(
                    {
                        "type": "all",
                        "of": [{"type": "registered"}, {"type": "not", "of": {"type": "registered"}}],
                    }
                )
            ],
            "/conditions/0/condition",
            "contradict",
        ),
        (
            [
                condition({"type": "members_at_least", "least": 20}),
                condition({"type": "registered"}, "two"),
                condition({"type": "not", "of": {"type": "members_at_least", "least": 10}}, "three"),
            ],
            "/conditions/2/condition",
            "fewer than: 10",
        ),
        (
            [condition({"type": "members_at_least", "least": -1})],
            "/conditions/0/condition/least",
            "at least 1",
        ),
        (
            [condition({"type": "not", "of": {"type": "any", "of": [{"type": "exec"}]}})],
            "/conditions/0/condition/of/of/0",
            "/rulesets/conditions",
        ),
        ([condition({"type": "level_in", "levels": ["state"]})], "/conditions/0", "pairing"),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused_with_the_reason(
    embedded: Installation, conditions: list[dict[str, Any]], pointer: str, word: str
) -> None:
    steward = embedded.client("steward")
    path = f"/rulesets/{draft(steward)['id']}"
    answer = steward.patch(path, json={"conditions": conditions})
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert word in fault["detail"]
    assert steward.get(path).json()["conditions"] == []


def test_what_changes_nothing_is_remarked_in_the_reader_s_language(embedded: Installation) -> None:
    steward = embedded.client("steward")
    path = f"/rulesets/{draft(steward)['id']}"
    conditions = [
        condition({"type": "members_at_least", "least": 20}),
        condition({"type": "members_at_least", "least": 10}, "two"),
    ]
    changed = steward.patch(f"{path}?language=fr", json={"conditions": conditions})
    assert changed.json()["remarks"] == [
        {
            "pointer": "/conditions/1/condition",
            "detail": "Cette condition découle d’autres conditions\N{NO-BREAK SPACE}: "
            "Membres de l’association, au moins\N{NO-BREAK SPACE}: 10.",
        }
    ]


def test_whoever_is_kept_out_is_not_proposed_and_learns_from_when(installation: Installation) -> None:
    steward = installation.client("steward")
    fund = steward.post("/programmes", json={**PROGRAMME, "closes": None}).json()
    club = steward.post(
        "/associations", json={**ASSOCIATION, "registered": True, "registered_since": "2999"}
    ).json()
    shown = f"/associations/{club['id']}/suggestions?of=programmes"
    before = steward.get(shown).json()["items"]
    assert [item["candidate"]["id"] for item in before] == [fund["id"]]
    assert "registered-clubs" not in {check["rule"] for check in before[0]["eligibility"]}
    activated(steward, conditions=[REGISTERED_FOR])
    assert steward.get(shown).json()["items"] == []
    pair = steward.get(f"/suggestions/{before[0]['id']}?language=it").json()
    [check] = [check for check in pair["eligibility"] if check["rule"] == "registered-clubs"]
    assert check["met"] is False
    assert "almeno: 3" in check["detail"]
    [miss] = steward.get(f"/associations/{club['id']}/near-misses?language=es").json()["items"]
    assert miss["changes"] == []
    assert miss["eligible_from"] == "3002-12-31"
    assert miss["waits"] == [
        "Años desde la constitución: 0 de 3. Cumplirá los requisitos en esta fecha: 31 de diciembre de 3002."
    ]
    steward.patch(f"/associations/{club['id']}", json={"registered_since": "2001-05-01"})
    [met] = steward.get(shown).json()["items"]
    assert {check["rule"]: check["met"] for check in met["eligibility"]}["registered-clubs"] is True


def test_whoever_has_asked_is_not_proposed_again_where_the_rules_say_so(installation: Installation) -> None:
    steward = installation.client("steward")
    fund = steward.post("/programmes", json=PROGRAMME).json()
    club = steward.post("/associations", json=ASSOCIATION).json()
    activated(
        steward,
        conditions=[
            condition({"type": "no_open_introduction"}),
            condition({"type": "not_partners_yet"}, "two"),
        ],
    )
    shown = f"/associations/{club['id']}/suggestions?of=programmes"
    [item] = steward.get(shown).json()["items"]
    steward.post(f"/suggestions/{item['id']}/decision", json={"decision": "interested"})
    assert steward.get(shown).json()["items"] == []
    steward.post(f"/suggestions/{item['id']}/decision", json={"decision": "later"})
    assert len(steward.get(shown).json()["items"]) == 1
    steward.post("/partnerships", json={"query": club["key"], "candidate": fund["key"]})
    assert steward.get(shown).json()["items"] == []


@pytest.mark.parametrize("language", list(Language))
def test_a_form_is_given_every_condition_and_its_gaps(embedded: Installation, language: Language) -> None:
    forms = embedded.client().get(f"/rulesets/conditions?language={language}").json()["items"]
    assert len(forms) == 22
    assert len({form["label"] for form in forms}) == 22
    by_type = {form["type"]: form for form in forms}
    assert by_type["language_shared"] == {**by_type["language_shared"], "of": [], "gaps": []}
    [years] = by_type["registered_for"]["gaps"]
    assert (years["field"], years["kind"], years["required"]) == ("years", "number", True)
    [levels] = by_type["level_in"]["gaps"]
    assert {"municipality", "state"} < set(levels["choices"])
    assert by_type["place_within"]["of"] == ["association", "authority", "programme", "project"]
