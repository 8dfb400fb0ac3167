"""``/rulesets/presets``: rules to begin with."""

from typing import Annotated

from fastapi import Path, Request, Response

from matching import RuleKey
from schemas.wording import render
from service.clock import now
from service.db.session import WritingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.rules.files.routes import AS_YAML, YAML
from service.rules.files.service import draft_file
from service.rules.presets.shipped import preset, presets
from service.rules.showing import answer
from service.rules.views import RulesetPreset, RulesetPublic
from service.security.authentication import Steward

router = GuardedRouter(prefix="/rulesets/presets", tags=["rules"])
PresetKey = Annotated[RuleKey, Path(description="The key of rules to begin with, such as `region-first`.")]


@router.get("")
def list_presets(request: Request) -> list[RulesetPreset]:
    """Rules to begin with: what each is for, and where it is known from."""
    language = language_of(request)
    return [
        RulesetPreset(
            key=each.key,
            name=render(language, each.name),
            reason=render(language, each.reason),
            source=each.about.source or "",
        )
        for each in presets()
    ]


@router.get("/{preset_key}", response_class=Response, responses=AS_YAML)
def read_preset(preset_key: PresetKey) -> Response:
    """Rules to begin with as their file, to be read, or changed and put in under a key of your own."""
    return Response(preset(preset_key).text, media_type=YAML)


@router.post("/{preset_key}", response_model=RulesetPublic, status_code=201)
def draft_preset(
    preset_key: PresetKey, request: Request, session: WritingSession, actor: Steward, idempotent: Idempotent
) -> Response:
    """A draft of these rules. Nobody is touched before it is activated."""
    chosen, language = preset(preset_key), language_of(request)

    def drafted() -> Response:
        name, reason = render(language, chosen.name), render(language, chosen.reason)
        made = draft_file(session, chosen.text, name, reason, author=actor.name, now=now())
        return answer(request, session, made, status=201)

    return idempotent.once(session, drafted)
