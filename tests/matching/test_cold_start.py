"""Whoever has no history is found as often as newcomers have been, and where those like the subject find partners."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.experiments.evaluation import exposure
from matching.features.collection import ProfileCollection
from matching.features.encoding import encode_profiles
from matching.features.profiles import KindProfiles
from matching.features.settings import FeatureSettings
from matching.track_record.cold_start import GOOD_TURING_PSEUDO_COUNT, ColdStart, absolute_discount
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from tests.matching.records import crowd, part_of


def town(key: str, country: str) -> JsonObject:
    return {
        "kind": "authority",
        "key": key,
        "name": key,
        "territory": {"country": country, "path": [country]},
    }


TOWNS = [town("fes", "MA"), town("agadir", "MA"), town("thies", "SN"), town("kaolack", "SN")]


def known(towns: list[JsonObject]) -> KindProfiles:
    return ProfileCollection(FeatureSettings()).put(towns).of(Kind.AUTHORITY)


def test_newcomers_get_what_good_and_turing_leave_them() -> None:
    chosen = np.array([3.0, 1.0, 1.0, 2.0])
    assert absolute_discount(chosen) == pytest.approx(2 / (2 + 2 * 1 + GOOD_TURING_PSEUDO_COUNT) / chosen)
    assert not absolute_discount(np.array([3.0, 2.0])).any()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_nobody_with_a_history_leaves_everything_to_newcomers(chosen: list[int]) -> None:
    discounts = absolute_discount(np.array(chosen, float))
    assert ((discounts >= 0) & (discounts < 1)).all()


def test_newcomers_get_what_is_left_where_it_is_left() -> None:
    earlier = encode_profiles([town(key, country) for key, country in (("fes", "MA"), ("thies", "SN"))])
    newcomers = ColdStart.of(known(TOWNS), earlier, np.array([3.0, 1.0]))
    morocco, senegal = (newcomers.groups[newcomers.candidates.position(key)] for key in ("agadir", "kaolack"))
    discounts = 1 / (1 + GOOD_TURING_PSEUDO_COUNT) / np.array([3.0, 1.0])
    assert newcomers.discounts == pytest.approx(discounts)
    likely = np.array([[0.6, 0.2]])
    given_up = likely[0] * discounts / (1 - discounts)
    shares = (4 * given_up / given_up.sum() + np.array([0.5, 0.5])) / 5
    [likelihoods] = newcomers.likelihoods(likely, np.array([0.7]))
    assert likelihoods[[morocco, senegal]] == pytest.approx(0.7 * shares)
    assert (likelihoods <= newcomers.upper_bounds(0.7) + 1e-12).all()


def test_nobody_is_new_where_all_have_a_history() -> None:
    towns = TOWNS[:1]
    newcomers = ColdStart.of(known(towns), encode_profiles(towns[:1]), np.array([1.0]))
    assert newcomers.likelihoods(np.array([[0.3]]), np.array([1.0])).tolist() == [[0.0]]


def test_a_newcomer_is_likelier_where_those_like_the_subject_find_partners() -> None:
    said = {"wells": "Wells and pumps for clean water", "loans": "Small loans for women who trade"}
    asking = [
        {"kind": "association", "key": f"{about}-{number}", "name": said[about]}
        for about in said
        for number in range(4)
    ]
    chosen = ["fes", "fes", "rabat", "thies", "thies", "dakar"]
    pairs = [(one["key"], key) for one, key in zip(asking[1:-1], chosen, strict=True)]
    model = PartnershipModel().fit([*TOWNS, town("rabat", "MA"), town("dakar", "SN"), *asking], pairs)
    for subject, nearer, further in ((asking[0], "agadir", "kaolack"), (asking[-1], "kaolack", "agadir")):
        one, other = (part_of(item, "track_record") for item in model.score_pairs(subject, [nearer, further]))
        assert one.name == "track_record"
        assert one.similarity > other.similarity > 0


def test_with_an_irrelevant_history_nobody_is_seen_much_more_than_newcomers() -> None:
    people = crowd(1_500)
    towns, asking = ([one for one in people if one["kind"] == kind] for kind in ("authority", "association"))
    ratios = [seen_of_newcomers(people, towns, asking, seed) for seed in range(1, 4)]
    assert 0.8 < np.mean(ratios) < 1.25


def seen_of_newcomers(
    people: list[JsonObject], towns: list[JsonObject], asking: list[JsonObject], seed: int
) -> Any:
    """How much newcomers are seen ÷ how much the others are, whose partners were drawn by lot."""
    drawn = Random(seed)  # noqa: S311 - to be reproducible, not secret
    others = [town["key"] for town in drawn.sample(towns, len(towns) // 2)]
    pairs = [(drawn.choice(asking)["key"], drawn.choice(others)) for _ in others]
    lists = PartnershipModel().fit(people, pairs).rank(asking, 10, kinds=["authority"])
    shown = exposure(lists)
    newcomers = [shown[town["key"]] for town in towns if town["key"] not in others]
    return np.mean(newcomers) / np.mean([shown[key] for key in others])
