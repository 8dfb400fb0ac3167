"""In which state a programme is: by its dates, its operator's word and its last confirmation."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PartnershipModel, programme_state
from schemas.inputs import JsonObject
from tests.matching.records import association, programme

TODAY = date(2026, 6, 1)
YESTERDAY, TOMORROW = "2026-05-31", "2026-06-02"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "open"),
        ({"opens": TOMORROW}, "planned"),
        ({"opens": "2026-06-01"}, "open"),
        ({"closes": "2026-06-01"}, "open"),
        ({"closes": YESTERDAY}, "ended"),
        ({"status": "planned"}, "planned"),
        ({"status": "planned", "opens": YESTERDAY}, "open"),
        ({"status": "open", "opens": TOMORROW}, "planned"),
        ({"status": "open", "closes": YESTERDAY}, "ended"),
        ({"status": "between_rounds"}, "between_rounds"),
        ({"status": "between_rounds", "closes": YESTERDAY}, "between_rounds"),
        ({"status": "between_rounds", "opens": YESTERDAY, "closes": TOMORROW}, "open"),
        ({"status": "paused", "closes": TOMORROW}, "paused"),
        ({"status": "ended", "opens": TOMORROW}, "ended"),
        ({"confirmed": None}, "unconfirmed"),
        ({"confirmed": "2025-05-31"}, "unconfirmed"),
        ({"confirmed": "2025-06-01"}, "open"),
        ({"confirmed": None, "closes": TOMORROW}, "unconfirmed"),
        ({"confirmed": None, "opens": TOMORROW}, "planned"),
        ({"confirmed": None, "status": "ended"}, "ended"),
    ],
)
def test_dates_word_and_confirmation_give_the_state(said: JsonObject, state: str) -> None:
    assert programme_state(programme(**said), TODAY) == state


DAYS = st.none() | st.dates(date(2026, 5, 28), date(2026, 6, 5)).map(str)
WORDS = st.sampled_from([None, "planned", "open", "between_rounds", "paused", "ended"])


@given(opens=DAYS, closes=DAYS, status=WORDS, confirmed=st.none() | st.just("2026-05-01"))
def test_what_is_proposed_is_what_has_not_ended_and_is_not_paused(
    opens: str | None, closes: str | None, status: str | None, confirmed: str | None
) -> None:
    fund = programme(opens=opens, closes=closes, status=status, confirmed=confirmed)
    model = PartnershipModel().fit([fund])
    proposed = bool(model.suggest([association()], on=TODAY)[0])
    assert proposed is (programme_state(fund, TODAY) not in ("ended", "paused"))
    as_subject = PartnershipModel().fit([association()]).suggest([fund], on=TODAY)[0]
    assert bool(as_subject) is proposed
    results = [each for each in model.conditions(association(), fund, on=TODAY) if each.rule == "dates"]
    assert all(result.met is not False for result in results) is proposed


@pytest.mark.parametrize("on", [TODAY, None])
def test_an_ended_programme_is_proposed_to_nobody_on_whatever_day(on: date | None) -> None:
    model = PartnershipModel().fit([programme(status="ended"), programme("paused", status="paused")])
    assert model.suggest([association()], on=on) == [[]]


def test_unconfirmed_programmes_stand_behind_confirmed_ones_of_equal_fit() -> None:
    funds = [
        programme(f"{name}-{number}", name="Fund", confirmed=day)
        for (name, day), number in product(
            {"old": "2025-01-01", "never": None, "new": "2026-05-01"}.items(), range(4)
        )
    ]
    [listed] = PartnershipModel().fit(funds).suggest([association()], on=TODAY)
    assert len({round(item.score, 6) for item in listed}) == 1
    assert [item.candidate.startswith("new") for item in listed] == [True] * 4 + [False] * 8
