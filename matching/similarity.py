"""How like each subject is to each candidate of one kind, part by part; each part is computed once."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from matching.corridors import Corridors
from matching.evidence import TrackRecord
from matching.features.region import NESTED, PEOPLE, authority_paths, coverage
from matching.profiles import KindProfiles, Known, Profiles, Rarities
from matching.rows import Floats, cosine, scaled_rows
from matching.traits import Traits
from schemas.kinds import Kind
from schemas.rules import PARTS, PartName, RulesetSettings

PARTNER_SHARES = {"region": 0.4, "sector": 0.25, "text": 0.35}
"""What makes a subject like an earlier partner; between profiles of one kind the ruleset has no weights."""


@dataclass
class Knowledge:
    """What a model knows, whoever asks."""

    profiles: Profiles
    earlier: Profiles
    track_record: TrackRecord

    @cached_property
    def corridors(self) -> Corridors:
        """The corridors in which the people of the known profiles live."""
        people = [
            item for kind in PEOPLE for item in (*self.profiles.of(kind).known, *self.earlier.of(kind).known)
        ]
        columns = self.profiles.columns
        return Corridors.of(KindProfiles(people, self.profiles.settings, columns), columns)

    def forget_corridors(self) -> None:
        """Read the corridors anew when they are next asked for: profiles have changed."""
        self.__dict__.pop("corridors", None)

    def under(self, settings: RulesetSettings) -> "Knowledge":
        """The same knowledge under another ruleset."""
        return Knowledge(self.profiles.under(settings), self.earlier.under(settings), self.track_record)


class Similarities:
    """Similarities of all subjects (rows, of one kind) with all candidates of a kind (columns)."""

    def __init__(self, known: "Knowledge", subjects: KindProfiles, candidates: KindProfiles) -> None:
        self._knowledge = known
        self._profiles, self._earlier, self._track_record = known.profiles, known.earlier, known.track_record
        self.subjects, self.candidates = subjects, candidates
        self.subject_kind = subjects.traits[0].kind
        self.kind = candidates.traits[0].kind

    @property
    def shape(self) -> tuple[int, int]:
        """How many subjects and how many candidates."""
        return len(self.subjects.keys), len(self.candidates.keys)

    def part(self, name: PartName) -> Floats:
        """One part, between 0 and 1."""
        values: Floats = getattr(self, name)
        return values

    def weighted(self, settings: RulesetSettings) -> Floats:
        """The scores: the parts by their weights in a ruleset."""
        weights = settings.weights_for(self.subject_kind, self.kind)
        total: Floats = np.zeros(self.shape)
        for name in PARTS:
            if weights.share(name):
                total += weights.share(name) * self.part(name)
        return total

    @cached_property
    def region(self) -> Floats:
        """Shared territories; between two authorities, the corridors that tie theirs, or one lying within the other."""
        if self.subject_kind is Kind.AUTHORITY and self.kind is Kind.AUTHORITY:
            beyond = self._knowledge.corridors.beyond(self._their_region)
            return np.maximum(cosine(beyond, self.candidates.region), NESTED * self._nested)
        candidates = self._covered(self.candidates, self.subject_kind)
        subjects = self._in_their_columns(self.subjects, self.kind)
        return cosine(subjects, candidates)

    @cached_property
    def _nested(self) -> Floats:
        """1 where one of two authorities governs part of the other's territory."""
        within: dict[str, list[int]] = defaultdict(list)
        governed: dict[str, list[int]] = defaultdict(list)
        for position, candidate in enumerate(self.candidates.traits):
            for path in authority_paths(candidate):
                governed[path[-1]].append(position)
                for code in path[1:]:
                    within[code].append(position)
        nested = np.zeros(self.shape)
        for row, subject in enumerate(self.subjects.traits):
            for path in authority_paths(subject):
                if len(path) > 1:
                    nested[row, within[path[-1]]] = 1.0
                for code in path[1:]:
                    nested[row, governed[code]] = 1.0
        return nested

    def tie(self, row: int, position: int) -> Traits | None:
        """Whose corridor ties the territories of a subject and a candidate most closely, if anybody's does."""
        return self._knowledge.corridors.strongest(self._their_region[row], self.candidates.region[position])

    @cached_property
    def _their_region(self) -> csr_matrix:
        return self._in_their_columns(self.subjects)

    @cached_property
    def sector(self) -> Floats:
        """Shared sectors."""
        return cosine(self.subjects.sector(self._worth), self.candidates.sector(self._worth))

    @cached_property
    def priority(self) -> Floats:
        """Shared or related priorities."""
        return cosine(self.subjects.priorities, self.candidates.priorities)

    @cached_property
    def text(self) -> Floats:
        """Likeness of words and of what they stand for."""
        return cosine(self.subjects.text(self._worth), self.candidates.text(self._worth))

    @cached_property
    def track_record(self) -> Floats:
        """Likeness to the nearest of those of the subject's kind with whom a candidate has worked."""
        likeness = np.zeros(self.shape)
        columns = {key: column for column, key in enumerate(self._partners.keys)}
        if not columns:
            return likeness
        near = self._likeness_to_partners
        for position, key in enumerate(self.candidates.keys):
            known = [
                columns[partner] for partner in self._track_record.partners_of(key) if partner in columns
            ]
            if known:
                likeness[:, position] = near[:, known].max(axis=1)
        return likeness

    def nearest_partner(self, row: int, position: int) -> str | None:
        """The earlier partner of a candidate that a subject is most like, if it is like any."""
        partners = set(self._track_record.partners_of(self.candidates.keys[position]))
        columns = [column for column, key in enumerate(self._partners.keys) if key in partners]
        if not columns:
            return None
        near = self._likeness_to_partners[row, columns]
        best = int(near.argmax())
        return self._partners.keys[columns[best]] if near[best] > 0 else None

    @cached_property
    def _partners(self) -> KindProfiles:
        keys = sorted({p for key in self.candidates.keys for p in self._track_record.partners_of(key)})
        found = [item for key in keys if (item := self._known(key)) and item.traits.kind is self.subject_kind]
        return KindProfiles(found, self._profiles.settings, self._profiles.columns)

    def _known(self, key: str) -> Known | None:
        return self._profiles.get(key) or self._earlier.get(key)

    @cached_property
    def _likeness_to_partners(self) -> Floats:
        subjects, partners = self.subjects, self._partners
        share_of_side = np.array([1 / max(1, len(item.shown_sides())) for item in subjects.traits])
        place = cosine(scaled_rows(self._their_region, share_of_side), partners.region)
        near: Floats = PARTNER_SHARES["region"] * place
        near += PARTNER_SHARES["sector"] * cosine(subjects.sector(self._worth), partners.sector(self._worth))
        near += PARTNER_SHARES["text"] * cosine(subjects.text(self._worth), partners.text(self._worth))
        near[np.array(subjects.keys)[:, None] == np.array(partners.keys)[None, :]] = 0.0
        return near

    @property
    def _worth(self) -> Rarities:
        return self._profiles.rarities

    def _in_their_columns(self, subjects: KindProfiles, against: Kind | None = None) -> csr_matrix:
        """The subjects' region rows in the candidates' columns; territories that no candidate has fall away."""
        rows = subjects
        if subjects.columns is not self._profiles.columns:
            rows = KindProfiles(subjects.known, self._profiles.settings, self._profiles.columns)
        return self._covered(rows, against) if against else rows.region

    @staticmethod
    def _covered(profiles: KindProfiles, against: Kind) -> csr_matrix:
        scale = np.array([coverage(item, against) for item in profiles.traits])
        return scaled_rows(profiles.region, scale)
