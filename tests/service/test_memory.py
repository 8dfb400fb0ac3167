"""Memory that is given back at once: what holds a model is in no cycle, which would keep it until a rare collection."""

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation
from tests.service.examples import register

OUR_ROOMS = ("matching", "service", "schemas")
LARGE_BYTES = 10_000


@pytest.fixture
def _uncollected() -> Iterator[None]:
    """No collection but those that are asked for, and what they find is kept to be looked at."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def cyclic_garbage() -> list[object]:
    """Objects of ours and large arrays that only a collection frees."""
    gc.collect()
    found = list(gc.garbage)
    gc.garbage.clear()
    arrays = (part for each in found for part in gc.get_referents(each) if isinstance(part, np.ndarray))
    ours = [each for each in found if type(each).__module__.partition(".")[0] in OUR_ROOMS]
    return [*ours, *(array for array in arrays if array.nbytes > LARGE_BYTES)]


def activate_draft(steward: Any, number: int, *, previewed: bool) -> None:
    draft = steward.post("/rulesets", json={"name": f"round {number}", "reason": "a round"}).json()
    address = f"/rulesets/{draft['id']}"
    changes = {
        "weights": draft["weights"] | {"text": 0.1, "track_record": 0.2},
        "min_score": 0.03 + number / 1000,
    }
    assert steward.patch(address, json=changes, headers={"If-Match": "*"}).status_code == 200
    if previewed:
        assert steward.post(f"{address}/preview", json={}).status_code == 200
    assert steward.post(f"{address}/activate", json={"reason": "a round"}).status_code == 200


@pytest.mark.usefixtures("_uncollected")
def test_no_model_is_left_to_the_collector(documented: Installation) -> None:
    steward = documented.client("steward")
    engine = documented.app.state.engine
    rematch = Rematching(engine, MatchIndex(engine))
    for number in range(2):
        club = register(steward, key=f"c{number}", name=f"Cercle {number}")
        assert steward.get(f"/associations/{club['id']}/suggestions").status_code == 200
        rematch()
        activate_draft(steward, number, previewed=bool(number))
        rematch()
    assert cyclic_garbage() == []
