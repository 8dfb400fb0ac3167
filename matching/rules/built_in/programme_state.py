"""A programme is planned, open, between two calls, paused or ended, or nobody has confirmed lately that it is open.

Its operator says so in ``status``; its dates say more exactly when. A date that has come counts more than a word.
"""

from datetime import date
from typing import TYPE_CHECKING

from matching.rules.built_in.base import Circumstances, ProgrammeCondition
from matching.rules.built_in.freshness import freshness, is_in_doubt
from matching.rules.results import ConditionResult, Party
from schemas.dates import earliest_day
from schemas.kinds import Kind
from schemas.programme_states import ProgrammeState
from schemas.records import Record
from schemas.translation import Message, message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


DATES_RULE = "dates"
NOT_PROPOSED = (ProgrammeState.ENDED, ProgrammeState.PAUSED)
"""Nobody can apply, and nobody knows whether that will change."""
NOT_YET_OPEN = (ProgrammeState.PLANNED, ProgrammeState.BETWEEN_ROUNDS)
"""Nobody can apply yet."""

CLOSED = message("Deadline passed: {day}.")
HAS_ENDED = message("This programme has ended.")
IS_PAUSED = message("This programme is paused.")
OPENS = message("Applications open from: {day}.")
IS_PLANNED = message("This programme is planned; no opening day is known yet.")
BETWEEN_CALLS = message("No applications for now: the next call for proposals is not announced yet.")
OPEN_UNTIL = message("Applications open; deadline: {day}.")
IS_OPEN = message("Applications open.")


def programme_state(programme: Record, on: date | None) -> ProgrammeState:
    """The state of a programme on a day; without a day, as far as its operator's word goes."""
    word, opens, closes = programme.get("status"), opening_day(programme), closing_day(programme)
    if word in NOT_PROPOSED:
        return ProgrammeState(word)
    if on is not None and opens is not None and opens > on:
        return ProgrammeState.PLANNED
    if on is not None and closes is not None and closes < on:
        return ProgrammeState.BETWEEN_ROUNDS if word == "between_rounds" else ProgrammeState.ENDED
    has_begun = on is not None and (opens is not None or closes is not None)
    if word in NOT_YET_OPEN and not has_begun:
        return ProgrammeState(word)
    return ProgrammeState.UNCONFIRMED if is_in_doubt(programme, on) else ProgrammeState.OPEN


def opening_day(programme: Record) -> date | None:
    """The first day on which a programme takes applications, if it names one."""
    day = programme.get("opens")
    return earliest_day(str(day)) if day else None


def closing_day(programme: Record) -> date | None:
    """The last day on which a programme takes applications, if it names one."""
    day = programme.get("closes")
    return earliest_day(str(day)) if day else None


def programme_notice(programme: Record, on: date) -> Message | None:
    """What whoever reads of a programme has to know of its state; ``None`` where it is open, or proposed to nobody."""
    state, opens = programme_state(programme, on), opening_day(programme)
    if state is ProgrammeState.PLANNED:
        return _with_day(OPENS, opens) if opens else IS_PLANNED
    if state is ProgrammeState.BETWEEN_ROUNDS:
        return BETWEEN_CALLS
    doubt = freshness(programme, on) if state is ProgrammeState.UNCONFIRMED else None
    return doubt.sentence if doubt else None


class ProgrammeStateCondition(ProgrammeCondition):
    """The programme has not ended and is not paused."""

    def check_applicant(self, programme: Party, _applicant: Party, on: date | None) -> ConditionResult | None:
        """Not known before the programme opens."""
        record = programme.record
        state, opens, closes = programme_state(record, on), opening_day(record), closing_day(record)
        if state in NOT_PROPOSED:
            return ConditionResult(DATES_RULE, False, _why_not(state, closes))
        if state is ProgrammeState.PLANNED:
            return ConditionResult(DATES_RULE, None, _with_day(OPENS, opens) if opens else IS_PLANNED)
        if state is ProgrammeState.BETWEEN_ROUNDS:
            return ConditionResult(DATES_RULE, None, BETWEEN_CALLS)
        if on is not None and closes is not None:
            return ConditionResult(DATES_RULE, True, _with_day(OPEN_UNTIL, closes))
        if record.get("status") == "open" or (on is not None and opens is not None):
            return ConditionResult(DATES_RULE, True, IS_OPEN)
        return None

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Programmes that nobody is proposed to; for such a programme, everybody."""
        on = circumstances.on
        if candidates.kind is Kind.PROGRAMME:
            eligible &= candidates.derived(_last_days) >= (on or date.min).toordinal()
        elif programme_state(subject.record, on) in NOT_PROPOSED:
            eligible[:] = False


def _with_day(sentence: Message, day: date) -> Message:
    return Message(sentence.text, {"day": day})


def _why_not(state: ProgrammeState, closes: date | None) -> Message:
    if state is ProgrammeState.PAUSED:
        return IS_PAUSED
    return _with_day(CLOSED, closes) if closes else HAS_ENDED


def _last_days(programmes: "KindProfiles") -> "NDArray[np.int64]":
    """The ordinals of the last days on which programmes are proposed; 0 where they are not at all."""
    import numpy as np

    days = (_last_day(record) for record in programmes.records)
    return np.fromiter(days, np.int64, len(programmes.encoded))


def _last_day(programme: Record) -> int:
    word, opens, closes = programme.get("status"), opening_day(programme), closing_day(programme)
    if word in NOT_PROPOSED:
        return 0
    if closes is None or word == "between_rounds":
        return date.max.toordinal()
    return max(closes.toordinal(), opens.toordinal() - 1 if opens else 0)
