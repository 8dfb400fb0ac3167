"""What was done to a ruleset, read from the audit log."""

import json
from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from service.audit import repository
from service.rules.service import SUBJECT
from service.rules.views import RulesetStep


def history_of(session: Session, ruleset_id: UUID) -> list[RulesetStep]:
    """Every step in the life of a ruleset, in order."""
    return [
        RulesetStep.model_validate(
            {"did": entry.did, "by": entry.by, "at": entry.at} | _shown_details(json.loads(entry.details))
        )
        for entry in repository.of_subject(session, SUBJECT, ruleset_id)
    ]


def put_in_force_by(session: Session, ruleset_id: UUID) -> str | None:
    """The step that last put a ruleset in force: ``activated`` or ``restored``; ``None`` where it never was."""
    steps = [entry.did for entry in repository.of_subject(session, SUBJECT, ruleset_id)]
    return next((did for did in reversed(steps) if did in ("activated", "restored")), None)


def _shown_details(details: Mapping[str, object]) -> dict[str, object]:
    """What is shown of a step itself; what it was learnt from is shown with the ruleset."""
    return {name: value for name, value in details.items() if name in RulesetStep.model_fields}
