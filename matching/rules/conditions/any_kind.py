"""Conditions on where a profile is, what it works on and what comes first for it, whatever its kind."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from matching.rules.conditions.base import Gap, ProfilePredicate, of_whom
from matching.rules.conditions.claims import Claim
from matching.rules.verdict import ConditionContext, Verdict
from schemas.kinds import KIND_NAMES, Kind
from schemas.places import TerritoryCode, TerritoryPath
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.sectors import ancestors, resolve_sector
from schemas.translation import Message, PriorityKeys, SectorCodes, message, note

if TYPE_CHECKING:
    from matching.rules.fact_table import FactTable

SIDE_NAMES: Mapping[str, Message] = {"origin": message("origin"), "residence": message("residence")}
KindOf = Annotated[Kind, Field(strict=False), Gap(message("Of whom"), "choice", KIND_NAMES)]


def _sector_code(said: str) -> str:
    code = resolve_sector(said)
    if code is None:
        raise ValueError(note("This sector is not known. Look it up under /sectors."))
    return code


SectorCode = Annotated[str, Field(max_length=120), AfterValidator(_sector_code)]


class _AnyKindPredicate(ProfilePredicate):
    """A condition that says itself of which kind it is asked."""

    of: KindOf

    def kinds(self) -> tuple[Kind, ...]:
        """Of which kind of profile it is asked."""
        return (self.of,)


class PlaceWithin(_AnyKindPredicate):
    """One of its places lies within one of these territories."""

    type: Literal["place_within"] = "place_within"
    side: Annotated[
        Literal["origin", "residence"] | None,
        Gap(message("On which side; left out: either"), "choice", SIDE_NAMES),
    ] = None
    places: Annotated[
        tuple[TerritoryCode, ...],
        Field(strict=False, min_length=1, max_length=60),
        Gap(message("Within"), "territories"),
    ]
    label: ClassVar[Message] = message("Territory")

    def verdict(self, facts: "FactTable", context: ConditionContext) -> Verdict:
        """Whether each is there; not known where a place is given less precisely than is asked."""
        return facts.within(self.side, [context.path(code) for code in self.places])

    def claims(self, territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """A place there; an authority has one place only."""
        context = ConditionContext(None, territories)
        paths = [context.path(code) for code in self.places]
        fact = f"{self.side or 'place'} of {self.of}"
        return (Claim.some_of(fact, paths, single=self.of is Kind.AUTHORITY),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        text = _PLACE_SENTENCES[self.side, negated].text
        return Message(text, {"of_whom": of_whom(self.of), "places": tuple(self.places)})


_PLACE_SENTENCES: Mapping[tuple[str | None, bool], Message] = {
    ("origin", False): message("Home area {of_whom}: {places}."),
    ("origin", True): message("Home area {of_whom}, except: {places}."),
    ("residence", False): message("Area of residence {of_whom}: {places}."),
    ("residence", True): message("Area of residence {of_whom}, except: {places}."),
    (None, False): message("Territory {of_whom}: {places}."),
    (None, True): message("Territory {of_whom}, except: {places}."),
}


class SectorWithin(_AnyKindPredicate):
    """One of its sectors is one of these or belongs to one."""

    type: Literal["sector_within"] = "sector_within"
    sectors: Annotated[
        tuple[SectorCode, ...],
        Field(strict=False, min_length=1, max_length=40),
        Gap(message("Sectors"), "sectors"),
    ]
    label: ClassVar[Message] = message("Sector")

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each works in one; not known where it names none, or only a category of what is asked."""
        return facts.of_sectors(self.sectors)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """A sector under one of these."""
        return (Claim.some_of(f"sector of {self.of}", [ancestors(code) for code in self.sectors]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        values = {"of_whom": of_whom(self.of), "sectors": SectorCodes(self.sectors)}
        said = (
            message("Sector {of_whom}, except: {sectors}.")
            if negated
            else message("Sector {of_whom}: {sectors}.")
        )
        return Message(said.text, values)


class PriorityIn(_AnyKindPredicate):
    """One of its priorities is one of these."""

    type: Literal["priority_in"] = "priority_in"
    priorities: Annotated[
        tuple[Priority, ...],
        Field(strict=False, min_length=1, max_length=len(PRIORITIES)),
        Gap(message("Priorities"), "priorities"),
    ]
    label: ClassVar[Message] = message("Priority")

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each has one; not known where it names none."""
        return facts.of_priorities(self.priorities)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """One of these priorities."""
        return (Claim.some_of(f"priority of {self.of}", [(name,) for name in self.priorities]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        values = {"of_whom": of_whom(self.of), "priorities": PriorityKeys(self.priorities)}
        if negated:
            return Message(message("Priority {of_whom}, except: {priorities}.").text, values)
        return Message(message("Priority {of_whom}: {priorities}.").text, values)
