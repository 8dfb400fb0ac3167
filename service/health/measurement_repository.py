"""How often the background work was done and how long it took, as kept in the database for all processes."""

from datetime import datetime

from sqlmodel import Session, col, select, update

from service.db.bulk import changed_rows, insert_if_absent
from service.db.tables import Measurement


def measure(session: Session, name: str, seconds: float, now: datetime) -> None:
    """Add one piece of work to what has been measured under this name."""
    once = {"times": 1, "seconds": seconds, "last_seconds": seconds, "measured_at": now}
    if insert_if_absent(session, Measurement, {"name": name} | once):
        return
    more = once | {"times": Measurement.times + 1, "seconds": Measurement.seconds + seconds}
    changed_rows(session, update(Measurement).where(col(Measurement.name) == name).values(**more))


def measurements(session: Session) -> dict[str, Measurement]:
    """What has been measured, by name."""
    return {found.name: found for found in session.exec(select(Measurement))}
