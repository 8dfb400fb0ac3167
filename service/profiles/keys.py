"""Keys of profiles as their senders chose them, where a profile that nobody may know of has the same one.

Such a key is stored with ``~`` and the end of the new profile's identifier, so that keys stay unique; only stewards, who see
every profile, see that. To everybody else the answer is the same whether or not another profile has the key.
"""

import re
from uuid import UUID

from service.security.authentication import AccountRole, Actor

DISTINCTION = re.compile(r"~[0-9a-f]{8}\Z")
LONGEST_KEY = 209
"""Characters of a stored key: those of a sender's, and its distinction."""


def distinct_key(key: str, profile_id: UUID) -> str:
    """The key under which a profile is stored where another has its key."""
    return f"{key}~{profile_id.hex[-8:]}"


def sender_key(key: str) -> str:
    """The key that a profile's sender chose."""
    return DISTINCTION.sub("", key)


def shown_key(key: str, actor: Actor | None) -> str:
    """A stored key as the caller sees it."""
    if actor is not None and actor.role.reaches(AccountRole.STEWARD):
        return key
    return sender_key(key)
