"""What lists leave behind: nothing that only the garbage collector would find."""

import gc

import pytest

from matching import PartnershipModel
from matching.features import profiles
from matching.parts.pairs import Pairs
from tests.matching.records import crowd


@pytest.mark.parametrize("brute_force_limit", [0, 1000])
def test_scores_are_freed_with_their_lists(brute_force_limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", brute_force_limit)
    people = crowd(100)
    model = PartnershipModel().fit(people)
    gc.collect()
    gc.disable()
    try:
        assert any(model.suggest(people, 5))
        assert not [found for found in gc.get_objects() if isinstance(found, Pairs)]
    finally:
        gc.enable()
