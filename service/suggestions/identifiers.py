"""Identifiers of suggestions: one for each ordered pair of profiles, the same whenever and by whomever it is made.

A UUID of version 8 (RFC 9562) that holds the two profiles' numbers, so that none needs to be stored.
"""

from uuid import UUID

from service.db.base import LARGEST_NUMBER

NUMBER_BITS = 60
MASK = (1 << NUMBER_BITS) - 1


def suggestion_id(subject: int, candidate: int) -> UUID:
    """The identifier of the suggestion of one profile to another, by their numbers."""
    high, low = subject >> 12, subject & 0xFFF
    return UUID(int=(high << 80) | (8 << 76) | (low << 64) | (2 << 62) | candidate)


def numbers_of(identifier: UUID) -> tuple[int, int] | None:
    """The numbers of subject and candidate, or ``None`` when the identifier is no suggestion's."""
    if identifier.version != 8:
        return None
    value = identifier.int
    subject, candidate = ((value >> 80) << 12) | ((value >> 64) & 0xFFF), value & MASK
    return (subject, candidate) if max(subject, candidate) <= LARGEST_NUMBER else None
