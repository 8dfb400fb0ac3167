"""What conditions claim of the facts, in a form that shows what contradicts and what follows from what.

Every answer errs on the side of silence: what is called a contradiction is one, but not every one is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Literal

from schemas.places import TerritoryPath


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim on one fact, by what it is a claim:

    - ``between``: a number from ``low`` up to, but without, ``high``
    - ``one_of``: one value that is (``holds``) or is not one of ``values``; ``all_there_are`` may say which there are
    - ``some_of``: of several values one at least lies (``holds``), or none lies, under one of ``paths``; there may be
      only a ``single`` value.
    """

    fact: str
    form: Literal["between", "one_of", "some_of"]
    holds: bool = True
    low: float = -inf
    high: float = inf
    values: frozenset[str] = frozenset()
    all_there_are: frozenset[str] | None = None
    paths: tuple[TerritoryPath, ...] = ()
    single: bool = False

    @classmethod
    def between(cls, fact: str, low: float = -inf, high: float = inf) -> "Claim":
        """A number from ``low`` up to, but without, ``high``."""
        return cls(fact, "between", low=low, high=high)

    @classmethod
    def one_of(cls, fact: str, values: Iterable[str], all_there_are: Iterable[str] | None = None) -> "Claim":
        """A value that is one of these."""
        everything = None if all_there_are is None else frozenset(all_there_are)
        return cls(fact, "one_of", values=frozenset(values), all_there_are=everything)

    @classmethod
    def some_of(cls, fact: str, paths: Iterable[TerritoryPath], *, single: bool = False) -> "Claim":
        """One value at least that lies under one of these paths."""
        return cls(fact, "some_of", paths=tuple(paths), single=single)

    def opposites(self) -> list["Claim"]:
        """The claims of which one holds where this one does not."""
        if self.form == "between":
            ends = [Claim.between(self.fact, high=self.low), Claim.between(self.fact, low=self.high)]
            return [claim for claim in ends if claim.low < inf and claim.high > -inf]
        return [
            Claim(
                self.fact,
                self.form,
                holds=not self.holds,
                values=self.values,
                all_there_are=self.all_there_are,
                paths=self.paths,
                single=self.single,
            )
        ]


def consistent(claims: Iterable[Claim]) -> bool:
    """Whether all of these claims can hold at once."""
    by_fact: dict[str, list[Claim]] = {}
    for claim in claims:
        by_fact.setdefault(claim.fact, []).append(claim)
    return all(_CONSISTENT[group[0].form](group) for group in by_fact.values())


def _between(claims: Sequence[Claim]) -> bool:
    return max(claim.low for claim in claims) < min(claim.high for claim in claims)


def _one_of(claims: Sequence[Claim]) -> bool:
    allowed = [claim.values for claim in claims if claim.holds]
    forbidden = frozenset().union(*(claim.values for claim in claims if not claim.holds))
    there_are = [claim.all_there_are for claim in claims if claim.all_there_are is not None]
    limits = [*allowed, *there_are]
    return not limits or bool(frozenset.intersection(*limits) - forbidden)


def _some_of(claims: Sequence[Claim]) -> bool:
    forbidden = [path for claim in claims if not claim.holds for path in claim.paths]
    allowed = [
        [path for path in claim.paths if not any(_under(path, outer) for outer in forbidden)]
        for claim in claims
        if claim.holds
    ]
    if not all(allowed):
        return False
    return not claims[0].single or any(_on_one_line(paths) for paths in product(*allowed))


def _under(path: TerritoryPath, outer: TerritoryPath) -> bool:
    return path[: len(outer)] == outer


def _on_one_line(paths: Sequence[TerritoryPath]) -> bool:
    """Whether one value can lie under all of these."""
    deepest = max(paths, key=len, default=())
    return all(_under(deepest, path) for path in paths)


_CONSISTENT = {"between": _between, "one_of": _one_of, "some_of": _some_of}
