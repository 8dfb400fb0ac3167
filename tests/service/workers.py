"""A worker that computes stored lists, as tests want it."""

from typing import Any

from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation


def rematching(installation: Installation, **options: Any) -> Rematching:
    """A worker with a replica of the model of its own; called, it does all there is to do."""
    engine = installation.app.state.engine
    return Rematching(engine, MatchIndex(engine), **options)
