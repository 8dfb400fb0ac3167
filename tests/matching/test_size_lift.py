"""Authorities by the side they are on and by how large they are: who has worked with whom says who will."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matching import PartnershipModel
from matching.features.size import SIZE_THRESHOLDS, UNKNOWN_SIZE, size_classes
from matching.track_record.size_lift import LIFT_PSEUDO_COUNT, size_lifts
from schemas.inputs import JsonObject
from tests.matching.records import KAOLACK, MAHDIA, PADUA, SICILY, authority, part_of

VILLAGE, CITY = 900, 900_000


def track_record(model: PartnershipModel, subject: JsonObject, *candidates: str) -> list[float]:
    """How likely some authorities are by earlier partnerships."""
    return [part_of(scored, "track_record").similarity for scored in model.score_pairs(subject, candidates)]


def test_sizes_begin_at_their_number() -> None:
    populations = [0, *(number for edge in SIZE_THRESHOLDS for number in (edge - 1, edge)), None]
    found = size_classes([{"population": number} for number in populations])
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, UNKNOWN_SIZE]


def test_a_lift_is_what_was_found_against_what_was_to_be_expected() -> None:
    large, small = 3, 0
    sizes = np.array([large] * 30 + [small] * 10)
    found = size_lifts(
        sizes, np.array([large, small]), csr_matrix(np.c_[sizes == large, sizes == small].astype(float))
    )
    assert found[large, large] == pytest.approx((30 + LIFT_PSEUDO_COUNT) / (30 * 30 / 40 + LIFT_PSEUDO_COUNT))
    assert found[large, small] == pytest.approx(LIFT_PSEUDO_COUNT / (30 * 10 / 40 + LIFT_PSEUDO_COUNT))
    assert found[1, 2] == 1


def test_nothing_known_makes_no_size_likelier() -> None:
    assert (size_lifts(np.array([0, 3]), np.array([1]), csr_matrix((2, 1))) == 1).all()


def test_cities_are_likelier_for_a_city_and_villages_for_a_village() -> None:
    here = {
        size: [
            authority(f"{size}-here-{number}", PADUA, "residence", population=size) for number in range(30)
        ]
        for size in (VILLAGE, CITY)
    }
    there = [
        authority(f"{size}-there-{number}", KAOLACK, "origin", population=size)
        for size in (VILLAGE, CITY)
        for number in range(12)
    ]
    # The first three are asked often, the next eight once, the last never.
    chosen = [at % 3 if at < 22 else at - 19 for at in range(30)]
    pairs = [
        (one["key"], f"{size}-there-{at}")
        for size, towns in here.items()
        for at, one in zip(chosen, towns, strict=True)
    ]
    model = PartnershipModel().fit([*here[VILLAGE], *here[CITY], *there], pairs)
    for mine, others in ((VILLAGE, CITY), (CITY, VILLAGE)):
        subject = authority("asking", SICILY, "residence", population=mine)
        for number in (0, 11):
            like, unlike = track_record(model, subject, f"{mine}-there-{number}", f"{others}-there-{number}")
            assert like > unlike > 0


def test_what_is_chosen_from_the_other_side_is_no_fashion_on_ones_own() -> None:
    here = [authority(f"here-{number}", PADUA, "residence") for number in range(6)]
    there = [authority(f"there-{number}", MAHDIA, "origin") for number in range(6)]
    pairs = [(one["key"], "there-0") for one in here] + [("here-0", one["key"]) for one in there]
    model = PartnershipModel().fit([*here, *there], pairs)
    beyond, beside = track_record(model, authority("asking", SICILY, "residence"), "there-0", "here-0")
    assert beyond > beside == 0
