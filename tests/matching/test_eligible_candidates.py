"""The sieve holds back only those whom a condition excludes, and most of them."""

from datetime import date

import pytest

from matching.features.collection import ProfileCollection
from matching.features.settings import FeatureSettings
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import (
    CANDIDATE_CONDITIONS,
    PAIR_CONDITIONS,
    check_pair,
    concerning,
    eligible_candidates,
    passes_inexact,
)
from matching.rules.results import Party, excluded
from schemas.kinds import OPTIONAL_PAIRINGS, PAIRINGS, Kind
from tests.matching.records import crowd

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("on", [TODAY, None])
@pytest.mark.parametrize(
    ("asking", "asked"),
    [
        (kind, other)
        for pairings in (PAIRINGS, OPTIONAL_PAIRINGS)
        for kind, others in pairings.items()
        for other in others
    ],
)
def test_nobody_is_held_back_whom_no_condition_excludes(asking: Kind, asked: Kind, on: date | None) -> None:
    """Compared with the conditions, one by one."""
    people = ProfileCollection(FeatureSettings()).put(crowd(240))
    subjects, candidates = (
        [Party(item.record, item.traits) for item in people.of(kind).encoded] for kind in (asking, asked)
    )
    circumstances, conditions = Circumstances(on), (*PAIR_CONDITIONS, *CANDIDATE_CONDITIONS)
    exact = all(condition.exact_mask for condition in concerning(asking, asked))
    held_back = out = 0
    for subject in subjects:
        mask = eligible_candidates(subject, people.of(asked), circumstances)
        for admitted, candidate in zip(mask.tolist(), candidates, strict=True):
            is_out = excluded(check_pair(conditions, subject, candidate, circumstances))
            assert admitted or is_out
            assert not (admitted and is_out and exact)
            assert (admitted and passes_inexact(subject, candidate, circumstances)) is not is_out
            held_back, out = held_back + (not admitted), out + is_out
    assert held_back == out or {asking, asked} == {Kind.PROJECT, Kind.PROGRAMME}
    assert held_back >= 0.7 * out
    assert out or asking is asked
