"""Suggestions through HTTP: at once, with reasons, for everybody who may see the two profiles."""

from typing import Any

import pytest

from matching.features.matrices import FeatureMatrices
from matching.features.places import PooledVectorizer
from matching.features.vectorizer import ProfileVectorizer
from tests.service.client import Installation
from tests.service.examples import AUTHORITY, register

LANGUAGES = ("fr", "en", "es", "it")


def names(answer: Any) -> list[str]:
    """The candidates of a list, in order."""
    return [item["candidate"]["name"] for item in answer.json()["items"]]


def test_a_new_association_has_its_suggestions_at_once(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward, "authorities", name="Mahdia", territory="TN-53", role="origin")
    register(steward, "programmes")
    path = f"/associations/{register(installation.client('member'))['id']}/suggestions"
    answer = installation.client().get(path)
    assert answer.status_code == 200
    assert names(answer) == ["Comune di Padova", "Fonds commun"]
    first = answer.json()["items"][0]
    assert first["rank"] == 1
    assert first["subject"]["kind"] == "association"
    assert sum(part["points"] for part in first["parts"]) == pytest.approx(first["score"], abs=1e-6)
    assert {"region", "sector", "priority"} <= {part["name"] for part in first["parts"]}
    assert first["parts"][0]["because"] == ["IT-PD"]
    assert first["explanation"].startswith("Lies in your members’ area of residence: Padua")
    assert first["ruleset_version"] == 1


def test_a_changed_profile_shows_up_in_the_lists_of_others(installation: Installation) -> None:
    steward = installation.client("steward")
    authority = register(steward, "authorities")
    path = f"/authorities/{authority['id']}/suggestions?of=associations"
    assert names(steward.get(path)) == []
    association = register(steward)
    assert names(steward.get(path)) == ["Les amis de Kaolack"]
    steward.patch(f"/associations/{association['id']}", json={"name": "Renamed"})
    assert names(steward.get(path)) == ["Renamed"]
    steward.patch(f"/associations/{association['id']}", json={"published": False})
    assert names(steward.get(path)) == []
    steward.patch(f"/associations/{association['id']}", json={"published": True})
    steward.delete(f"/associations/{association['id']}")
    assert names(steward.get(path)) == []


def test_a_suggestion_can_be_read_by_its_identifier(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    association = register(steward)
    listed = steward.get(f"/associations/{association['id']}/suggestions").json()["items"][0]
    read = steward.get(f"/suggestions/{listed['id']}")
    assert read.status_code == 200
    alone = read.json()
    assert alone.pop("next_steps") == [
        "Next step with a local authority: ask its office for associations or cooperation for a first meeting."
    ]
    assert alone == listed | {"computed_at": alone["computed_at"]}
    steward.delete(f"/associations/{association['id']}")
    assert steward.get(f"/suggestions/{listed['id']}").status_code == 404


def test_what_is_not_published_is_suggested_to_nobody(installation: Installation) -> None:
    steward, public = installation.client("steward"), installation.client()
    register(steward, "authorities", published=False)
    association = register(steward)
    path = f"/associations/{association['id']}/suggestions"
    assert names(public.get(path)) == names(steward.get(path)) == []
    steward.patch(f"/associations/{association['id']}", json={"published": False})
    assert public.get(path).status_code == 404
    assert steward.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/associations/01890000-0000-7000-8000-000000000000/suggestions", 404),
        ("/suggestions/01890000-0000-7000-8000-000000000000", 404),
        ("/suggestions/00000000-0000-8000-8000-000000000000", 404),
        ("/suggestions/ffffffff-ffff-8fff-bfff-ffffffffffff", 404),
        ("/suggestions/none", 422),
        ("/associations/{id}/suggestions?of=associations", 422),
        ("/associations/{id}/suggestions?of=authorities,wizards", 422),
        ("/associations/{id}/suggestions?of=", 422),
        ("/associations/{id}/suggestions?limit=0", 422),
        ("/associations/{id}/suggestions?limit=101", 422),
        ("/associations/{id}/suggestions?of=authorities, programmes&limit=100", 200),
    ],
)
def test_questions_without_an_answer(embedded: Installation, path: str, status: int) -> None:
    steward = embedded.client("steward")
    answer = steward.get(path.format(id=register(steward)["id"]))
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_changed_weight_changes_the_order(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities", name="Near")
    register(steward, "authorities", name="Alike", territory="IT", sectors=["24040", "11120"])
    path = f"/associations/{register(steward)['id']}/suggestions?of=authorities"
    assert names(steward.get(path)) == ["Alike", "Near"]
    draft = steward.post("/rulesets", json={"name": "Places first", "reason": "Try it"}).json()
    steward.patch(f"/rulesets/{draft['id']}", json={"weights": {"region": 0.9, "sector": 0.1}})
    assert names(steward.get(path)) == ["Alike", "Near"]
    steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "It is better"})
    answer = steward.get(path)
    assert names(answer) == ["Near", "Alike"]
    assert {item["ruleset_version"] for item in answer.json()["items"]} == {draft["version"]}


def test_obvious_partners_come_first_among_the_documented(documented: Installation) -> None:
    member = {spoken: documented.client("member") for spoken in ("padua", "marseille", "angeles")}
    cases = {
        "padua": (
            "SN",
            "Kaolack",
            "IT",
            "Padoue",
            {"Agence régionale de développement de Kaolack", "Regione del Veneto"},
        ),
        "marseille": ("DZ", "Douéra", "FR", "Marseille", {"Commune de Douera"}),
        "angeles": ("MX", "Zacatecas", "US", "Los Angeles", {"Gobierno del Estado de Zacatecas"}),
    }
    for case, (origin, place, residence, town, expected) in cases.items():
        association = register(
            member[case],
            name=case,
            description=None,
            origin=[{"country": origin, "place": place}],
            residence=[{"country": residence, "place": town}],
            sectors=[],
            priorities=[],
        )
        path = f"/associations/{association['id']}/suggestions"
        assert set(names(member[case].get(f"{path}?of=authorities&limit={len(expected)}"))) == expected
        if case == "angeles":
            assert names(member[case].get(f"{path}?of=programmes")) == ["Tres por Uno (3x1)"]


def test_precedents_say_what_helped_in_the_readers_language(documented: Installation) -> None:
    steward = documented.client("steward")
    association = register(steward, name="Kaolack", sectors=["24040"])
    path = f"/associations/{association['id']}/suggestions?of=authorities&limit=1"
    helped = {
        language: steward.get(f"{path}&language={language}").json()["items"][0]["precedents"][0]["helped"]
        for language in LANGUAGES
    }
    assert len(set(helped.values())) == 4
    assert "territori" in helped["it"]


def test_conditions_are_shown_with_their_sentence(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "programmes", applicants=["registered association"])
    path = f"/associations/{register(steward)['id']}/suggestions?of=programmes"
    conditions = {item["rule"]: item for item in steward.get(path).json()["items"][0]["eligibility"]}
    assert conditions["origin"]["met"] is True
    assert "Senegal" in conditions["origin"]["detail"]
    assert conditions["applicants"]["met"] is None
    assert conditions["dates"]["detail"] == "Applications open; deadline: 31 December 2030."
    assert AUTHORITY["name"] not in str(conditions)


def test_what_an_organisation_declines_leaves_its_lists_and_can_come_back(installation: Installation) -> None:
    steward, member, stranger = (installation.client(role) for role in ("steward", "member", "member"))
    register(steward, "authorities")
    association = register(member)
    path = f"/associations/{association['id']}/suggestions"
    suggestion = member.get(path).json()["items"][0]
    decision = f"/suggestions/{suggestion['id']}/decision"
    declined = {"decision": "declined", "reason": "They know us already"}
    assert stranger.post(decision, json=declined).status_code == 403
    assert installation.client().post(decision, json=declined).status_code == 401
    assert member.post(decision, json={"decision": "perhaps"}).status_code == 422
    answer = member.post(decision, json=declined)
    assert answer.status_code == 200
    assert answer.json()["decision"]["reason"] == "They know us already"
    assert names(member.get(path)) == []
    assert stranger.get(f"/suggestions/{suggestion['id']}").json()["decision"] is None
    member.post(decision, json={"decision": "later"})
    assert member.get(path).json()["items"][0]["decision"]["decision"] == "later"
    assert stranger.get(path).json()["items"][0]["decision"] is None


def test_how_much_is_known_is_said_beside_the_score(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, "authorities", sectors=[], description=None)
    path = f"/associations/{register(steward)['id']}/suggestions"
    missing = {
        "fr": "une description",
        "en": "a description",
        "es": "una descripción",
        "it": "una descrizione",
    }
    for language, words in missing.items():
        [item] = steward.get(f"{path}?language={language}").json()["items"]
        known = item["confidence"]
        assert known["level"] in ("medium", "low")
        assert any(words in sentence for sentence in known["because"])
        assert known["detail"].endswith(".")


def test_nobody_who_reads_waits_for_new_rules_to_be_worked_out(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Profiles are read by the new levels while the activation or the rollback is asked for, not by the next reader."""
    steward = installation.client("steward")
    subject = register(steward)
    register(steward, "authorities")
    path = f"/associations/{subject['id']}/suggestions"
    before = steward.get(path).json()["items"]
    read: list[str] = []

    computed = FeatureMatrices._read

    def noted(profiles: FeatureMatrices, vectorizer: ProfileVectorizer) -> Any:
        if isinstance(vectorizer, PooledVectorizer):
            read.extend(item.traits.kind for item in profiles.encoded)
        return computed(profiles, vectorizer)

    monkeypatch.setattr(FeatureMatrices, "_read", noted)
    levels = {"country": 0.05, "subdivision": 0.1, "locality": 1.0}
    draft = steward.post("/rulesets", json={"name": "Towns", "reason": "towns count"}).json()
    steward.patch(f"/rulesets/{draft['id']}", json={"region_levels": levels})
    activated = steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "agreed"})
    assert (activated.status_code, "authority" in read) == (200, True)
    read.clear()
    first = steward.get(path).json()["items"][0]
    assert (first["ruleset_version"], "authority" in read) == (activated.json()["version"], False)
    assert first["score"] != before[0]["score"]
    steward.post("/rulesets/rollback", json={"reason": "as before"})
    read.clear()
    assert steward.get(path).json()["items"][0]["score"] == before[0]["score"]
    assert "authority" not in read


def test_authorities_that_govern_the_same_are_one_line(installation: Installation) -> None:
    steward = installation.client("steward")
    first = register(steward, "authorities")
    register(steward, "authorities", key="office", name="Ufficio di cooperazione")
    path = f"/associations/{register(steward)['id']}/suggestions"
    [line] = steward.get(path).json()["items"]
    [other] = line["together_with"]
    assert {line["candidate"]["name"], other["name"]} == {first["name"], "Ufficio di cooperazione"}
    assert steward.get(f"/suggestions/{line['id']}").json()["together_with"] == [other]
    steward.post(f"/suggestions/{line['id']}/decision", json={"decision": "declined"})
    [left] = steward.get(path).json()["items"]
    assert (left["candidate"], left["together_with"]) == (other, [])


def test_an_unpublished_authority_is_on_nobodys_line(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward, "authorities", key="office", name="Ufficio di cooperazione", published=False)
    [line] = steward.get(f"/associations/{register(steward)['id']}/suggestions").json()["items"]
    assert line["together_with"] == []


def test_associations_are_proposed_to_each_other_where_the_rules_say_so(installation: Installation) -> None:
    steward = installation.client("steward")
    town, peer = register(steward, "authorities"), register(steward, key="peer", name="Jokko")
    path = f"/associations/{register(steward)['id']}/suggestions"
    assert steward.get(f"{path}?of=associations").status_code == 422
    steward.post("/partnerships", json={"query": peer["id"], "candidate": town["id"]})
    draft = steward.post("/rulesets/presets/peers").json()
    activated = steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "Newcomers ask for it"})
    assert activated.status_code == 200, activated.text
    assert names(steward.get(path)) == ["Jokko", "Comune di Padova"]
    [item] = steward.get(f"{path}?of=associations").json()["items"]
    assert item["explanation"].startswith("Same migration corridor as yours: ")
    assert "Has had partnerships before." in [*item["details"], item["explanation"].partition(". ")[2]]
    assert steward.get(f"/suggestions/{item['id']}").json()["next_steps"] == [
        "Next step with another association: ask how its first partnership began."
    ]
    assert steward.get(f"/suggestions/{item['id']}").json()["rank"] == 1
    assert steward.post("/rulesets/rollback", json={"reason": "Back"}).status_code == 200
    assert steward.get(f"/suggestions/{item['id']}").status_code == 404
    assert names(steward.get(path)) == ["Comune di Padova"]
