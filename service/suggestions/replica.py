"""A replica of the matching model in this process, which takes in what the database has committed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlmodel import Session

from matching import RulesetSettings
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from service.corridors.saving import CORRIDOR_CHANGES
from service.db.backup import EPOCH
from service.db.counters import counter_values
from service.db.tables import Profile, Ruleset, Territory
from service.partnerships.repository import PARTNERSHIP_CHANGES
from service.profiles.records import matching_record
from service.suggestions import repository
from service.suggestions.capacity import DECISION_CHANGES
from service.vocabularies.resolution import as_place

if TYPE_CHECKING:
    from matching import PartnershipModel

PROFILES = "profile"
"""The sequence that counts the changes of profiles."""
RELOADING = (EPOCH, CORRIDOR_CHANGES)
"""After a change of these everything is loaded from the start."""
INCREMENTAL = (PROFILES, PARTNERSHIP_CHANGES, DECISION_CHANGES)
ChangeNumbers = Mapping[str, int]
"""By sequence, the number of the last change that was taken in."""


class ModelReplica:
    """The model under the ruleset that was asked for last, and perhaps one that is ready under the next.

    Attributes
    ----------
    keys
        By number, the key of each published profile.
    seen
        The changes that were taken in; ``None`` before anything is loaded.
    loads
        How often everything was loaded from the start.
    model
        The model; there is none before the first :meth:`catch_up`.
    """

    def __init__(self) -> None:
        self.keys: dict[int, str] = {}
        self.seen: ChangeNumbers | None = None
        self.loads = 0
        self.model: PartnershipModel
        self._version: int | None = None
        self._next: tuple[JsonObject, PartnershipModel] | None = None

    def catch_up(self, session: Session) -> None:
        """Take in every change that has been committed since the last time."""
        last = counter_values(session)
        if self.seen is None or self._differs(last, RELOADING):
            self._load(session)
        else:
            if self._differs(last, (PROFILES,)):
                self._take_profiles(session, since=self.seen.get(PROFILES, 0))
            if self._differs(last, (PARTNERSHIP_CHANGES,)):
                self._take_track_record(session)
            if self._differs(last, (PARTNERSHIP_CHANGES, DECISION_CHANGES)):
                self._take_open_introductions(session)
        self.seen = last

    def _differs(self, last: ChangeNumbers, sequences: Iterable[str]) -> bool:
        seen = self.seen or {}
        return any(last.get(name) != seen.get(name) for name in sequences)

    def changes_since(self, seen: ChangeNumbers) -> int | None:
        """How many changes were taken in since then; ``None`` if everything was loaded from the start."""
        if self._differs(seen, RELOADING):
            return None
        present = self.seen or {}
        return sum(present.get(name, 0) - seen.get(name, 0) for name in INCREMENTAL)

    def follow(self, ruleset: Ruleset) -> "PartnershipModel":
        """The model, which from here on is under this ruleset."""
        if self._version != ruleset.version:
            if self._next is not None and self._next[0] == ruleset.settings:
                self.model = self._next[1]
            else:
                self.model = self.under(ruleset)
            self._version, self._next = ruleset.version, None
        return self.model

    def under(self, ruleset: Ruleset) -> "PartnershipModel":
        """Another model under a ruleset; the replica itself stays under its own."""
        return self.model.with_ruleset(RulesetSettings.model_validate(ruleset.settings))

    def keep_ready(self, ruleset: Ruleset, model: "PartnershipModel") -> None:
        """Take over a model that was warmed up under a ruleset: now if it is the one followed, else when it is."""
        if self._version == ruleset.version:
            self.model = model
        else:
            self._next = ruleset.settings, model

    def track_record(self, session: Session) -> list[tuple[str, str, str | None]]:
        """The partnerships between published profiles: query, candidate (keys) and since when."""
        return [
            (self.keys[query], self.keys[candidate], since)
            for query, candidate, since in repository.track_record(session)
            if query in self.keys and candidate in self.keys
        ]

    @property
    def _models(self) -> "Iterator[PartnershipModel]":
        """The model and, where there is one, that which is ready to take its place: both are kept up."""
        yield self.model
        if self._next is not None:
            yield self._next[1]

    def _load(self, session: Session) -> None:
        from matching import PartnershipModel

        self.keys, self.loads = {}, self.loads + 1
        self._version = self._next = None
        records = self._add(repository.profiles_changed_since(session, -1))
        corridors = [corridor_record(*corridor) for corridor in repository.corridors(session)]
        self.model = PartnershipModel().fit(records, self.track_record(session), context=corridors)
        self._take_open_introductions(session)

    def _take_profiles(self, session: Session, since: int) -> None:
        gone = repository.profiles_deleted_since(session, since)
        changed = list(repository.profiles_changed_since(session, since))
        former = self._drop([*gone, *(profile.number or 0 for profile in changed)])
        records = self._add(changed)
        for model in self._models:
            model.remove(former).update(records)

    def _take_track_record(self, session: Session) -> None:
        pairs = self.track_record(session)
        for model in self._models:
            model.set_track_record(pairs)

    def _take_open_introductions(self, session: Session) -> None:
        waiting = repository.who_waits(session)
        for model in self._models:
            model.set_open_introductions(waiting)

    def _add(self, found: Iterable[Profile]) -> list[JsonObject]:
        records = []
        for profile in found:
            if profile.published:
                self.keys[profile.number or 0] = profile.key
                records.append(matching_record(profile))
        return records

    def _drop(self, numbers: Iterable[int]) -> list[str]:
        return [key for number in numbers if (key := self.keys.pop(number, None)) is not None]


def corridor_record(origin: Territory, residence: Territory, stock: int | None) -> JsonObject:
    """A known corridor as matching takes it: so many people, of whom nothing else is known."""
    return {
        "people": stock,
        "kind": Kind.ASSOCIATION.value,
        "key": f"corridor:{origin.code}:{residence.code}",
        "origin": [as_place(origin).model_dump(mode="json")],
        "residence": [as_place(residence).model_dump(mode="json")],
    }
