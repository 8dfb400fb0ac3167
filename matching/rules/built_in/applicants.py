"""A programme may name who can apply, in its own words: kinds of organisation, registered or not."""

from datetime import date
from typing import TYPE_CHECKING

from matching.rules.built_in.base import Circumstances, ProgrammeCondition
from matching.rules.conditions.associations import Registered
from matching.rules.counterfactual import Change
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.records import Record
from schemas.text_folding import fold
from schemas.translation import Names, message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask, Positions


APPLICANTS_RULE = "applicants"
ASSOCIATION_WORDS = ("associa", "asocia", "ong", "ngo", "club", "diaspora", "migrant", "organiz", "organis", "comunid", "comunit", "communaut", "communit", "civil")  # fmt: skip
AUTHORITY_WORDS = ("authorit", "autorit", "municip", "region", "commune", " comune ", " comuni ", "ayuntamiento", "collectivit", "province", "provinc", "state", "stato", "estado", "local gov", "entidad", "ente locale", "enti locali")  # fmt: skip
REGISTERED_WORDS = ("registered", "enregistree", "declaree", "registrada", "registrata", "registro")


class ApplicantsCondition(ProgrammeCondition):
    """The applicant is of a kind that the programme names, and registered where that is asked for."""

    def check_applicant(self, programme: Party, applicant: Party, _on: date | None) -> ConditionResult | None:
        """Not known where the programme's words name no kind of organisation that is known here."""
        return _result(programme.record, applicant)

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", _circumstances: Circumstances
    ) -> None:
        """Exact: programmes are checked once for all subjects alike, applicants once for each state of registration."""
        if candidates.kind is Kind.PROGRAMME:
            eligible &= candidates.derived(_ProgrammeMasks).mask(subject)
            return
        for alike in candidates.derived(_by_registration).values():
            first = Party(candidates.records[alike[0]], candidates.traits[alike[0]])
            result = _result(subject.record, first)
            if result is not None and result.met is False:
                eligible[alike] = False

    def counterfactual(self, _programme: Party, applicant: Party) -> Change | None:
        """To register."""
        if applicant.traits.kind is not Kind.ASSOCIATION or applicant.record.get("registered") is not False:
            return None
        return Change("registered", True, Registered.would_do)


class _ProgrammeMasks:
    """Which of some programmes an applicant may apply to, by its kind and registration."""

    def __init__(self, programmes: "KindProfiles") -> None:
        self._records = programmes.records
        self._masks: dict[tuple[Kind, bool | None], Mask] = {}

    def mask(self, applicant: Party) -> "Mask":
        import numpy as np

        alike = applicant.traits.kind, applicant.record.get("registered")
        if alike not in self._masks:
            results = (_result(record, applicant) for record in self._records)
            admitted = (result is None or result.met is not False for result in results)
            self._masks[alike] = np.fromiter(admitted, bool, len(self._records))
        return self._masks[alike]


def _by_registration(applicants: "KindProfiles") -> "dict[bool | None, Positions]":
    import numpy as np

    found: dict[bool | None, list[int]] = {}
    for position, record in enumerate(applicants.records):
        found.setdefault(record.get("registered"), []).append(position)
    return {registered: np.array(positions) for registered, positions in found.items()}


def _result(programme: Record, applicant: Party) -> ConditionResult | None:
    allowed: list[str] = list(programme.get("applicants") or ())
    if not allowed:
        return None
    is_authority = applicant.traits.kind is Kind.AUTHORITY
    if is_authority and _authorities_pay(programme):
        shares = message("Local authorities take part in this programme by paying a share of each project.")
        return ConditionResult(APPLICANTS_RULE, True, shares)
    words = [f" {fold(word)} " for word in allowed]
    meant, others = (ASSOCIATION_WORDS, AUTHORITY_WORDS)[:: -1 if is_authority else 1]
    fitting = [word for word in words if any(part in word for part in meant)]
    named = Names(allowed)
    if fitting:
        return _registration_result(fitting, applicant, named)
    if all(any(part in word for part in others) for word in words):
        return ConditionResult(
            APPLICANTS_RULE, False, message("Only these may apply: {applicants}.", applicants=named)
        )
    return ConditionResult(
        APPLICANTS_RULE,
        None,
        message("May apply: {applicants}. Check whether you are one of them.", applicants=named),
    )


def _authorities_pay(programme: Record) -> bool:
    parties = [f" {fold(part['party'])} " for part in programme.get("cofinancing") or ()]
    return any(word in party for party in parties for word in AUTHORITY_WORDS)


def _registration_result(fitting: list[str], applicant: Party, named: Names) -> ConditionResult:
    needed = all(any(part in word for part in REGISTERED_WORDS) for word in fitting)
    registered = applicant.record.get("registered")
    if needed and applicant.traits.kind is Kind.ASSOCIATION and not registered:
        if registered is False:
            sentence = message(
                "Only legally registered organisations may apply: {applicants}.", applicants=named
            )
        else:
            sentence = message(
                "Legally registered organisations may apply: {applicants}. Say in your profile whether yours is.",
                applicants=named,
            )
        return ConditionResult(APPLICANTS_RULE, registered, sentence)
    return ConditionResult(
        APPLICANTS_RULE,
        True,
        message("May apply: {applicants}.", applicants=named),
    )
