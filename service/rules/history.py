"""What was done to a ruleset, read from the audit log."""

import json
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.audit import repository
from service.http.times import utc
from service.rules.service import SUBJECT
from service.rules.views import RulesetStep


def history_of(session: Session, ruleset_id: UUID) -> list[dict[str, Any]]:
    """Every step in the life of a ruleset, in order."""
    return [
        {"did": entry.did, "by": entry.by, "at": utc(entry.at)} | _told(json.loads(entry.details))
        for entry in repository.of_subject(session, SUBJECT, ruleset_id)
    ]


def _told(details: dict[str, Any]) -> dict[str, Any]:
    """What a step tells of itself; from what it was learnt, say, the ruleset tells."""
    return {name: value for name, value in details.items() if name in RulesetStep.model_fields}
