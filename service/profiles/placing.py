"""Stored profiles are placed again when the gazetteer has changed: a job that any start does once, and goes on with.

A code that was stored stays what it is; what it lies in is read from the gazetteer. Where a municipality was taken
for an area of its name, or a name that was not known is known now, the place is found again.
What changed is listed among the remarks of the job, which a steward sees under ``/jobs``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import NamedPlace
from schemas.records import PLACE_FIELDS, Level
from schemas.translation import Message, message
from schemas.wording import render
from service.clock import now
from service.db.counters import counter_value, next_changes, set_counter
from service.db.session import reading, unit_of_work
from service.db.tables import Profile, Territory
from service.jobs.service import Requester, resume_or_begin_command
from service.jobs.work import JobAtWork, claim, perform
from service.outbox.announcing import announce_profiles
from service.profiles import repository
from service.profiles.duplicates import Written
from service.profiles.records import content_columns, places_in
from service.profiles.saving import index_documents
from service.profiles.validation import PlaceFinder
from service.vocabularies.resolution import as_place

PLACING_JOB = "placing"
PLACED_VERSION = "placed"
"""The counter that holds the version of the gazetteer by which profiles were placed last."""
BATCH = 500
BY = "gazetteer"


@dataclass(slots=True)
class PlacedAgain:
    """A profile whose document changed, and what is said of its places."""

    profile: Profile
    document: JsonObject
    remarks: list[tuple[str, Message]] = field(default_factory=list)


def is_placed(engine: Engine, version: int) -> bool:
    """Whether all profiles are placed by this version of the gazetteer."""
    with reading(engine) as session:
        return counter_value(session, PLACED_VERSION) == version


def place_profiles(engine: Engine, version: int, language: Language) -> int:
    """Place all stored profiles by this version of the gazetteer, unless that was done; how many changed.

    Goes on behind what an interrupted start had done. Raises nothing for a single profile: what cannot be placed
    stays as it is.
    """
    if is_placed(engine, version):
        return 0
    settings = {"gazetteer": version, "language": language.value}
    with unit_of_work(engine) as session:
        if not repository.greatest_number(session):
            set_counter(session, PLACED_VERSION, version)
            return 0
        job = resume_or_begin_command(
            session, PLACING_JOB, settings, fingerprint=f"{BY} {version}", by=Requester.command(BY), now=now()
        )
        claimed = claim(session, job.id)
    if claimed is None:
        return 0
    at_work = JobAtWork(engine, claimed)
    perform(at_work, _place_all)
    if at_work.job.state == "done":
        with unit_of_work(engine) as session:
            set_counter(session, PLACED_VERSION, version)
    return int(at_work.job.counts.get("updated", 0))


def _place_all(at_work: JobAtWork) -> None:
    counts = {name: at_work.job.counts.get(name, 0) for name in ("updated", "unchanged")}
    with reading(at_work.engine) as session:
        total = repository.greatest_number(session)
    at_work.begin(total, restart=False)
    while True:
        with unit_of_work(at_work.engine) as session:
            batch = repository.after_number(session, at_work.job.done, BATCH)
            if not batch:
                return
            placed = list(_placed_again(session, batch, at_work.language))
            _store(session, placed)
            counts["updated"] += len(placed)
            counts["unchanged"] += len(batch) - len(placed)
            last = batch[-1].number or 0
            at_work.checkpoint(session, last, counts, list(_remarks(placed, at_work.language)))
        at_work.committed()


def _placed_again(session: Session, profiles: Sequence[Profile], language: Language) -> Iterator[PlacedAgain]:
    finder = PlaceFinder(session)
    finder.look_up({place["code"] for profile in profiles for place in _coded_places(profile)})
    for profile in profiles:
        again = PlacedAgain(profile, dict(profile.document))
        for name in PLACE_FIELDS[Kind(profile.kind)]:
            value = profile.document.get(name)
            if isinstance(value, list):
                again.document[name] = [_place(place, name, again, finder, language) for place in value]
            elif value is not None:
                again.document[name] = _place(value, name, again, finder, language)
        if again.document != profile.document:
            yield again


def _coded_places(profile: Profile) -> list[JsonObject]:
    return [place for place in places_in(Kind(profile.kind), profile.document) if place.get("code")]


def _place(
    place: JsonObject, name: str, again: PlacedAgain, finder: PlaceFinder, language: Language
) -> JsonObject:
    """A place as the gazetteer knows it now; a remark says what it was if it lies elsewhere."""
    found = _meant(place, again.document.get("level"), finder)
    if found is None:
        return place
    document = as_place(found).model_dump(mode="json", exclude_none=True)
    if document["path"] != place.get("path"):
        before = " > ".join(place.get("path") or [place["country"]])
        again.remarks.append((name, _moved(place.get("place") or "", before, _name(found, finder, language))))
    return document


def _meant(place: JsonObject, level: Level | None, finder: PlaceFinder) -> Territory | None:
    """The territory that a stored place is now; ``None`` where nothing is known of it."""
    code = place.get("code")
    known = finder.territory(code) if code else None
    if code and (known is None or known.level != "subdivision" or level != "municipality"):
        return known
    if place.get("covers") or not place.get("place"):
        return known
    documents = finder.find(NamedPlace(country=place["country"], place=place["place"]), level).documents
    return finder.territory(documents[0]["code"]) if len(documents) == 1 else known


def _name(territory: Territory, finder: PlaceFinder, language: Language) -> str:
    [shown] = finder.shown([territory], language)
    return f"{shown['name']} ({shown['code']})"


def _moved(place: str, before: str, after: str) -> Message:
    return message(
        "“{place}” has changed territory. Before: {before}. Now: {after}.",
        place=place,
        before=before,
        after=after,
    )


def _store(session: Session, placed: Sequence[PlacedAgain]) -> None:
    if not placed:
        return
    first = next_changes(session, "profile", len(placed))
    instant = now()
    rows = [
        {
            **content_columns(Kind(item.profile.kind), item.document, instant),
            "number": item.profile.number,
            "version": item.profile.version + 1,
            "change_number": first + offset,
        }
        for offset, item in enumerate(placed)
    ]
    repository.update_profiles(session, rows)
    written = [Written(item.profile.number or 0, Kind(item.profile.kind), item.document) for item in placed]
    index_documents(session, written, fresh=False)
    announce_profiles(session, [item.number for item in written], instant)


def _remarks(placed: Iterable[PlacedAgain], language: Language) -> Iterator[JsonObject]:
    for item in placed:
        for name, said in item.remarks:
            yield {
                "rejected": False,
                "line": item.profile.number or 0,
                "field": name,
                "reason": f"{item.profile.name}: {render(language, said)}",
                "candidates": None,
            }
