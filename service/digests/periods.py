"""The periods of digests in a subscriber's time zone: which one an instant lies in, and when the next one is due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from schemas.subscriptions import Frequency

HOUR = time(8)
"""When a digest is due on its day, by the subscriber's clock."""


def period_at(frequency: Frequency, instant: datetime, timezone: str) -> str:
    """The name of the period that an instant lies in: a minute (UTC), a day, an ISO 8601 week or a month."""
    if frequency == "immediately":
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    day = instant.astimezone(ZoneInfo(timezone)).date()
    if frequency == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat() if frequency == "daily" else f"{day:%Y-%m}"


def next_due(frequency: Frequency, after: datetime, timezone: str) -> datetime | None:
    """The first moment after ``after`` at which a period's digest is due; none where only news makes it due.

    An hour that the clocks skip counts as the one after it, an hour that comes twice as its first coming.
    """
    if frequency in ("immediately", "never"):
        return None
    zone = ZoneInfo(timezone)
    due = (
        datetime.combine(day, HOUR, zone).astimezone(UTC)
        for day in _first_days(frequency, after.astimezone(zone).date())
    )
    return next(moment for moment in due if moment > after)


def _first_days(frequency: Frequency, day: date) -> Iterator[date]:
    """The first days of the periods from the one that ``day`` lies in."""
    if frequency == "monthly":
        months = (day.year * 12 + day.month - 1 + offset for offset in count())
        return (date(month // 12, month % 12 + 1, 1) for month in months)
    first = day - timedelta(days=day.weekday()) if frequency == "weekly" else day
    step = timedelta(weeks=1) if frequency == "weekly" else timedelta(days=1)
    return (first + step * offset for offset in count())
