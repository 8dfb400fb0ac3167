"""What of some conditions can never be met, is always met, or follows from the rest: found by what they claim."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matching.rules.conditions.base import Predicate
from matching.rules.conditions.claims import Claim, consistent
from matching.rules.conditions.combinators import (
    AllOf,
    AnyOf,
    Condition,
    Not,
    condition_sentence,
    push_negation_inwards,
)
from schemas.places import TerritoryPath
from schemas.translation import Message, Phrases, message

STEPS = 5_000
"""After so many steps a search is given up: then nothing is said."""
ConditionPath = tuple[str | int, ...]
"""Where something stands: names and positions, from the outside in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about conditions.

    Attributes
    ----------
    path : ConditionPath
        Where it is.
    said : Message
        What is odd.
    never : bool
        Whether nobody could ever be proposed because of it.
    """

    path: ConditionPath
    said: Message
    never: bool = False


@dataclass(frozen=True)
class SatisfiabilityChecker:
    """Finds conditions that can never be met, or always are.

    Attributes
    ----------
    territories : mapping of str to TerritoryPath
        Where the territories lie that conditions name, by code.
    """

    territories: Mapping[str, TerritoryPath]

    def satisfiable(self, *conditions: Condition) -> bool:
        """Whether all of these conditions can be met at once; true also where that would take too long to find out."""
        return self._search(list(conditions), [], [STEPS])

    def _search(self, conditions: list[Condition], claims: list[Claim], steps_left: list[int]) -> bool:
        steps_left[0] -= 1
        if steps_left[0] < 0:
            return True
        more, choices = self._unfolded(conditions)
        claims = claims + more
        if not consistent(claims):
            return False
        if not choices:
            return True
        first, *others = sorted(choices, key=len)
        rest: list[Condition] = [AnyOf(of=tuple(each)) for each in others]
        return any(
            self._search([*rest, *taken], [*claims, *added], steps_left)
            for option in first
            for taken, added in self._options(option)
        )

    def _unfolded(self, conditions: list[Condition]) -> tuple[list[Claim], list[list[Condition]]]:
        """What conditions that must all hold claim, and between what they leave a choice."""
        waiting, claims, choices = list(conditions), list[Claim](), list[list[Condition]]()
        while waiting:
            condition = waiting.pop()
            if isinstance(condition, AllOf):
                waiting.extend(condition.of)
            elif isinstance(condition, AnyOf):
                choices.append(list(condition.of))
            elif isinstance(condition, Predicate):
                claims.extend(condition.claims(self.territories))
            elif isinstance(condition.of, Predicate):
                choices.append([condition])
            else:
                waiting.append(push_negation_inwards(condition.of))
        return claims, choices

    def _options(self, option: Condition) -> list[tuple[list[Condition], list[Claim]]]:
        """What choosing an alternative adds: conditions, or, for one that must not hold, each way not to."""
        if isinstance(option, Not) and isinstance(option.of, Predicate):
            claims = option.of.claims(self.territories)
            return [([], [opposite]) for claim in claims for opposite in claim.opposites()]
        return [([option], [])]

    def unsatisfiable_core(self, conditions: Sequence[Condition]) -> list[Condition]:
        """The fewest of some conditions that cannot be met together: none of these can be left out."""
        left = list(conditions)
        for condition in conditions:
            others = [other for other in left if other is not condition]
            if others and not self.satisfiable(*others):
                left = others
        return left

    def findings(self, condition: Condition) -> Iterator[Finding]:
        """What is odd about one condition in itself."""
        if not self.satisfiable(condition):
            core = self.unsatisfiable_core(condition.of) if isinstance(condition, AllOf) else [condition]
            yield Finding((), contradiction(core), never=True)
        elif not self.satisfiable(Not(of=condition)):
            yield Finding((), ALWAYS)
        else:
            yield from self._in_parts(condition, ())

    def _in_parts(self, condition: Condition, path: ConditionPath) -> Iterator[Finding]:
        if isinstance(condition, Not):
            yield from self._in_parts(condition.of, (*path, "of"))
        elif isinstance(condition, (AllOf, AnyOf)):
            useless = self._useless(condition)
            for position, part in enumerate(condition.of):
                there = (*path, "of", position)
                if position in useless:
                    yield Finding(
                        there, message("This changes nothing here: {part}", part=condition_sentence(part))
                    )
                else:
                    yield from self._in_parts(part, there)

    def _useless(self, condition: AllOf | AnyOf) -> set[int]:
        """Which parts of a condition could be left out, one after the other, without changing what it means."""
        left = dict(enumerate(condition.of))
        useless = set()
        for position, part in reversed(list(left.items())):
            others = [other for at, other in left.items() if at != position]
            if others and self.entailed(part, others, all_of=isinstance(condition, AllOf)):
                useless.add(position)
                del left[position]
        return useless

    def entailed(self, part: Condition, others: Sequence[Condition], *, all_of: bool = True) -> bool:
        """Whether a condition adds nothing to others of which all, or any, are to be met."""
        if all_of:
            return not self.satisfiable(Not(of=part), *others)
        return not self.satisfiable(part, *(Not(of=other) for other in others))


def contradiction(conditions: Sequence[Condition]) -> Message:
    """Why these conditions cannot be met together."""
    parts = Phrases(condition_sentence(condition) for condition in conditions)
    if len(parts) == 1:
        return message("This can never be met: {part}", part=parts[0])
    return message("These conditions contradict each other and can never be met: {parts}.", parts=parts)


ALWAYS = message("Everybody meets this condition, so it changes nothing. Take it out, or ask for more.")
