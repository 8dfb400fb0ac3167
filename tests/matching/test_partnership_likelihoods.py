"""What earlier partnerships say: known values, and what each of its settings is for."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from matching import PartnershipModel
from matching.features.collection import ProfileCollection
from matching.features.settings import FeatureSettings
from matching.fitted_state import FittedState
from matching.rules.ruleset import RulesetSettings
from matching.track_record.cold_start import absolute_discount
from matching.track_record.kernel import sharpen
from matching.track_record.likelihoods import PartnershipLikelihoods
from matching.track_record.nearest_neighbours import KNN_SHARE, RIDGE_ALPHA
from matching.track_record.partnerships import PartnershipPair, TrackRecord
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from tests.matching.records import crowd, programme, project

WORDS = {
    "wells": "Wells and clean water for the village",
    "pumps": "Pumps for clean water in the valley",
    "drains": "Drains and water towers",
    "schools": "Schools and teachers for the valley",
    "loans": "Small loans for women",
}
UNLIKE_ALL = project("unlike-all", name="水", sectors=[], origin=[])
PROJECTS = [project(key, name=name, sectors=[]) for key, name in WORDS.items()]
FUNDS = [programme(key) for key in ("water", "well-diggers", "books", "bank", "newcomer")]
NEW = project("new", name="Clean water and wells", sectors=[])


def between(pairs: list[PartnershipPair]) -> PartnershipLikelihoods:
    """The partnerships of projects with programmes."""
    settings = RulesetSettings.balanced()
    profiles = ProfileCollection(settings.features).put([*PROJECTS, UNLIKE_ALL, *FUNDS])
    known = FittedState(settings, profiles, ProfileCollection(settings.features), TrackRecord.of(pairs))
    return known.partnerships_between(Kind.PROJECT, Kind.PROGRAMME)


def likelihoods(pairs: list[PartnershipPair], subject: JsonObject = NEW) -> dict[str, float]:
    """How likely each programme with a history is."""
    earlier = between(pairs)
    asked = ProfileCollection(FeatureSettings()).put([subject]).of(Kind.PROJECT)
    likely = earlier.likelihoods(asked)[0]
    return dict(zip(earlier.candidates, likely.tolist(), strict=True))


def test_the_vote_is_kernel_ridge_regression_beside_a_plain_vote() -> None:
    pairs: list[PartnershipPair] = [
        (key, fund)
        for key, fund in zip(WORDS, ["water", "water", "well-diggers", "books", "bank"], strict=True)
    ]
    earlier = between(pairs)
    asked = ProfileCollection(FeatureSettings()).put([NEW]).of(Kind.PROJECT)
    target = sharpen(earlier._nearest.similarities(asked))
    alike = earlier.subjects.kernel_vectors(earlier._nearest._idf)
    gram = sharpen((alike @ alike.T).toarray())
    chosen = earlier._choices.matrix.toarray()
    alpha = RIDGE_ALPHA * 2 ** (3.0 / 3.0)  # nobody says when
    weights = KernelRidge(alpha=alpha, kernel="precomputed").fit(gram, np.eye(len(WORDS))).predict(target)
    plain = target / target.sum()
    weights = (1 - KNN_SHARE) * weights + KNN_SHARE * weights.sum() * plain
    share = chosen.sum(axis=0) * 0.25
    popularity = share / (share.sum() + 1)
    expected = weights @ chosen + (1 - weights.sum()) * popularity
    kept = 1 - absolute_discount(chosen.sum(axis=0))
    assert earlier.likelihoods(asked) == pytest.approx(np.clip(expected, 0, 1) * kept)


def test_those_who_helped_the_like_are_likelier_and_a_newcomer_has_no_likelihood() -> None:
    found = likelihoods([("wells", "water"), ("schools", "books"), ("loans", "bank")])
    assert found["water"] > 2 * found["books"] > 0
    assert "newcomer" not in found


def test_what_happened_lately_says_more() -> None:
    found = likelihoods([("wells", "well-diggers", "1999"), ("pumps", "water", "2012-07-01")])
    other = likelihoods([("wells", "well-diggers", "2012-07-01"), ("pumps", "water", "1999")])
    assert found["water"] > other["water"]
    assert found["well-diggers"] < other["well-diggers"]


def test_what_is_older_than_old_says_no_less() -> None:
    last: PartnershipPair = ("schools", "books", "2012")
    old, ancient = (likelihoods([("wells", "water", year), last]) for year in ("1990", "0201"))
    assert old == pytest.approx(ancient)


def test_the_same_said_twice_is_not_twice_as_likely() -> None:
    once = likelihoods([("wells", "water"), ("schools", "books")])["water"]
    twice = likelihoods([("wells", "water"), ("pumps", "water"), ("schools", "books")])["water"]
    assert once < twice < 2 * once


def test_a_subjects_own_partnerships_are_no_evidence_for_it() -> None:
    others: list[PartnershipPair] = [("pumps", "well-diggers"), ("schools", "books")]
    assert likelihoods([("wells", "water"), *others], PROJECTS[0])["water"] == 0


@pytest.mark.parametrize(
    "pairs",
    [
        [
            ("wells", "water", "2010"),
            ("pumps", "well-diggers", "2012"),
            ("drains", "water", "2005"),
            ("loans", "bank"),
        ],
        # What is not one subject's own counts the more for it.
        [("unlike-all", "bank"), ("unlike-all", "books"), ("unlike-all", "well-diggers"), ("wells", "water")],
    ],
)
def test_the_bound_is_never_below_the_likelihood(pairs: list[PartnershipPair]) -> None:
    earlier = between(pairs)
    asked = ProfileCollection(FeatureSettings()).put([NEW, *PROJECTS, UNLIKE_ALL]).of(Kind.PROJECT)
    likely = earlier.likelihoods(asked)
    assert (earlier.upper_bounds(asked, np.arange(len(earlier.candidates))) >= likely - 1e-12).all()


def test_many_earlier_subjects_are_asked_without_comparing_all_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs: list[PartnershipPair] = [("wells", "water"), ("pumps", "well-diggers"), ("schools", "books")]
    kept = likelihoods(pairs)
    monkeypatch.setattr("matching.track_record.kernel.MAX_CACHED_ROWS", 1)
    assert likelihoods(pairs) == pytest.approx(kept)
    monkeypatch.setattr("matching.track_record.nearest_neighbours.NEIGHBOUR_COUNT", 1)
    assert likelihoods(pairs)["well-diggers"] < kept["well-diggers"]


@pytest.mark.parametrize(("kept", "few"), [(0, 0), (0, 1_000), (8_000, 0), (8_000, 1_000)])
def test_whoever_asks_along_changes_no_list(monkeypatch: pytest.MonkeyPatch, kept: int, few: int) -> None:
    people = crowd(150)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 60)]
    monkeypatch.setattr("matching.track_record.kernel.MAX_CACHED_ROWS", kept)
    monkeypatch.setattr("matching.track_record.kernel.BRUTE_FORCE_LIMIT", few)
    monkeypatch.setattr("matching.track_record.nearest_neighbours.NEIGHBOUR_COUNT", 7)
    model = PartnershipModel().fit(people, pairs)
    alone = [model.suggest([person], 8)[0] for person in people]
    assert model.suggest(people, 8) == alone


def test_a_track_record_keeps_the_latest_date_and_refuses_what_is_none() -> None:
    record = TrackRecord.of(
        [("a", "b", "2010-07-15"), ("b", "a", "2008"), ("a", "c", None), ("a", "d", "2012")]
    )
    assert record.partners_of("a") == ("b", "c", "d")
    assert record.age("b", "a") == pytest.approx(1.5)
    assert record.age("a", "c") == 3
    with pytest.raises(ValueError, match="year or a date"):
        TrackRecord.of([("a", "b", "long ago")])


def test_another_track_record_takes_the_place_of_the_former() -> None:
    model = PartnershipModel().fit([*PROJECTS, *FUNDS], [("wells", "water")])
    listed = model.suggest([NEW], kinds=["programme"])[0]
    assert listed[0].candidate == "water"
    assert (
        model.set_track_record([("wells", "bank")]).suggest([NEW], kinds=["programme"])[0][0].candidate
        == "bank"
    )


@pytest.mark.parametrize("most", [0, 5])
def test_what_is_kept_of_who_was_asked_changes_no_list(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    people = crowd(80)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 30)]
    kept = PartnershipModel().fit(people, pairs)
    expected = kept.suggest(people, 5)
    changed = [{**record, "name": f"Another {record['name']}"} for record in people]
    assert kept.suggest(people, 5) == expected != kept.suggest(changed, 5)
    monkeypatch.setattr("matching.features.cache.MAX_CACHED_PROFILES", most)
    assert PartnershipModel().fit(people, pairs).suggest(people, 5) == expected
