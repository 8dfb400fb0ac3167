"""How like each subject is to each candidate of one kind, part by part; each part is computed once."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.corridors import Nearness
from matching.earlier import EarlierPartnerships, Voices
from matching.features.region import NEIGHBOURS, NESTED, authority_paths
from matching.features.text import CHARACTERS_SHARE
from matching.knowledge import Knowledge
from matching.profiles import KindProfiles, Rarities
from matching.rulebook import Judging
from matching.sparse.matrices import Floats, Positions, SparseRow, dot_products
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from matching.traits import SIDES, Traits
from schemas.conditions.basis import Asked
from schemas.kinds import Kind
from schemas.rules import PARTS, PartName, RulesetSettings, ScorePart

if TYPE_CHECKING:
    from matching.shortlist import Shortlists


@dataclass(frozen=True)
class Beside:
    """What is added to scores beside the dot products: to those ``of_whom``, how much is ``added`` (subjects × these), and how
    much at most to those of anybody else (by subject)."""

    of_whom: Positions
    added: Floats
    otherwise: Floats


class Similarities:
    """Similarities of all subjects (rows, of one kind) with all candidates of a kind (columns).

    Both are read into the columns of the known profiles: see :meth:`Knowledge.read`. Where pairs are ``wanted``
    (subjects × candidates), all parts of the others are 0. Dates count on day ``on``.
    """

    def __init__(
        self,
        known: Knowledge,
        subjects: KindProfiles,
        candidates: KindProfiles,
        wanted: NDArray[np.bool_] | None = None,
        on: date | None = None,
    ) -> None:
        self._knowledge = known
        self._profiles = known.profiles
        self.subjects, self.candidates = subjects, candidates
        self.subject_kind = subjects.kind
        self.kind = candidates.kind
        self._wanted, self._on = wanted, on
        self._preferred: tuple[RulesetSettings, Sequence[Floats]] | None = None
        self._near_ends: dict[int, Nearness] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """How many subjects and how many candidates."""
        return len(self.subjects.known), len(self.candidates.known)

    def part(self, name: PartName) -> Floats:
        """One part, between 0 and 1."""
        values: Floats = getattr(self, name)
        return values

    def weighted(self, settings: RulesetSettings) -> Floats:
        """The scores: the parts by their weights in a ruleset, and what it prefers."""
        scores = self._weigh(settings, self.part)
        if bonuses := self.bonuses(settings):
            scores += self._as_wanted(np.stack(bonuses)) * (np.round(scores, SCORE_DECIMALS) >= MIN_SCORE)
        return scores

    def bonuses(self, settings: RulesetSettings) -> Sequence[Floats]:
        """What a ruleset prefers adds to scores, subject by subject for all candidates, where they have anything else in common.

        Subjects to whom the same applies share theirs; empty where nothing is preferred.
        """
        most = self._share(settings, "preferences")
        if not most:
            return []
        if self._preferred is None or self._preferred[0] is not settings:
            rules = settings.preferences_between(self.subject_kind, self.kind)
            self._preferred = settings, self.judging(settings).points(rules, most)
        return self._preferred[1]

    @property
    def full(self) -> list[tuple[int, Set[str]]]:
        """The candidates (columns) that have room only for those who wait for their answer already, with the keys of these."""
        full = self._knowledge.full.items()
        return [(at, waiting) for key, waiting in full if (at := self.candidates.find(key)) is not None]

    def judging(self, settings: RulesetSettings) -> Judging:
        """Who of the two sides meets what conditions."""
        asked = Asked(self._on, settings.territories)
        return Judging(self.subjects.group, self.candidates.group, asked, self._knowledge.ties)

    def at_most(self, settings: RulesetSettings) -> Floats:
        """What the scores can be at most; for many subjects and few candidates quicker than the scores."""
        most = self._weigh(
            settings, lambda name: self._likely_at_most() if name == "track_record" else self.part(name)
        )
        return most + self._share(settings, "preferences")

    def beside(self, settings: RulesetSettings) -> "Beside":
        """What the parts that are no dot products add to the scores.

        It is told of those with a history; where authorities are compared with authorities, of all. What a ruleset prefers
        (:meth:`bonuses`) is added besides.
        """
        if self.are_authorities:
            added = self._weigh(settings, self.part, ("region", "track_record"))
            return Beside(np.arange(self.shape[1]), added, np.zeros(self.shape[0]))
        share = self._share_of_history(settings)
        if not share:
            return Beside(np.empty(0, np.int64), np.empty((self.shape[0], 0)), np.zeros(self.shape[0]))
        there, columns = self._columns_of_earlier
        added = share * np.sqrt(self._likely[:, columns])
        return Beside(there, added, share * np.sqrt(self._chances.max(axis=1)))

    def _products(self, left: csr_matrix, right: csr_matrix) -> Floats:
        """The dot products of the subjects' rows with the candidates', at most 1, as far as they are wanted."""
        if self._wanted is None:
            return dot_products(left, right)
        # Where there are few candidates all pairs are wanted, and nobody needs the compiler of this loop.
        from matching.sparse.products import masked_dot_products

        return masked_dot_products(left, right, self._wanted)

    def _weigh(
        self, settings: RulesetSettings, part: Callable[[PartName], Floats], parts: Sequence[PartName] = PARTS
    ) -> Floats:
        total: Floats = np.zeros(self.shape)
        for name in parts:
            if share := self._share(settings, name):
                total += share * part(name)
        return total

    def _share(self, settings: RulesetSettings, part: ScorePart) -> float:
        return settings.share(self.subject_kind, self.kind, part)

    @cached_property
    def region(self) -> Floats:
        """Shared territories; between two authorities, the corridors that tie theirs, or one lying within the other."""
        if self.are_authorities:
            beyond = self._knowledge.corridors.beyond(self.subjects)
            tied = np.maximum(self._products(beyond, self.candidates.steps), NESTED * self._nested)
            return np.maximum(tied, NEIGHBOURS * self._near, out=tied)
        return self._products(self.subjects.covered(self.kind), self.candidates.covered(self.subject_kind))

    @cached_property
    def _near(self) -> Floats:
        """How near two authorities lie to each other."""
        return self._products(self.subjects.surroundings, self.candidates.surroundings)

    @cached_property
    def _nested(self) -> Floats:
        """1 where one of two authorities governs part of the other's territory."""
        nested = np.zeros(self.shape)
        for row, subject in enumerate(self.subjects.traits):
            for side, path in product(SIDES, authority_paths(subject)):
                if len(path) > 1:
                    nested[row, self.candidates.within(side, path[-1])] = 1.0
                for code in path[1:]:
                    nested[row, self.candidates.at(side, code)] = 1.0
        return nested

    def tie(self, row: int, position: int) -> Traits | None:
        """Whose corridor ties the territories of a subject and a candidate most closely, if anybody's does."""
        if row not in self._near_ends:
            self._near_ends[row] = self._knowledge.corridors.nearness(self.subjects.region[row])
        return self._knowledge.corridors.strongest(self._near_ends[row], self.candidates.region[position])

    @cached_property
    def sector(self) -> Floats:
        """Shared sectors."""
        mine, theirs = self.subjects.weighted(self._worth), self.candidates.weighted(self._worth)
        return self._products(mine.sector, theirs.sector)

    @cached_property
    def priority(self) -> Floats:
        """Shared or related priorities."""
        return self._products(self.subjects.priorities, self.candidates.priorities)

    @cached_property
    def text(self) -> Floats:
        """Likeness of words and of what they stand for."""
        mine, theirs = self.subjects.weighted(self._worth), self.candidates.weighted(self._worth)
        characters = CHARACTERS_SHARE * self._products(
            self.subjects.letters(self._worth), self.candidates.letters(self._worth)
        )
        return characters + (1 - CHARACTERS_SHARE) * self._products(mine.concepts, theirs.concepts)

    @cached_property
    def track_record(self) -> Floats:
        """How likely the candidates are by earlier partnerships; the root, so that the rare ones still differ."""
        likely = np.zeros(self.shape)
        if self._between.candidates:
            there, columns = self._columns_of_earlier
            likely[:, there] = self._likely[:, columns]
            newcomers, groups = self._newcomers
            likely[:, newcomers] = self._chances[:, groups]
        return self._as_wanted(self._as_part(likely))

    def _as_part(self, likely: Floats) -> Floats:
        """The part that likelihoods are; among authorities, how likely they are is a matter of their sizes too."""
        if self.are_authorities and self._between.candidates:
            self._between.lift(likely, self.subjects, self.candidates)
            np.minimum(likely, 1.0, out=likely)
        return np.sqrt(likely, out=likely)

    @cached_property
    def _columns(self) -> Positions:
        return self._between.columns_of(self.candidates)

    @cached_property
    def _groups(self) -> Positions:
        return self._between.newcomers.groups_of(self.candidates)

    @cached_property
    def _columns_of_earlier(self) -> tuple[Positions, Positions]:
        """Candidates with a history: where they stand here, and where among the earlier partnerships."""
        there = np.flatnonzero(self._columns >= 0)
        return there, self._columns[there]

    @cached_property
    def _newcomers(self) -> tuple[Positions, Positions]:
        """Candidates without a history: where they stand here, and of which group they are."""
        newcomers = np.flatnonzero(self._columns < 0)
        return newcomers, self._groups[newcomers]

    @cached_property
    def _chances(self) -> Floats:
        """How likely one newcomer of each group is to work with each subject."""
        return self._between.chances(self.subjects, self._likely)

    def _as_wanted(self, values: Floats) -> Floats:
        return values if self._wanted is None else values * self._wanted

    @cached_property
    def _likely(self) -> Floats:
        """How likely each candidate with a history is to work with each subject."""
        return self._between.likelihoods(self.subjects)

    def _likely_at_most(self) -> Floats:
        most = np.zeros(self.shape)
        if self._between.candidates:
            there, columns = self._columns_of_earlier
            if there.size:  # else nobody need be asked whom the subjects are like
                most[:, there] = self._between.at_most(self.subjects, columns)
            newcomers, groups = self._newcomers
            most[:, newcomers] = self._between.chances_at_most[groups]
        return self._as_part(most)

    def nearest_partner(self, row: int, position: int) -> str | None:
        """The earlier partner of a candidate that a subject is most like, if one of those nearest to it is."""
        column = int(self._columns[position])
        return None if column < 0 else self._between.nearest_partner(self._voices[row], column)

    @cached_property
    def _voices(self) -> list[Voices]:
        return self._between.voices(self.subjects)

    def concepts(self, row: int, position: int) -> tuple[SparseRow, SparseRow]:
        """What the words of a subject and of a candidate stand for."""
        return self.subjects.known[row].words.concepts, self.candidates.known[position].words.concepts

    @property
    def _between(self) -> EarlierPartnerships:
        return self._knowledge.between(self.subject_kind, self.kind)

    @property
    def are_authorities(self) -> bool:
        """Whether authorities are compared with authorities."""
        return self.subject_kind is Kind.AUTHORITY and self.kind is Kind.AUTHORITY

    def with_history(self, settings: RulesetSettings) -> Positions:
        """The candidates whose earlier partnerships count in a ruleset."""
        return self._columns_of_earlier[0] if self._share_of_history(settings) else np.empty(0, np.int64)

    def _share_of_history(self, settings: RulesetSettings) -> float:
        """The weight of the track record; 0 where nobody has one."""
        return self._share(settings, "track_record") if self._between.candidates else 0.0

    def shortlists(
        self, settings: RulesetSettings, depth: int, *, least: float, allowed: Sequence[NDArray[np.bool_]]
    ) -> "Shortlists":
        """The best allowed candidates by the parts that are dot products: all but those :meth:`beside`."""
        index = self.candidates.index(self._worth, self.subject_kind)
        parts, tail = self.subjects.inner_parts(self._worth, self.kind)
        weights = inner_weights(settings, self.subject_kind, self.kind)
        return index.best(parts, tail, weights, depth, least=least, allowed=allowed)

    def reached(self, settings: RulesetSettings, floors: Floats) -> NDArray[np.bool_]:
        """To which subjects, unless all are authorities, any candidate without a history may score at least their floor."""
        index = self.subjects.index(self._worth, self.kind)
        parts, tail = self.candidates.inner_parts(self._worth, self.subject_kind)
        weights = inner_weights(settings, self.subject_kind, self.kind)
        otherwise = self._newcomers_at_most(settings) + self._share(settings, "preferences")
        return index.reached(parts, tail, weights, floors - otherwise)

    def _newcomers_at_most(self, settings: RulesetSettings) -> float:
        """What a track record adds to the score of any candidate without a history at most."""
        share = self._share_of_history(settings)
        if not share:
            return 0.0
        return share * float(np.sqrt(self._between.chances_at_most[self._newcomers[1]].max(initial=0.0)))

    def among(self, positions: NDArray[np.int64], wanted: NDArray[np.bool_] | None = None) -> "Similarities":
        """The similarities with some of the candidates; what is known of them already is not computed again."""
        candidates = self.candidates.some(positions, self._worth)
        some = Similarities(self._knowledge, self.subjects, candidates, wanted, self._on)
        return self._handed_on(some, slice(None), positions)

    def of(self, rows: Sequence[int]) -> "Similarities":
        """The similarities of some of the subjects; what is known of them already is not computed again."""
        subjects = self.subjects.some(np.array(rows), self._worth)
        some = Similarities(self._knowledge, subjects, self.candidates, on=self._on)
        return self._handed_on(some, rows, slice(None))

    def _handed_on(
        self, some: "Similarities", rows: slice | Sequence[int], positions: slice | Positions
    ) -> "Similarities":
        """``some`` of the subjects and candidates, with what is known of them."""
        some._columns = self._columns[positions]
        if self._between.candidates:
            some._groups = self._groups[positions]
        if self._preferred is not None:
            settings, bonuses = self._preferred
            few = bonuses[rows] if isinstance(rows, slice) else [bonuses[row] for row in rows]
            some._preferred = settings, [bonus[positions] for bonus in few]
        known = self.__dict__
        for name in {"_likely", "_chances"} & known.keys():
            some.__dict__[name] = known[name][rows]
        if self.are_authorities and "region" in known:
            some.region = some._as_wanted(self.region[rows][:, positions])
        return some

    @property
    def _worth(self) -> Rarities:
        return self._profiles.rarities


def inner_weights(settings: RulesetSettings, subject: Kind, candidate: Kind) -> list[float]:
    """The weights of the blocks that :meth:`matching.profiles.KindProfiles.inner_parts` gives, in their order."""
    region, sector, priority, text = (
        settings.share(subject, candidate, part) for part in ("region", "sector", "priority", "text")
    )
    # Between two authorities territories are no dot product: see Similarities.region.
    parts = [0.0 if subject is candidate is Kind.AUTHORITY else region, sector, priority]
    return [*parts, (1 - CHARACTERS_SHARE) * text, CHARACTERS_SHARE * text]
