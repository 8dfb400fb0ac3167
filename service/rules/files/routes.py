"""``/rulesets/files``: rulesets as YAML, to be read, kept and put in by people and by machines."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request, Response

from matching import RuleKey
from schemas.inputs import JsonObject
from schemas.translation import message
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import Invalid, NotFound, language_of
from service.http.guarded_routes import GuardedRouter
from service.rules.files.service import as_yaml, put_file
from service.rules.service import states_seen_by
from service.rules.showing import answer
from service.rules.views import RulesetPublic
from service.rulesets import repository
from service.rulesets.service import find_ruleset
from service.security.authentication import Caller, Steward
from service.vocabularies.wording import Wording

YAML = "application/yaml"
router = GuardedRouter(prefix="/rulesets", tags=["rules"])
FileKey = Annotated[RuleKey, Path(description="A name of your own for the file, such as `region-first`.")]
IN_YAML: JsonObject = {YAML: {"schema": {"type": "object"}}}
AS_YAML: dict[int | str, JsonObject] = {200: {"content": IN_YAML}}


async def _text_of(request: Request) -> str:
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError:
        raise Invalid.at("", message("The file is not UTF-8.")) from None


@router.get("/files/{key}", response_class=Response, responses=AS_YAML)
def read_ruleset_file(key: FileKey, request: Request, session: ReadingSession, _actor: Steward) -> Response:
    """The newest ruleset that was put in under this key, as a file."""
    found = repository.newest_of_key(session, key)
    if found is None:
        raise NotFound(message("No ruleset was imported under this key."))
    return Response(as_yaml(found, Wording(session, language_of(request))), media_type=YAML)


@router.put(
    "/files/{key}",
    response_model=RulesetPublic,
    responses={201: {"model": RulesetPublic}},
    openapi_extra={"requestBody": {"required": True, "content": IN_YAML}},
)
def put_ruleset_file(
    key: FileKey,
    text: Annotated[str, Depends(_text_of)],
    request: Request,
    session: WritingSession,
    actor: Steward,
) -> Response:
    """Have a draft say what a file says. The same file again changes nothing; nobody is touched before it is activated."""
    ruleset, made = put_file(session, key, text, author=actor.name, now=now())
    return answer(request, session, ruleset, status=201 if made else 200)


@router.get("/{ruleset_id}/file", response_class=Response, responses=AS_YAML)
def read_as_file(ruleset_id: UUID, request: Request, session: ReadingSession, actor: Caller) -> Response:
    """A ruleset as a YAML file that reads well, and is read back the same."""
    ruleset = find_ruleset(session, ruleset_id, states_seen_by(actor))
    return Response(as_yaml(ruleset, Wording(session, language_of(request))), media_type=YAML)
