"""What is stored of a profile is valid by the model it is read with, whoever wrote it and whatever was done to it since."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.records import FIELDS
from service.db.session import reading
from service.db.tables import Profile
from service.profiles.records import as_input
from tests.properties.record_strategies import of_kind, records_of
from tests.service.client import Installation
from tests.service.examples import register
from tests.service.files import exported, import_bytes
from tests.sizes import examples

ORGANISATIONS = ("association", "authority")


@pytest.mark.parametrize("role", ["member", "steward"])
@pytest.mark.parametrize("kind", of_kind)
@settings(max_examples=examples(6), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_a_profile_is_read_changed_exported_and_imported_as_it_is(
    embedded: Installation, kind: str, role: str, data: st.DataObject
) -> None:
    plural = Kind(kind).plural
    sender = embedded.client(role)
    if role == "member" and kind not in ORGANISATIONS:
        register(sender, data.draw(st.sampled_from(["associations", "authorities"])))
    first, *others = data.draw(records_of(kind))
    answer = sender.post(f"/{plural}", json=_sent(first))
    assume(answer.status_code == 201)
    path = f"/{plural}/{answer.json()['id']}"

    said = sender.get(path).json()
    unchanged = sender.patch(path, json={})
    assert unchanged.status_code == 200, unchanged.text
    assert _content(unchanged.json()) == _content(said)
    for other in others:
        changed = sender.patch(path, json=_sent(other))
        assert changed.status_code in (200, 422), changed.text
    _check_stored_documents(embedded)

    steward = embedded.client("steward")
    before = exported(steward, kind, "jsonl")
    result = import_bytes(embedded, steward, before, format="jsonl")["result"]
    assert (result["created"], result["updated"], result["rejected"]) == (0, 0, []), before.decode()
    assert exported(steward, kind, "jsonl") == before


def _sent(record: JsonObject) -> JsonObject:
    return {name: value for name, value in record.items() if name not in ("kind", "key", "association")}


def _content(profile: JsonObject) -> dict[str, Any]:
    return {name: value for name, value in profile.items() if name not in ("updated_at", "confirmed_at")}


def _check_stored_documents(installation: Installation) -> None:
    with reading(installation.app.state.engine) as session:
        for profile in session.exec(select(Profile)):
            kind = Kind(profile.kind)
            FIELDS[kind].model_validate(as_input(kind, profile.document))
