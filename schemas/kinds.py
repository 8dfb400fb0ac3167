"""The four kinds of profile and the pairings between them that matching proposes."""

from collections.abc import Mapping
from enum import StrEnum

from schemas.translation import Message, message


class Kind(StrEnum):
    """What a profile describes: an organisation, a programme of funding, or a project that seeks both."""

    ASSOCIATION = "association"
    AUTHORITY = "authority"
    PROGRAMME = "programme"
    PROJECT = "project"

    @property
    def plural(self) -> str:
        """The word used in paths and in the ``of`` parameter: ``authorities`` for ``authority``."""
        return {"authority": "authorities"}.get(self.value, f"{self.value}s")


PAIRINGS: dict[Kind, tuple[Kind, ...]] = {
    Kind.ASSOCIATION: (Kind.AUTHORITY, Kind.PROGRAMME),
    Kind.AUTHORITY: (Kind.ASSOCIATION, Kind.PROGRAMME, Kind.AUTHORITY),
    Kind.PROGRAMME: (Kind.ASSOCIATION, Kind.PROJECT),
    Kind.PROJECT: (Kind.PROGRAMME, Kind.AUTHORITY),
}
"""For each kind of subject, the kinds of candidate it is shown, in the order they are shown."""

OPTIONAL_PAIRINGS: dict[Kind, tuple[Kind, ...]] = {Kind.ASSOCIATION: (Kind.ASSOCIATION,)}
"""What a ruleset proposes besides, where it gives the weights of such a pairing."""

KIND_NAMES: Mapping[str, Message] = {
    Kind.ASSOCIATION: message("association"),
    Kind.AUTHORITY: message("local authority"),
    Kind.PROGRAMME: message("programme"),
    Kind.PROJECT: message("project"),
}

KINDS_IN_PLURAL: Mapping[str, Message] = {
    Kind.ASSOCIATION: message("associations"),
    Kind.AUTHORITY: message("local authorities"),
    Kind.PROGRAMME: message("funding programmes"),
    Kind.PROJECT: message("projects"),
}
"""Each kind as a whole, as it stands in a sentence: with its article where a language has one."""
