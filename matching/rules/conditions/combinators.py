"""Conditions put together: all of some, any of some, not one; closed, and of bounded size."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from matching.rules.conditions.any_kind import PlaceWithin, PriorityIn, SectorWithin
from matching.rules.conditions.associations import (
    ElectedBoard,
    Federated,
    FoundedBefore,
    LegalFormIn,
    MembersAtLeast,
    PublishedAccounts,
    Registered,
    RegisteredFor,
)
from matching.rules.conditions.base import Predicate
from matching.rules.conditions.funding import (
    BudgetWithin,
    CallOpen,
    LevelIn,
    MechanismIn,
    OwnContributionAtLeast,
)
from matching.rules.conditions.pairs import (
    DistanceAtMost,
    Experienced,
    LanguageShared,
    NoOpenIntroduction,
    NotPartnersYet,
    OffersMeetNeeds,
)
from matching.rules.counterfactual import Counterfactual
from matching.rules.verdict import ConditionContext, Verdict
from schemas.records import Record
from schemas.translation import Message, Phrases, message, note

MAX_DEPTH = 4
"""How deep conditions may be put into each other."""
MAX_PREDICATES = 24
"""How many conditions one may be put together of."""


class _Combinator(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    label: ClassVar[Message]


def _some(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    if not parts:
        raise ValueError(note("Put one condition at least into this one."))
    return parts


Parts = Annotated[
    tuple["AnyCondition", ...], Field(strict=False, max_length=MAX_PREDICATES), AfterValidator(_some)
]


class AllOf(_Combinator):
    """All of these hold."""

    type: Literal["all"] = "all"
    of: Parts
    label: ClassVar[Message] = message("All of these")


class AnyOf(_Combinator):
    """One of these holds, or more."""

    type: Literal["any"] = "any"
    of: Parts
    label: ClassVar[Message] = message("Any of these")


class Not(_Combinator):
    """This does not hold."""

    type: Literal["not"] = "not"
    of: "AnyCondition"
    label: ClassVar[Message] = message("Not")


Condition = (
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
    | OffersMeetNeeds
    | NotPartnersYet
    | Experienced
    | NoOpenIntroduction
    | DistanceAtMost
    | AllOf
    | AnyOf
    | Not
)
"""A condition as it is read."""
AnyCondition = Annotated[Condition, Field(discriminator="type")]
PREDICATES: tuple[type[Predicate], ...] = tuple(
    form for form in get_args(Condition) if issubclass(form, Predicate)
)
"""All conditions that have no others in them, in the order in which a form offers them."""


def _bounded(value: Any) -> Any:
    """Refuse what is nested too deeply before it is looked into."""
    level, depth, predicates = [value], 0, 0
    while level:
        depth += 1
        inner = [
            item.get("of")
            for item in level
            if isinstance(item, dict) and item.get("type") in ("all", "any", "not")
        ]
        predicates += len(level) - len(inner)
        level = [part for item in inner for part in (item if isinstance(item, (list, tuple)) else [item])]
        if depth > MAX_DEPTH + 1 or predicates + len(level) > MAX_PREDICATES:
            raise ValueError(note("Conditions may be nested four levels deep, and be 24 at most in all."))
    return value


for _combined in (AllOf, AnyOf, Not):
    _combined.model_rebuild()

BoundedCondition = Annotated[AnyCondition, BeforeValidator(_bounded)]
"""A condition as it is sent: typed and closed."""


def predicates_of(condition: Condition) -> Iterator[Predicate]:
    """The conditions without others in them that it is put together of."""
    if isinstance(condition, Predicate):
        yield condition
    elif isinstance(condition, Not):
        yield from predicates_of(condition.of)
    else:
        for part in condition.of:
            yield from predicates_of(part)


def verdict(
    condition: Condition, ask: Callable[[Predicate, bool], Verdict], *, negated: bool = False
) -> Verdict:
    """Whether a condition is met, given how to ask, of those that it is put together of, one or (``True``) its contrary."""
    if isinstance(condition, Predicate):
        return ask(condition, negated)
    if isinstance(condition, Not):
        return verdict(condition.of, ask, negated=not negated)
    first, *others = (verdict(part, ask, negated=negated) for part in condition.of)
    for other in others:
        first = first & other if isinstance(condition, AllOf) is not negated else first | other
    return first


def condition_sentence(condition: Condition, *, negated: bool = False) -> Message:
    """What a condition asks for, in one sentence; ``negated``, the contrary."""
    if isinstance(condition, Predicate):
        return condition.sentence(negated=negated)
    if isinstance(condition, Not):
        return condition_sentence(condition.of, negated=not negated)
    parts = Phrases(condition_sentence(part, negated=negated) for part in condition.of)
    if len(parts) == 1:
        return parts[0]
    if isinstance(condition, AllOf) is not negated:
        return message("All of these: {parts}.", parts=parts)
    return message("At least one of these: {parts}.", parts=parts)


Meets = Callable[[Condition, Mapping[str, Any]], bool]
"""Whether a condition is met by a record."""


def counterfactual(
    condition: Condition, record: Record, other: Record, context: ConditionContext, meets: Meets
) -> Counterfactual | None:
    """The least that makes the first of two records meet a condition; ``None`` where nothing does."""
    if meets(condition, record):
        return Counterfactual()
    if isinstance(condition, Predicate):
        return condition.counterfactual(record, other, context)
    if isinstance(condition, Not):
        if isinstance(condition.of, Predicate):
            return None  # Nobody is to be made to fail a condition.
        return counterfactual(push_negation_inwards(condition.of), record, other, context, meets)
    if isinstance(condition, AllOf):
        return _counterfactual_of_all(condition, record, other, context, meets)
    found = [found for part in condition.of if (found := counterfactual(part, record, other, context, meets))]
    return min(found, key=lambda each: (len(each.changes), each.eligible_from or context.on), default=None)


def _counterfactual_of_all(
    condition: AllOf, record: Record, other: Record, context: ConditionContext, meets: Meets
) -> Counterfactual | None:
    together = Counterfactual()
    for part in condition.of:
        found = counterfactual(part, together.applied(record), other, context, meets)
        if found is None:
            return None
        together = together.then(found)
    return together


def push_negation_inwards(condition: AllOf | AnyOf | Not) -> Condition:
    """The contrary of a condition that has others in it, with ``not`` one step further inside."""
    if isinstance(condition, Not):
        return condition.of
    parts = tuple(Not(of=part) for part in condition.of)
    return AnyOf(of=parts) if isinstance(condition, AllOf) else AllOf(of=parts)
