"""All tables. Importing this package registers every one of them with the metadata."""

from service.db import base as base
from service.db.tables.accounts import ApiToken, IdempotentRequest
from service.db.tables.delivery import (
    Digest,
    Heartbeat,
    Job,
    OutboxMessage,
    Subscription,
    ToldSuggestion,
)
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
from service.db.tables.suggestions import Decision, SuggestionList
from service.db.tables.vocabulary import Territory, TerritoryName

__all__ = [
    "ApiToken",
    "Corridor",
    "Counter",
    "Decision",
    "Digest",
    "Heartbeat",
    "IdempotentRequest",
    "Job",
    "OutboxMessage",
    "Partnership",
    "Precedent",
    "Profile",
    "ProfileDeletion",
    "ProfileLabel",
    "Ruleset",
    "Subscription",
    "SuggestionList",
    "Territory",
    "TerritoryName",
    "ToldSuggestion",
]
