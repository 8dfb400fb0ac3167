"""Periods of digests: by the subscriber's clock, also when the clocks change."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.subscriptions import Frequency
from service.digests.periods import next_due, period_at

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/Mexico_City",
    "Africa/Dakar",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
REGULAR: list[Frequency] = ["daily", "weekly", "monthly"]
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@pytest.mark.parametrize(
    ("frequency", "period"),
    [
        ("immediately", "2026-12-31T23:30Z"),
        ("daily", "2027-01-01"),
        ("weekly", "2026-W53"),
        ("monthly", "2027-01"),
    ],
)
def test_a_period_is_named_by_the_subscribers_calendar(frequency: Frequency, period: str) -> None:
    assert period_at(frequency, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Paris") == period


@pytest.mark.parametrize(
    ("frequency", "due"),
    [
        ("daily", datetime(2027, 3, 28, 6, tzinfo=UTC)),
        ("weekly", datetime(2027, 3, 29, 6, tzinfo=UTC)),
        ("monthly", datetime(2027, 4, 1, 6, tzinfo=UTC)),
    ],
)
def test_eight_oclock_stays_eight_oclock_when_the_clocks_change(frequency: Frequency, due: datetime) -> None:
    assert next_due(frequency, datetime(2027, 3, 27, 12, tzinfo=UTC), "Europe/Paris") == due


def test_only_news_makes_an_immediate_digest_due() -> None:
    assert next_due("immediately", datetime(2027, 1, 1, tzinfo=UTC), "UTC") is None
    assert set(get_args(Frequency)) == {"immediately", "daily", "weekly", "monthly", "never"}


@given(frequency=st.sampled_from(REGULAR), instant=instants, zone=st.sampled_from(ZONES))
def test_each_due_moment_lies_ahead_and_in_a_period_of_its_own(
    frequency: Frequency, instant: datetime, zone: str
) -> None:
    first = next_due(frequency, instant, zone)
    assert first is not None
    second = next_due(frequency, first, zone)
    assert second is not None
    assert instant < first < second
    assert first - instant <= {"daily": timedelta(days=3), "weekly": timedelta(days=8)}.get(
        frequency, timedelta(days=32)
    )
    assert period_at(frequency, first, zone) != period_at(frequency, second, zone)
