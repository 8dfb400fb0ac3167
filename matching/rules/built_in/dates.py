"""A programme takes applications from one day to another."""

from datetime import date
from typing import TYPE_CHECKING

from matching.rules.built_in.base import Circumstances, ProgrammeCondition
from matching.rules.results import ConditionResult, Party
from schemas.dates import earliest_day
from schemas.kinds import Kind
from schemas.records import Record
from schemas.translation import message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


DATES_RULE = "dates"


class DatesCondition(ProgrammeCondition):
    """The programme has not closed."""

    def check_applicant(self, programme: Party, _applicant: Party, on: date | None) -> ConditionResult | None:
        """Not known before the programme opens."""
        opens, closes = opening_day(programme.record), closing_day(programme.record)
        if on is None or (opens is None and closes is None):
            return None
        if closes is not None and closes < on:
            return ConditionResult(DATES_RULE, False, message("Applications closed on {day}.", day=closes))
        if opens is not None and opens > on:
            return ConditionResult(DATES_RULE, None, message("Applications open on {day}.", day=opens))
        if closes is not None:
            return ConditionResult(
                DATES_RULE, True, message("Applications are open until {day}.", day=closes)
            )
        return ConditionResult(DATES_RULE, True, message("Applications are open."))

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Programmes that have closed; for a programme that has, everybody."""
        if circumstances.on is None:
            return
        if candidates.kind is Kind.PROGRAMME:
            eligible &= candidates.derived(_closing_days) >= circumstances.on.toordinal()
            return
        closes = closing_day(subject.record)
        if closes is not None and closes < circumstances.on:
            eligible[:] = False


def opening_day(programme: Record) -> date | None:
    """The first day on which a programme takes applications, if it names one."""
    day = programme.get("opens")
    return earliest_day(str(day)) if day else None


def closing_day(programme: Record) -> date | None:
    """The last day on which a programme takes applications, if it names one."""
    day = programme.get("closes")
    return earliest_day(str(day)) if day else None


def _closing_days(programmes: "KindProfiles") -> "NDArray[np.int64]":
    """The ordinals of the closing days; that of ``date.max`` where there is none."""
    import numpy as np

    days = (closing_day(record) or date.max for record in programmes.records)
    return np.fromiter((day.toordinal() for day in days), np.int64, len(programmes.encoded))
