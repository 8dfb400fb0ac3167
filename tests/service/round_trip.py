"""Rules that come into force and are taken back: the stored lists before, meanwhile and after."""

from typing import Any, NamedTuple

from sqlalchemy import Engine
from sqlmodel import col, select

from service.db.session import reading
from service.db.tables import StoredSuggestion
from service.rulesets import generation_repository as generations
from tests.service.client import Installation
from tests.service.workers import rematching


class RoundTrip(NamedTuple):
    """What a preview has told of some rules, and the lists that were shown under the rules before, under these, after
    these were taken back, and when all had been made anew after that."""

    preview: dict[str, Any]
    before: list[Any]
    meanwhile: list[Any]
    taken_back: list[Any]
    after: list[Any]


def shown_rows(engine: Engine) -> list[Any]:
    """Every suggestion that is shown, whole, in the order of the lists."""
    with reading(engine) as session:
        rows = select(StoredSuggestion).where(
            StoredSuggestion.ruleset_version == generations.shown_version(session)
        )
        ordered = rows.order_by(col(StoredSuggestion.subject_number), col(StoredSuggestion.rank))
        return [row.model_dump_json() for row in session.exec(ordered)]


def round_trip(installation: Installation, preset: str) -> RoundTrip:
    """Draft rules to begin with, preview them, have them in force, and take them back. Lists are there already."""
    steward, engine = installation.client("steward"), installation.app.state.engine
    before = shown_rows(engine)
    draft = steward.post(f"/rulesets/presets/{preset}")
    assert draft.status_code == 201, draft.text
    path = f"/rulesets/{draft.json()['id']}"
    preview = steward.post(f"{path}/preview", json={"back_test": False})
    assert preview.status_code == 200, preview.text
    assert shown_rows(engine) == before
    assert steward.post(f"{path}/activate", json={"reason": "to see"}).status_code == 200
    rematching(installation)()
    meanwhile = shown_rows(engine)
    assert steward.post("/rulesets/rollback", json={"reason": "as before"}).status_code == 200
    taken_back = shown_rows(engine)
    rematching(installation)()
    return RoundTrip(preview.json(), before, meanwhile, taken_back, shown_rows(engine))
