"""A job's file, kept in the database in pieces: whichever process does the work can read it."""

import io
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from service.db.session import reading
from service.jobs import repository

BYTES_PER_ROW = 1_000_000


def keep_input(session: Session, job_id: UUID, file: BinaryIO) -> None:
    """Store a file for a job."""
    position = 0
    while piece := file.read(BYTES_PER_ROW):
        repository.add_input(session, job_id, position, piece)
        position += 1


def open_input(engine: Engine, job_id: UUID) -> BinaryIO:
    """Read a job's file from its beginning."""
    return io.BufferedReader(_Pieces(engine, job_id), BYTES_PER_ROW)


class _Pieces(io.RawIOBase):
    """The pieces one after the other, each read in a short transaction of its own."""

    def __init__(self, engine: Engine, job_id: UUID) -> None:
        self._engine, self._job_id = engine, job_id
        self._position, self._left = 0, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # any writable buffer
        if not self._left:
            with reading(self._engine) as session:
                piece = repository.input_piece(session, self._job_id, self._position)
            self._position, self._left = self._position + 1, memoryview(piece or b"")
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken
