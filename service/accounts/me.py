"""``/me``: who is calling, what is stored of it, and how to have all of that deleted."""

from uuid import UUID

from fastapi import Request, Response
from sqlmodel import Session

from schemas.me import Me, MyData
from service.accounts import repository
from service.accounts.service import SUBJECT
from service.accounts.views import token_view
from service.audit.log import write_down
from service.clock import now
from service.db.personal_data import Person, rows_of
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.profiles import repository as profiles
from service.profiles.service import delete_profile
from service.profiles.views import reference
from service.security.authentication import Actor, Member

router = GuardedRouter(prefix="/me", tags=["me"])


@router.get("")
def read_me(request: Request, session: ReadingSession, actor: Member) -> Me:
    """Whose token this is, what it may do, and for which organisation it speaks."""
    token, organisation = repository.with_organisation(session, UUID(actor.id))
    language = language_of(request)
    return Me(
        token=token_view(token, organisation, language, now()),
        organisation=reference(organisation, language) if organisation else None,
    )


@router.get("/data")
def read_my_data(session: ReadingSession, actor: Member) -> MyData:
    """All that is stored of the caller: of its token, its organisation and what belongs to that."""
    return MyData(token=UUID(actor.id), tables=rows_of(session, _person(session, actor)))


@router.delete("", status_code=204)
def delete_me(session: WritingSession, actor: Member) -> Response:
    """Delete all that is stored of the caller: its organisation with projects, programmes, partnerships, subscription and
    all its tokens; of a token without an organisation, the token. What the audit log says of it stays."""
    person, instant = _person(session, actor), now()
    profiles.hold(session, person.profiles)
    found = profiles.by_numbers(session, person.profiles)
    # What belongs to the organisation goes before it: it would belong to nobody after.
    for number in sorted(person.profiles, key=lambda each: each == actor.organisation_number):
        delete_profile(session, found[number], actor, instant)
    write_down(session, SUBJECT, person.token, "deleted", by=person.name, at=instant, name=actor.name)
    repository.delete_token(session, person.token)
    return Response(status_code=204)


def _person(session: Session, actor: Actor) -> Person:
    number = actor.organisation_number
    numbers = profiles.numbers_of_organisation(session, number) if number is not None else ()
    return Person(UUID(actor.id), actor.name, frozenset(numbers))
