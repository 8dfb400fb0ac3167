"""Rules that come into force and are taken back: the stored lists before, meanwhile and after."""

from typing import NamedTuple

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from schemas.inputs import JsonObject
from service.db.session import reading
from service.db.tables import StoredSuggestion
from service.rulesets import generation_repository as generations
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching


class RoundTrip(NamedTuple):
    """What a preview said of some rules, and the lists that were shown under the rules before, after the preview, under the
    new rules, after these were taken back, and when all had been computed again after that."""

    preview: JsonObject
    before: list[str]
    previewed: list[str]
    meanwhile: list[str]
    taken_back: list[str]
    after: list[str]


def shown_rows(engine: Engine) -> list[str]:
    """Every suggestion that is shown, whole, in the order of the lists."""
    with reading(engine) as session:
        rows = select(StoredSuggestion).where(
            StoredSuggestion.ruleset_version == generations.shown_version(session)
        )
        ordered = rows.order_by(col(StoredSuggestion.subject_number), col(StoredSuggestion.rank))
        return [row.model_dump_json() for row in session.exec(ordered)]


def round_trip(engine: Engine, steward: TestClient, preset: str) -> RoundTrip:
    """Draft a preset, preview it, activate it and roll it back; lists are there already.

    Raises ``httpx.HTTPStatusError`` for a call that is refused.
    """

    def post(path: str, said: JsonObject) -> JsonObject:
        answer = steward.post(path, json=said).raise_for_status()
        found: JsonObject = answer.json()
        return found

    before = shown_rows(engine)
    path = f"/rulesets/{post(f'/rulesets/presets/{preset}', {})['id']}"
    preview = post(f"{path}/preview", {"back_test": False})
    previewed = shown_rows(engine)
    post(f"{path}/activate", {"reason": "to see"})
    Rematching(engine, MatchIndex(engine))()
    meanwhile = shown_rows(engine)
    post("/rulesets/rollback", {"reason": "as before"})
    taken_back = shown_rows(engine)
    Rematching(engine, MatchIndex(engine))()
    return RoundTrip(preview, before, previewed, meanwhile, taken_back, shown_rows(engine))
