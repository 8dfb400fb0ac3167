"""Conditions put together: all of some, any of some, not one; closed, and of bounded size."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from schemas.conditions.anybody import PlaceWithin, PriorityIn, SectorWithin
from schemas.conditions.associations import (
    ElectedBoard,
    Federated,
    FoundedBefore,
    LegalFormIn,
    MembersAtLeast,
    PublishedAccounts,
    Registered,
    RegisteredFor,
)
from schemas.conditions.basis import Asked, Cure, Leaf, Verdict
from schemas.conditions.funding import BudgetWithin, CallOpen, LevelIn, MechanismIn, OwnContributionAtLeast
from schemas.conditions.pairs import DistanceAtMost, LanguageShared, NoOpenIntroduction, NotPartnersYet
from schemas.records import Record
from schemas.translation import Message, Phrases, message, note

DEEPEST = 4
"""How deep conditions may be put into each other."""
MOST_LEAVES = 24
"""How many conditions one may be put together of."""


class _Combined(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    label: ClassVar[Message]


def _some(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    if not parts:
        raise ValueError(note("Put one condition at least into this one."))
    return parts


Parts = Annotated[
    tuple["AnyCondition", ...], Field(strict=False, max_length=MOST_LEAVES), AfterValidator(_some)
]


class AllOf(_Combined):
    """All of these hold."""

    type: Literal["all"] = "all"
    of: Parts
    label: ClassVar[Message] = message("All of these")


class AnyOf(_Combined):
    """One of these holds, or more."""

    type: Literal["any"] = "any"
    of: Parts
    label: ClassVar[Message] = message("Any of these")


class Not(_Combined):
    """This does not hold."""

    type: Literal["not"] = "not"
    of: "AnyCondition"
    label: ClassVar[Message] = message("Not")


Whole = (
    PlaceWithin
    | SectorWithin
    | PriorityIn
    | Registered
    | RegisteredFor
    | LegalFormIn
    | MembersAtLeast
    | FoundedBefore
    | ElectedBoard
    | PublishedAccounts
    | Federated
    | LevelIn
    | MechanismIn
    | CallOpen
    | BudgetWithin
    | OwnContributionAtLeast
    | LanguageShared
    | NotPartnersYet
    | NoOpenIntroduction
    | DistanceAtMost
    | AllOf
    | AnyOf
    | Not
)
"""A condition as it is read."""
AnyCondition = Annotated[Whole, Field(discriminator="type")]
LEAVES: tuple[type[Leaf], ...] = tuple(form for form in get_args(Whole) if issubclass(form, Leaf))
"""All conditions that have no others in them, in the order in which a form offers them."""


def _bounded(value: Any) -> Any:
    """Refuse what is nested too deeply before it is looked into."""
    level, depth, leaves = [value], 0, 0
    while level:
        depth += 1
        inner = [
            item.get("of")
            for item in level
            if isinstance(item, dict) and item.get("type") in ("all", "any", "not")
        ]
        leaves += len(level) - len(inner)
        level = [part for item in inner for part in (item if isinstance(item, (list, tuple)) else [item])]
        if depth > DEEPEST + 1 or leaves + len(level) > MOST_LEAVES:
            raise ValueError(
                note("Conditions may be put into each other four times, and be 24 at most in all.")
            )
    return value


for _combined in (AllOf, AnyOf, Not):
    _combined.model_rebuild()

Condition = Annotated[AnyCondition, BeforeValidator(_bounded)]
"""A condition as it is sent: typed and closed."""


def leaves_of(condition: Whole) -> Iterator[Leaf]:
    """The conditions without others in them that it is put together of."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Not):
        yield from leaves_of(condition.of)
    else:
        for part in condition.of:
            yield from leaves_of(part)


def verdict(condition: Whole, ask: Callable[[Leaf, bool], Verdict], *, negated: bool = False) -> Verdict:
    """Whether a condition is met, given how to ask, of those that it is put together of, one or (``True``) its contrary."""
    if isinstance(condition, Leaf):
        return ask(condition, negated)
    if isinstance(condition, Not):
        return verdict(condition.of, ask, negated=not negated)
    first, *others = (verdict(part, ask, negated=negated) for part in condition.of)
    for other in others:
        first = first & other if isinstance(condition, AllOf) is not negated else first | other
    return first


def sentence(condition: Whole, *, negated: bool = False) -> Message:
    """What a condition asks for, in one sentence; ``negated``, the contrary."""
    if isinstance(condition, Leaf):
        return condition.sentence(negated=negated)
    if isinstance(condition, Not):
        return sentence(condition.of, negated=not negated)
    parts = Phrases(sentence(part, negated=negated) for part in condition.of)
    if len(parts) == 1:
        return parts[0]
    if isinstance(condition, AllOf) is not negated:
        return message("All of these: {parts}.", parts=parts)
    return message("At least one of these: {parts}.", parts=parts)


Meets = Callable[[Whole, Mapping[str, Any]], bool]
"""Whether a condition is met by a record."""


def cure(condition: Whole, record: Record, other: Record, asked: Asked, meets: Meets) -> Cure | None:
    """The least that makes the first of two records meet a condition; ``None`` where nothing does."""
    if meets(condition, record):
        return Cure()
    if isinstance(condition, Leaf):
        return condition.cure(record, other, asked)
    if isinstance(condition, Not):
        if isinstance(condition.of, Leaf):
            return None  # Nobody is to be made to fail a condition.
        return cure(inwards(condition.of), record, other, asked, meets)
    if isinstance(condition, AllOf):
        return _cure_of_all(condition, record, other, asked, meets)
    found = [found for part in condition.of if (found := cure(part, record, other, asked, meets))]
    return min(found, key=lambda each: (len(each.changes), each.eligible_from or asked.on), default=None)


def _cure_of_all(condition: AllOf, record: Record, other: Record, asked: Asked, meets: Meets) -> Cure | None:
    together = Cure()
    for part in condition.of:
        found = cure(part, together.applied(record), other, asked, meets)
        if found is None:
            return None
        together = together.then(found)
    return together


def inwards(condition: AllOf | AnyOf | Not) -> Whole:
    """The contrary of a condition that has others in it, with ``not`` one step further inside."""
    if isinstance(condition, Not):
        return condition.of
    parts = tuple(Not(of=part) for part in condition.of)
    return AnyOf(of=parts) if isinstance(condition, AllOf) else AllOf(of=parts)
