"""What holds for any profiles: points add up, order of arrival does not matter, an update is a new fit."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel, Suggestion
from matching.rules.ruleset import RulesetSettings
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.weights import PARTS
from tests.matching.records import DIOURBEL, KAOLACK, MAHDIA, PADUA, RULES, SICILY, VENETO

PLACES = st.lists(
    st.sampled_from(
        [KAOLACK, DIOURBEL, MAHDIA, PADUA, VENETO, SICILY, "SN", "IT", {"country": "SN", "place": "Ndiob"}]
    ),
    max_size=3,
)
COMMON: dict[str, Any] = {
    "name": st.sampled_from(["Amis", "Friends", "Amici", "Amigos"]),
    "description": st.none()
    | st.sampled_from(["Un puits", "A school", {"it": "microcredito", "es": "agua"}]),
    "sectors": st.lists(st.sampled_from(["24040", "240", "11120", "14031", "nothing"]), max_size=3),
    "priorities": st.lists(
        st.sampled_from(["rights", "communities", "capacities", "remittances"]), max_size=4, unique=True
    ),
}
KINDS: dict[str, dict[str, Any]] = {
    "association": {"origin": PLACES, "residence": PLACES},
    "authority": {
        "territory": st.sampled_from([KAOLACK, PADUA, VENETO, MAHDIA]),
        "role": st.sampled_from(["origin", "residence", "both", None]),
    },
    "programme": {
        "origin": PLACES,
        "residence": PLACES,
        "applicants": st.lists(st.sampled_from(["association", "comuni", "x"]), max_size=2),
    },
    "project": {"origin": PLACES, "residence": PLACES},
}


@st.composite
def crowds(draw: st.DrawFn) -> list[JsonObject]:
    """Some profiles of all kinds, each with a key of its own."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=12))
    return [
        {"kind": kind, "key": f"{kind}-{number}", **draw(st.fixed_dictionaries(COMMON | KINDS[kind]))}
        for number, kind in enumerate(kinds)
    ]


def pairs_of(crowd: list[JsonObject]) -> list[tuple[str, str]]:
    """A track record that ties each profile to the next."""
    return [(one["key"], other["key"]) for one, other in pairwise(crowd)]


def assert_same(some: list[list[Suggestion]], others: list[list[Suggestion]]) -> None:
    """The same lists; sums of the same parts may be added up in another order, and differ in their last digit."""
    for one, other in zip(some, others, strict=True):
        assert [(item.candidate, item.kind) for item in one] == [
            (item.candidate, item.kind) for item in other
        ]
        for mine, theirs in zip(one, other, strict=True):
            assert [part.because for part in mine.parts] == [part.because for part in theirs.parts]
            points = [part.points for part in theirs.parts]
            assert [part.points for part in mine.parts] == pytest.approx(points, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    crowd=crowds(),
    rounds=st.lists(st.tuples(crowds(), st.sets(st.integers(0, 11))), max_size=3),
    few=st.sampled_from([0, 3, 1_000]),
    rules=st.sampled_from([{}, RULES]),
)
def test_a_model_in_use_that_is_changed_is_a_new_fit(
    crowd: list[JsonObject], rounds: list[tuple[list[JsonObject], set[int]]], few: int, rules: JsonObject
) -> None:
    """Asked between changes: some are put in, also in place of one of another kind, and some leave."""
    now = {record["key"]: record for record in crowd}
    pairs = pairs_of(crowd)
    ruleset = RulesetSettings.balanced().model_dump() | rules
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.features.profiles.BRUTE_FORCE_LIMIT", few)
        model = PartnershipModel(ruleset).fit(crowd, pairs)
        for changed, leaving in rounds:
            asked = list(now.values())
            model.suggest(asked, 5)
            named = [record | {"key": key} for record, key in zip(changed, sorted(now), strict=False)]
            gone = [key for number, key in enumerate(sorted(now)) if number in leaving]
            model.update(named[::2]).remove(gone).update(changed)
            now |= {record["key"]: record for record in named[::2]}
            now = {key: record for key, record in now.items() if key not in gone}
            now |= {record["key"]: record for record in changed}
            asked = list(now.values())
            refitted = PartnershipModel(ruleset).fit(asked, pairs)
            assert_same(model.suggest(asked, 5), refitted.suggest(asked, 5))


@settings(deadline=None, max_examples=60)
@given(crowds(), st.sampled_from([{}, RULES]))
def test_points_add_up_and_lists_are_in_order(crowd: list[JsonObject], rules: JsonObject) -> None:
    model = PartnershipModel(RulesetSettings.balanced().model_dump() | rules).fit(crowd, pairs_of(crowd))
    for subject, listed in zip(crowd, model.suggest(crowd), strict=True):
        assert subject["key"] not in [item.candidate for item in listed]
        assert [item.score for item in listed] == pytest.approx(
            sorted((item.score for item in listed), reverse=True)
        )
        for item in listed:
            preferring = rules and Kind.PROJECT not in (item.kind, subject["kind"])
            names = [part.name for part in item.parts]
            assert names == [*PARTS, *(["preferences"] if preferring else [])]
            assert 0 < item.score <= 1 + 1e-9
            assert sum(part.points for part in item.parts) == pytest.approx(item.score, abs=1e-9)
            assert all(0 <= part.similarity <= 1 for part in item.parts)
        scored = model.score_pairs(subject, [item.candidate for item in listed])
        assert [item.score for item in scored] == pytest.approx([item.score for item in listed])


@settings(deadline=None, max_examples=40)
@given(crowds(), st.data())
def test_order_of_arrival_and_updates_change_nothing(crowd: list[JsonObject], data: st.DataObject) -> None:
    pairs = pairs_of(crowd)
    fresh = PartnershipModel().fit(crowd, track_record=pairs)
    shuffled = data.draw(st.permutations(crowd))
    half = len(shuffled) // 2
    others = [{**record, "key": f"gone-{record['key']}"} for record in crowd]
    former = [{**record, "name": "Former"} for record in shuffled[:half]]
    grown = PartnershipModel().fit([*former, *others]).set_track_record(pairs)
    grown.suggest(crowd)
    grown.update(shuffled).remove([record["key"] for record in others])
    assert grown.suggest(crowd) == fresh.suggest(crowd)
