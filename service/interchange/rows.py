"""What is read from a file, row by row."""

from dataclasses import dataclass

from schemas.inputs import JsonObject
from service.field_errors import Fault


@dataclass(frozen=True, slots=True)
class FileRow:
    """One record of a file with the number of the line it begins in; ``record`` is ``None`` when it has faults.

    ``size`` is the number of characters that it was read from.
    """

    line: int
    record: JsonObject | None
    faults: tuple[Fault, ...] = ()
    size: int = 0

    @classmethod
    def refused(cls, line: int, *faults: Fault) -> "FileRow":
        """A row that no record can be read from."""
        return cls(line, None, faults)
