"""With less than the ruleset's least score nobody is proposed to anybody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel, RulesetSettings
from matching.features import profiles
from schemas.empty_lists import EmptyListCause
from tests.matching.records import KAOLACK, association, authority, crowd
from tests.sizes import examples

PEOPLE = crowd(120)


def model(min_score: float) -> PartnershipModel:
    rules = RulesetSettings.balanced().model_copy(update={"min_score": min_score})
    return PartnershipModel(rules).fit(PEOPLE)


@pytest.mark.parametrize("few", [0, 1_000])
def test_a_list_is_what_it_was_down_to_the_least_score(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", few)
    whole = model(0.0).suggest(PEOPLE, len(PEOPLE))
    for least in (0.2, 0.35, 0.9):
        cut = model(least).suggest(PEOPLE, len(PEOPLE))
        for before, after in zip(whole, cut, strict=True):
            assert after == [item for item in before if item.score >= least]


@settings(max_examples=examples(20))
@given(least=st.floats(0, 0.9), depth=st.integers(1, 8))
def test_nothing_below_it_is_proposed(least: float, depth: int) -> None:
    lists = model(least).suggest(PEOPLE[:20], depth)
    assert all(item.score >= least - 1e-9 for listed in lists for item in listed)


def test_a_list_that_it_empties_says_so() -> None:
    rules = RulesetSettings.balanced().model_copy(update={"min_score": 0.9})
    kept_out = PartnershipModel(rules).fit([authority("kaolack", KAOLACK, "origin")])
    assert kept_out.suggest([association()]) == [[]]
    assert kept_out.explain_empty_list(association()).cause is EmptyListCause.LITTLE_IN_COMMON


def test_new_rules_ask_for_one_and_stored_ones_stay_as_they_are() -> None:
    assert RulesetSettings.balanced().min_score > 0
    stored = RulesetSettings.balanced().model_dump(exclude={"min_score"})
    assert RulesetSettings.model_validate(stored).min_score == 0
