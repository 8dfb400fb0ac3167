"""In which state a programme is, and what its operator says of it."""

from enum import StrEnum
from typing import Literal

ProgrammeStatus = Literal["planned", "open", "between_rounds", "paused", "ended"]
"""What an operator says."""


class ProgrammeState(StrEnum):
    """What follows from its dates, its operator's word and its last confirmation."""

    PLANNED = "planned"
    OPEN = "open"
    BETWEEN_ROUNDS = "between_rounds"
    PAUSED = "paused"
    ENDED = "ended"
    UNCONFIRMED = "unconfirmed"
