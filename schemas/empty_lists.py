"""What a list of suggestions can be empty for."""

from enum import StrEnum


class EmptyListCause(StrEnum):
    """The first of these that holds."""

    NO_PLACE = "no_place"
    NOBODY_THERE = "nobody_there"
    DECLINED = "declined"
    CONDITIONS = "conditions"
    LITTLE_IN_COMMON = "little_in_common"
