"""Checks by name, and what they found: in one line, what is there, or what is wrong and what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from service.db.faults import TO_OPERATORS, NewerDatabaseError, StorageFault, fault_of


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
            said = TO_OPERATORS[fault_of(error) or StorageFault.AWAY]
            return Checked(self.name, False, said.format(where="the database"))
