"""How often the background work was done and how long it took, as kept in the database for all processes."""

from datetime import datetime

from sqlmodel import Session, select

from service.db.tables import Measurement


def measure(session: Session, name: str, seconds: float, now: datetime) -> None:
    """Add one piece of work to what has been measured under this name."""
    found = session.get(Measurement, name, with_for_update=True)
    if found is None:
        found = Measurement(name=name, times=0, seconds=0, last_seconds=0, measured_at=now)
    found.times += 1
    found.seconds += seconds
    found.last_seconds, found.measured_at = seconds, now
    session.add(found)
    session.flush()


def measurements(session: Session) -> dict[str, Measurement]:
    """What has been measured, by name."""
    return {found.name: found for found in session.exec(select(Measurement))}
