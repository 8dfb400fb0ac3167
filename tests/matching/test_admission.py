"""The sieve holds back only those whom a condition excludes, and most of them."""

from datetime import date

import pytest

from matching.features.collection import ProfileCollection
from matching.rules.eligibility import Party, eligibility, excluded
from matching.rules.masks import EligibilityMasks, mask_is_exact
from schemas.kinds import PAIRINGS, Kind
from schemas.rules import RulesetSettings
from tests.matching.records import crowd

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("on", [TODAY, None])
@pytest.mark.parametrize(
    ("asking", "asked"), [(kind, other) for kind, others in PAIRINGS.items() for other in others]
)
def test_nobody_is_held_back_whom_no_condition_excludes(asking: Kind, asked: Kind, on: date | None) -> None:
    """Held against the conditions, one by one."""
    people = ProfileCollection(RulesetSettings.balanced()).put(crowd(240))
    subjects, candidates = (
        [Party(item.record, item.traits) for item in people.of(kind).encoded] for kind in (asking, asked)
    )
    sieve = people.of(asked).derived(EligibilityMasks)
    held_back = out = 0
    for subject in subjects:
        mask = sieve.mask(subject, on)
        for admitted, candidate in zip(mask.tolist(), candidates, strict=True):
            is_out = excluded(eligibility(subject, candidate, on))
            assert admitted or is_out
            assert not (admitted and is_out and mask_is_exact(asking, asked))
            held_back, out = held_back + (not admitted), out + is_out
    assert held_back == out or Kind.PROJECT in (asking, asked)
    assert held_back >= 0.7 * out
    assert out or asking is asked
