"""What a file of records may hold."""

from collections.abc import Mapping
from enum import StrEnum

from schemas.inputs import Input, JsonObject
from schemas.kinds import Kind
from schemas.records import FIELDS, CorridorRecord, PartnershipRecord
from schemas.translation import message
from service.errors import Invalid


class RecordKind(StrEnum):
    """The four kinds of profile, partnerships between them, and corridors between territories."""

    ASSOCIATION = "association"
    AUTHORITY = "authority"
    PROGRAMME = "programme"
    PROJECT = "project"
    PARTNERSHIP = "partnership"
    CORRIDOR = "corridor"

    @classmethod
    def _missing_(cls, value: object) -> "RecordKind | None":
        # The plural names a kind in paths and in the names of files; in a list it means the same.
        said = value.strip().lower() if isinstance(value, str) else ""
        return next((kind for kind in cls if said in (kind.value, kind.plural)), None)

    @property
    def plural(self) -> str:
        """The word used in paths and in the names of files."""
        return f"{self.value}s" if self in OTHERS else Kind(self.value).plural

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields of a record of this kind, in the order in which they are written."""
        if self in OTHERS:
            return ("kind", *OTHERS[self].model_fields)
        return ("kind", "key", *FIELDS[Kind(self.value)].model_fields, "published")


OTHERS: Mapping[RecordKind, type[Input]] = {
    RecordKind.PARTNERSHIP: PartnershipRecord,
    RecordKind.CORRIDOR: CorridorRecord,
}
"""The kinds of record that are no profiles, with what they hold."""


def kind_of(record: JsonObject, otherwise: RecordKind | None) -> RecordKind:
    """The kind a record names, or else the one that is given for the whole file; raises ``Invalid``."""
    try:
        return RecordKind(record.get("kind") or otherwise or "")
    except ValueError:
        detail = message("Give a kind: association, authority, programme, project, partnership or corridor.")
        raise Invalid.at("/kind", detail) from None
