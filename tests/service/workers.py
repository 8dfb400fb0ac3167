"""A worker that computes stored lists, as tests want it."""

from typing import Any

import pytest
from sqlalchemy import Engine

from service.suggestions import rematching as module
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation

LISTS_AT_ONCE = 8
"""How many lists are stored in one transaction where tests end a worker on the way."""


def with_lists(engine: Engine) -> None:
    """Make everybody's lists, few at once. Scores of batches of another size may differ in their last bit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LISTS_PER_TRANSACTION", LISTS_AT_ONCE)
        Rematching(engine, MatchIndex(engine))()


def rematching(installation: Installation, **options: Any) -> Rematching:
    """A worker with a replica of the model of its own; called, it does all there is to do."""
    engine = installation.app.state.engine
    return Rematching(engine, MatchIndex(engine), **options)
