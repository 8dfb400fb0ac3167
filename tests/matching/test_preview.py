"""What a draft of the rules would change, shown before anybody is affected."""

from typing import Any

import pytest

from matching import PartnershipModel
from matching.experiments.backtest import Backtest, run_backtest
from matching.experiments.baseline import Baseline, stratified_sample
from matching.experiments.left_out import left_out
from matching.experiments.list_changes import (
    ExposureFigures,
    ListChanges,
    RankChange,
    compare_lists,
    groups_of,
)
from matching.features.encoding import EncodedProfile, encode_profiles
from matching.features.profiles import KindProfiles
from matching.features.sector import SectorVectorizer
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import Kind
from schemas.records import Record
from schemas.weights import PARTS
from tests.matching.records import (
    CANDIDATES,
    DIOURBEL,
    KAOLACK,
    MAHDIA,
    PADUA,
    SICILY,
    VENETO,
    association,
    authority,
)

TOWNS = [record for record in CANDIDATES if record["kind"] == "authority"]
PATHS = {code: [code[:2], code] for code in ("SN-KL", "SN-DB", "FR-59", "FR-62")} | {
    c: [c] for c in ("SN", "TN", "IT")
}
CLUBS = [association(), association("tunisians", origin=[MAHDIA], residence=[SICILY], sectors=["11330"])]


def settings(**fields: Any) -> RulesetSettings:
    return RulesetSettings.model_validate(
        RulesetSettings.balanced().model_dump() | {"territories": PATHS} | fields
    )


def only(part: str) -> dict[str, float]:
    """Weights by which one part alone counts."""
    return dict.fromkeys(PARTS, 0.0) | {part: 1.0}


def lists(model: PartnershipModel, subjects: list[dict[str, Any]]) -> dict[str, Any]:
    return {subject["key"]: found for subject, found in zip(subjects, model.rank(subjects, 10), strict=True)}


def among(*places: str) -> dict[str, Any]:
    """A condition that leaves an association only authorities of these places."""
    return {
        "key": "only-" + "-".join(places).lower(),
        "between": ["association:authority"],
        "condition": {"type": "place_within", "of": "authority", "places": list(places)},
    }


def _known(record: Record) -> EncodedProfile:
    (only,) = encode_profiles([record])
    return only


def test_the_same_rules_change_nothing() -> None:
    model = PartnershipModel().fit([*CANDIDATES, *CLUBS])
    before, after = lists(model, CLUBS), lists(model.with_ruleset(settings()), CLUBS)
    same = compare_lists(before, after, encode_profiles(CLUBS), set())
    assert same.changes == ListChanges(lists=2)
    assert same.rank_changes == []
    assert ExposureFigures.on(before.values(), 5) == ExposureFigures.on(after.values(), 5)


def test_each_list_is_counted_by_what_came_went_and_moved() -> None:
    effect = ListChanges()
    effect.add(["a", "b", "c"], ["b", "a", "d"])
    assert effect == ListChanges(lists=1, changed=1, appeared=1, vanished=1, moved=2)
    effect.add(["a"], [])
    effect.add([], ["a"])
    effect.add(["a"], ["a"])
    assert effect == ListChanges(lists=4, changed=3, appeared=2, vanished=2, moved=2, emptied=1, filled=1)


def test_the_biggest_change_of_a_list_is_that_of_its_first_places() -> None:
    assert RankChange("s", "c", None, 1).size == 1
    assert (
        RankChange("s", "c", 10, None).size
        < RankChange("s", "c", 2, None).size
        < RankChange("s", "c", 1, None).size
    )
    assert RankChange("s", "c", 3, 3).size == 0


def test_effects_are_grouped_by_what_subjects_are() -> None:
    model = PartnershipModel().fit([*CANDIDATES, *CLUBS])
    draft = model.with_ruleset(settings(weights=only("sector")))
    found = compare_lists(lists(model, CLUBS), lists(draft, CLUBS), encode_profiles(CLUBS), {"friends"})
    assert found.changes.changed
    assert found.groups["kind"] == {"association": found.changes}
    assert found.groups["newcomer"].keys() == {"yes", "no"}
    assert found.groups["territory"].keys() == {"SN-KL", "IT-34", "TN-53", "IT-82"}
    assert {turn.subject for turn in found.rank_changes} <= {"friends", "tunisians"}
    assert set(groups_of(_known(authority("padua", PADUA, population=200_000)), newcomer=False)) == {
        ("kind", "authority"),
        ("territory", "IT-34"),
        ("size", "population:100000"),
        ("newcomer", "no"),
    }


@pytest.mark.parametrize(
    ("members", "size"), [(None, "unknown"), (0, "0"), (19, "0"), (20, "20"), (499, "100"), (9_000, "500")]
)
def test_associations_are_as_large_as_they_have_members(members: int | None, size: str) -> None:
    assert ("size", f"members:{size}") in set(groups_of(_known(association(members=members)), newcomer=True))


def test_the_condition_that_leaves_a_subject_with_nobody_is_named() -> None:
    model = PartnershipModel().fit([*TOWNS, *CLUBS])
    draft = model.with_ruleset(settings(conditions=[among("SN-KL"), among("SN", "TN", "IT")]))
    found = lists(draft, CLUBS)
    assert found["friends"]
    assert not found["tunisians"]
    (left,) = left_out(draft, CLUBS[1:])
    assert (left.subject, left.conditions, left.alone) == ("tunisians", ("only-sn-kl",), True)


def test_whoever_has_nobody_whatever_the_conditions_is_left_out_by_none() -> None:
    model = PartnershipModel().fit(CLUBS)
    draft = model.with_ruleset(settings(conditions=[among("SN-KL")]))
    (left,) = left_out(draft, CLUBS[:1])
    assert left.conditions == ()


def test_conditions_that_only_together_leave_nobody_are_named_together() -> None:
    towns = [authority("kaolack", KAOLACK, "origin"), authority("diourbel", DIOURBEL, "origin")]
    club = association("club", origin=[KAOLACK, DIOURBEL])
    model = PartnershipModel().fit([*towns, club])
    draft = model.with_ruleset(settings(conditions=[among("SN-KL"), among("SN-DB")]))
    assert not draft.suggest([club], 5)[0]
    (left,) = left_out(draft, [club])
    assert (left.conditions, left.alone) == (("only-sn-kl", "only-sn-db"), True)
    elsewhere = model.with_ruleset(settings(conditions=[among("FR-59"), among("FR-62")]))
    (left,) = left_out(elsewhere, [club])
    assert (left.conditions, left.alone) == (("only-fr-59", "only-fr-62"), False)


def test_a_draft_that_finds_what_came_to_be_is_reported_as_better() -> None:
    fields = ["11330", "14031", "24040", "31120"]
    towns = [authority(f"town-{n:02}", VENETO, "residence", sectors=[fields[n % 4]]) for n in range(24)]
    clubs = [association(f"club-{n:02}", sectors=[fields[n % 4]]) for n in range(24)]
    pairs = [(f"club-{n:02}", f"town-{(n + 4) % 24:02}", str(2000 + n)) for n in range(24)]
    model = PartnershipModel(settings(weights=only("region"))).fit([*towns, *clubs], pairs)
    draft = settings(weights=only("sector"))
    found = run_backtest(Backtest.on_track_record(model, pairs), draft)
    assert found.queries == 4
    assert found.ndcg.after.mean > found.ndcg.before.mean
    for figure in (found.recall, found.ndcg):
        for estimate in (figure.before, figure.after, figure.gain):
            assert estimate.least <= estimate.mean <= estimate.most
        assert figure.gain.mean == pytest.approx(figure.after.mean - figure.before.mean)
    said = run_backtest(Backtest.on_decisions(model, [pair[:2] for pair in pairs[:6]]), draft)
    assert said.queries == 6
    assert run_backtest(Backtest.on_track_record(model, []), draft).queries == 0


def test_a_sample_has_of_each_kind_its_share() -> None:
    kinds = {
        Kind.ASSOCIATION: [f"a{n:03}" for n in range(90)],
        Kind.PROGRAMME: [f"p{n}" for n in range(10)],
    }
    chosen = stratified_sample(kinds, 20)
    assert [key[0] for key in chosen].count("a") == 18
    assert [key[0] for key in chosen].count("p") == 2
    assert chosen == stratified_sample(dict(reversed(kinds.items())), 20)
    assert stratified_sample({}, 20) == []
    assert stratified_sample(kinds, 1_000) == [*kinds[Kind.ASSOCIATION], *kinds[Kind.PROGRAMME]]


def test_one_draft_after_the_other_reads_the_profiles_again_only_where_it_differs_in_that() -> None:
    baseline = Baseline(PartnershipModel().fit([*CLUBS, authority("padua", PADUA)]))
    levels = {"country": 0.2, "subdivision": 0.6, "locality": 1.0}
    weights = {"region": 0.2, "sector": 0.2, "priority": 0.2, "text": 0.2, "track_record": 0.2}

    def associations(**changes: Any) -> KindProfiles:
        rules = RulesetSettings.model_validate(RulesetSettings.balanced().model_dump() | changes)
        assert baseline.draft(rules) is baseline.draft(rules)
        return baseline.draft(rules).state_.profiles.of(Kind.ASSOCIATION)

    former = baseline.former.warm_up().state_.profiles.of(Kind.ASSOCIATION)
    first = associations(region_levels=levels)
    assert first.region is not former.region
    assert first.matrix(SectorVectorizer) is former.matrix(SectorVectorizer)
    assert associations(region_levels=levels, weights=weights).region is first.region
    assert associations(weights=weights).region is former.region
