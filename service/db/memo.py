"""What is read from a database and remembered by the process until it changes."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlmodel import Session

Remembered = TypeVar("Remembered")


class DatabaseMemo(Generic[Remembered]):
    """One value for each database, made by ``make`` and made again when its version changes."""

    def __init__(self, make: Callable[[Session], Remembered]) -> None:
        self._make = make
        self._remembered: WeakKeyDictionary[Engine | Connection, tuple[Hashable, Remembered]] = (
            WeakKeyDictionary()
        )

    def get(self, session: Session, version: Hashable) -> Remembered:
        """The value for the database of this session in this version."""
        database = session.get_bind()
        remembered = self._remembered.get(database)
        if remembered is None or remembered[0] != version:
            remembered = version, self._make(session)
            self._remembered[database] = remembered
        return remembered[1]
