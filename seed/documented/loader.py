"""Loads the documented initiatives: profiles, precedents, partnerships and corridors."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, update

from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import NamedPlace
from seed.documented import reading
from service.db.counters import counter_value, next_changes, set_counter
from service.db.tables import Corridor, Precedent, Profile
from service.outbox.announcing import announce_profiles
from service.partnerships import repository as partnerships
from service.partnerships.repository import PARTNERSHIP_CHANGES
from service.partnerships.service import save_partnership
from service.precedents.repository import DOCUMENTED_VERSION
from service.profiles import repository as profiles
from service.profiles.saving import examine_record, store_records
from service.profiles.validation import PlaceFinder

CONTENT_VERSION = 3
"""Raised when what is documented grows: the next start then loads what is new."""
ORDER = ("key", "name", "kind", "description", "origin", "residence", "sectors", "priorities", "since", "until", "helped", "hindered", "profiles", "actors", "source")  # fmt: skip


class SeedError(Exception):
    """A documented fact that cannot be stored: the data and the vocabularies disagree."""


def load_documented(session: Session, now: datetime) -> None:
    """Store everything that the report documents, once: what somebody changes or deletes later stays so.

    Raises ``SeedError`` when a place or sector of a documented fact is not found.
    """
    if counter_value(session, DOCUMENTED_VERSION) == CONTENT_VERSION:
        return
    set_counter(session, DOCUMENTED_VERSION, CONTENT_VERSION)
    finder = PlaceFinder(session)
    _load_profiles(session, finder, now)
    _load_partnerships(session, now)
    for origin, residence, source, statement in reading.corridors():
        session.merge(Corridor(origin=origin, residence=residence, source=source[:200], statement=statement))
    for practice in reading.practices():
        session.merge(Precedent(key=practice["key"], document=_resolved(practice, finder)))


def _load_profiles(session: Session, finder: PlaceFinder, now: datetime) -> None:
    records = reading.profile_records()
    known = profiles.by_keys(session, (record["key"] for record, _ in records))
    untouched = {key for key, profile in known.items() if profile.confirmed_at is None}
    loaded = [
        (record, sources)
        for record, sources in records
        if record["key"] not in known or record["key"] in untouched
    ]
    examined = [examine_record(record, None, finder, Language.EN, sources) for record, sources in loaded]
    for item in examined:
        if item.remarks:
            raise SeedError(f"{item.key}: {item.remarks}")
    store_records(session, examined, now)
    # What a report tells of programmes was never confirmed by those who run them.
    programmes = [item.key for item in examined if item.kind is Kind.PROGRAMME]
    session.execute(update(Profile).where(col(Profile.key).in_(programmes)).values(confirmed_at=None))


def _load_partnerships(session: Session, now: datetime) -> None:
    next_changes(session, PARTNERSHIP_CHANGES)
    pairs = reading.partnerships()
    sides: dict[str, Profile] = profiles.by_keys(session, (key for pair in pairs for key in pair[:2]))
    for one, other, source, since in pairs:
        if one not in sides or other not in sides:
            continue  # somebody has deleted a documented profile; it stays deleted
        query, candidate = sides[one], sides[other]
        if partnerships.between(session, query.number or 0, candidate.number or 0) is None:
            announce_profiles(session, [query.number or 0, candidate.number or 0], now)
            save_partnership(session, query, candidate, since=since, status=None, now=now, source=source)


def _resolved(practice: dict[str, Any], finder: PlaceFinder) -> dict[str, Any]:
    document = {name: practice[name] for name in ORDER if practice.get(name)}
    for side in ("origin", "residence"):
        document[side] = [
            place
            for given in practice.get(side, ())
            for place in finder.find(given if isinstance(given, str) else NamedPlace(**given)).documents
        ]
    return document
