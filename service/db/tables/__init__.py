"""All tables. Importing this package registers every one of them with the metadata."""

import service.db.base  # noqa: F401 - names constraints before the first table is made
from service.db.tables.accounts import ApiToken, IdempotentRequest
from service.db.tables.jobs import Job, JobInput, JobRemark
from service.db.tables.profiles import (
    Corridor,
    Counter,
    Partnership,
    Precedent,
    Profile,
    ProfileDeletion,
    ProfileLabel,
)
from service.db.tables.rules import Ruleset
from service.db.tables.suggestions import Decision
from service.db.tables.vocabulary import Territory, TerritoryName

__all__ = [
    "ApiToken",
    "Corridor",
    "Counter",
    "Decision",
    "IdempotentRequest",
    "Job",
    "JobInput",
    "JobRemark",
    "Partnership",
    "Precedent",
    "Profile",
    "ProfileDeletion",
    "ProfileLabel",
    "Ruleset",
    "Territory",
    "TerritoryName",
]
