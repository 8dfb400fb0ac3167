"""A steward sees what a draft would do before anybody is touched by it."""

from typing import Any

import pytest

from matching.experiments.baseline import top_ten
from schemas.kinds import PAIRINGS, Kind
from schemas.language import Language
from schemas.weights import PARTS
from service.db.session import reading
from service.jobs.work import JobAtWork
from service.rulesets.service import active_ruleset
from tests.service.client import Installation
from tests.service.examples import register

SECTORS_ALONE = dict.fromkeys(PARTS, 0) | {"sector": 1}
NOWHERE = {
    "key": "nowhere",
    "between": [f"association:{other}" for other in PAIRINGS[Kind.ASSOCIATION]],
    "condition": {"type": "members_at_least", "least": 1_000_000},
    "when_unknown": "exclude",
}


def draft(steward: Any, **changes: Any) -> dict[str, Any]:
    made = steward.post("/rulesets", json={"name": "to see", "reason": "what would it do"}).json()
    answer = steward.patch(f"/rulesets/{made['id']}", json=changes) if changes else None
    assert answer is None or answer.status_code == 200, answer.text
    found: dict[str, Any] = made
    return found


def preview(client: Any, ruleset: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    answer = client.post(f"/rulesets/{ruleset['id']}/preview", json=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lists(installation: Installation, kind: str) -> list[list[str]]:
    client = installation.client()
    items = client.get(f"/{kind}", params={"limit": 100}).json()["items"]
    return [
        [one["candidate"]["id"] for one in client.get(f"/{kind}/{item['id']}/suggestions").json()["items"]]
        for item in items
    ]


def test_the_same_rules_would_change_nothing(documented: Installation) -> None:
    steward = documented.client("steward")
    found = preview(steward, draft(steward))
    assert found["effect"]["lists"] == found["subjects"] == found["of"]
    assert found["effect"]["changed"] == 0
    assert found["biggest"] == found["left_out"] == []
    assert found["exposure"]["before"] == found["exposure"]["after"]
    assert found["detail"] == f"None of {found['of']} lists would change."


def test_what_is_predicted_is_what_happens(documented: Installation) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, weights=SECTORS_ALONE)
    found = preview(steward, ruleset)
    (group_effect,) = [group for group in found["groups"] if group["value"] == "association"]
    before = lists(documented, "associations")
    steward.post(f"/rulesets/{ruleset['id']}/activate", json={"reason": "as predicted"})
    after = lists(documented, "associations")
    assert group_effect["lists"] == len(before)
    assert group_effect["changed"] == sum(
        one[:10] != other[:10] for one, other in zip(before, after, strict=True)
    )
    assert group_effect["appeared"] == sum(
        len(set(other[:10]) - set(one[:10])) for one, other in zip(before, after, strict=True)
    )


def test_the_biggest_changes_have_old_and_new_reasons(documented: Installation) -> None:
    steward = documented.client("steward")
    found = preview(steward, draft(steward, weights=SECTORS_ALONE))
    assert 1 < len(found["biggest"]) <= 20
    for turn in found["biggest"]:
        for side in (turn["before"], turn["after"]):
            assert sum(part["points"] for part in side["parts"]) == pytest.approx(side["score"], abs=1e-6)
        assert turn["before"]["rank"] != turn["after"]["rank"]
    assert any(turn["before"]["detail"] for turn in found["biggest"])
    assert {group["value"].partition(":")[0] for group in found["groups"] if group["group"] == "size"} == {
        "members",
        "population",
    }
    names = {group["group"] for group in found["groups"]}
    assert names == {"kind", "territory", "sector", "size", "newcomer"}


def test_whoever_is_left_with_nobody_is_named_with_the_condition(documented: Installation) -> None:
    steward = documented.client("steward")
    found = preview(steward, draft(steward, conditions=[NOWHERE]))
    assert found["effect"]["emptied"] == len(found["left_out"]) > 0
    assert "association" in {one["subject"]["kind"] for one in found["left_out"]}
    for one in found["left_out"]:
        assert one["conditions"] == ["nowhere"]
        assert "1000000" in one["detail"].replace(",", "").replace("\N{NO-BREAK SPACE}", "")
    gone = [turn for turn in found["biggest"] if turn["after"]["rank"] is None]
    assert any("Members of the association, at least: 1,000,000" in turn["after"]["detail"] for turn in gone)


@pytest.mark.parametrize("language", Language)
def test_a_preview_is_read_in_four_languages(documented: Installation, language: Language) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, conditions=[NOWHERE])
    steward.headers["Accept-Language"] = language.value
    found = preview(steward, ruleset)
    assert found["detail"]
    assert all(group["name"] for group in found["groups"])
    assert found["back_test"]["decisions"]["detail"]


def test_a_preview_looks_at_as_many_as_are_asked_for_and_at_the_same_ones(documented: Installation) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, weights=SECTORS_ALONE)
    found = preview(steward, ruleset, subjects=10, back_test=False)
    assert 4 <= found["subjects"] <= 12 < found["of"]
    assert found["back_test"] is None
    assert found == preview(steward, ruleset, subjects=10, back_test=False)
    refused = steward.post(f"/rulesets/{ruleset['id']}/preview", json={"subjects": 0})
    assert refused.status_code == 422


def test_a_preview_is_for_stewards_and_leaves_everything_as_it_is(documented: Installation) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, weights=SECTORS_ALONE)
    before = lists(documented, "authorities")
    preview(steward, ruleset)
    assert lists(documented, "authorities") == before
    assert documented.client("member").post(f"/rulesets/{ruleset['id']}/preview").status_code == 403
    assert documented.client().post(f"/rulesets/{ruleset['id']}/preview").status_code == 401
    unknown = steward.post("/rulesets/00000000-0000-0000-0000-000000000000/preview")
    assert unknown.status_code == 404


def everybody(documented: Installation, steward: Any, ruleset: dict[str, Any]) -> dict[str, Any]:
    """The job that looks at everybody's lists, when it has ended."""
    begun = steward.post(f"/rulesets/{ruleset['id']}/preview", json={"everybody": True})
    assert (begun.status_code, begun.json()["state"]) == (202, "queued"), begun.text
    assert documented.app.state.jobs.run_waiting() == 1
    found: dict[str, Any] = steward.get(begun.headers["Location"].removeprefix("/api/v1")).json()
    return found


def test_everybody_is_looked_at_by_a_job_that_tells_how_far_it_is(
    documented: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, weights=SECTORS_ALONE)
    at_once = preview(steward, ruleset, subjects=5_000)
    monkeypatch.setattr("matching.experiments.baseline.LISTS_PER_STEP", 7)
    progress: list[int] = []
    checkpoint = JobAtWork.checkpoint

    def noted(at_work: JobAtWork, session: Any, done: int, *said: Any) -> None:
        progress.append(done)
        checkpoint(at_work, session, done, *said)

    monkeypatch.setattr(JobAtWork, "checkpoint", noted)
    job = everybody(documented, steward, ruleset)
    count = at_once["of"]
    assert (job["state"], job["done"], job["total"]) == ("done", 2 * count, 2 * count), "under both rules"
    once_round = [*range(7, count, 7), count]
    assert progress == [*once_round, *(count + done for done in once_round)]
    assert job["result"] == at_once


def test_a_preview_of_everybody_is_stopped_like_any_job(
    documented: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = documented.client("steward")
    ruleset = draft(steward, weights=SECTORS_ALONE)
    monkeypatch.setattr("matching.experiments.baseline.LISTS_PER_STEP", 7)
    committed = JobAtWork.committed

    def stop(at_work: JobAtWork) -> None:
        if at_work.job.done == 0:
            steward.post(f"/jobs/{at_work.job.id}/cancel")
        committed(at_work)

    monkeypatch.setattr(JobAtWork, "committed", stop)
    job = everybody(documented, steward, ruleset)
    assert (job["state"], job["done"], job["result"]) == ("cancelled", 14, None)
    assert job["total"] > 14


def test_a_preview_of_everybody_asked_for_twice_is_begun_once(documented: Installation) -> None:
    steward = documented.client("steward")
    path = f"/rulesets/{draft(steward)['id']}/preview"
    once = {"Idempotency-Key": "once"}
    begun = [steward.post(path, json={"everybody": True}, headers=once).json()["id"] for _ in range(2)]
    assert begun[0] == begun[1]
    assert len(steward.get("/jobs").json()["items"]) == 1
    unknown = "/rulesets/00000000-0000-0000-0000-000000000000/preview"
    assert steward.post(unknown, json={"everybody": True}).status_code == 404


def test_drafts_are_held_against_the_same_lists_while_next_to_nothing_changes(
    documented: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward, index = documented.client("steward"), documented.app.state.index
    ruleset = draft(steward, weights=SECTORS_ALONE)
    first = preview(steward, ruleset)
    with reading(documented.app.state.engine) as session:
        active = active_ruleset(session)
    known = index.baseline(active)
    assert preview(steward, ruleset) == first
    assert index.baseline(active) is known
    assert index.baseline(active, fresh=True) is not known
    register(steward, key="club")
    changed = index.baseline(active)
    assert changed is not known, "one of few"
    monkeypatch.setattr("service.suggestions.baseline_cache.MAX_CHANGED_SHARE", 0.1)
    register(steward, "authorities", key="town")
    said = {"query": "club", "candidate": "town", "since": "2026"}
    assert steward.post("/partnerships", json=said).status_code == 201
    assert index.baseline(active) is changed, "two of many"
    monkeypatch.setattr("service.suggestions.baseline_cache.KEPT_SECONDS", 0.0)
    later = index.baseline(active)
    assert later is not changed
    assert "club" in later.backtest.relevant
    activated = steward.post(f"/rulesets/{ruleset['id']}/activate", json={"reason": "agreed"})
    monkeypatch.setattr("service.suggestions.baseline_cache.KEPT_SECONDS", 600.0)
    assert preview(steward, draft(steward))["against"] == activated.json()["id"]
    assert preview(steward, draft(steward))["effect"]["changed"] == 0


def test_who_drafts_finds_the_preview_prepared(
    documented: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = documented.client("steward")
    monkeypatch.setattr("matching.features.profiles.BRUTE_FORCE_LIMIT", 10)
    documented.app.state.index.prepare()
    made: list[int] = []

    def noted(*said: Any) -> Any:
        made.append(1)
        return top_ten(*said)

    monkeypatch.setattr("matching.experiments.baseline.top_ten", noted)
    ruleset = draft(steward, weights=SECTORS_ALONE)
    assert len(made) == 1, "the lists under the rules in force"
    assert preview(steward, ruleset)["effect"]["changed"]
    draft(steward, weights=SECTORS_ALONE)
    assert len(made) == 1
