"""How instants are written: ISO 8601, in UTC, with a Z."""

from datetime import datetime


def utc(instant: datetime) -> str:
    """An aware instant in UTC as text."""
    return instant.isoformat().replace("+00:00", "Z")
