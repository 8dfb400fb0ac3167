"""Checks by name, and what they found: in one line, what is there, or what is wrong and what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from service.db.faults import NewerDatabaseError, StorageFault, fault_of

DATABASE_FAULTS = {
    StorageFault.FULL: "the disk is full; make room",
    StorageFault.READ_ONLY: "the database cannot be written to; change its owner, or how it is mounted",
    StorageFault.DAMAGED: "the database is damaged; restore a backup: passerelle restore FILE",
    StorageFault.FAILING: "the disk cannot be read or written as it should; see whether it is full or broken",
    StorageFault.IN_USE: "the database is busy with another program; try again in a moment",
    StorageFault.AWAY: "the database does not answer",
}


class FailingError(Exception):
    """Something is not as it should be; says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name; ``run`` answers what it found or raises ``FailingError``."""

    name: str
    run: Callable[[], str]

    def __call__(self) -> Checked:
        try:
            return Checked(self.name, True, self.run())
        except (FailingError, NewerDatabaseError) as error:
            return Checked(self.name, False, str(error))
        except DBAPIError as error:
            return Checked(self.name, False, DATABASE_FAULTS[fault_of(error) or StorageFault.AWAY])
