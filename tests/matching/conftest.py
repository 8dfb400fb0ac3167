"""What tests of matching share: the loops of the index are compiled before any of them is needed."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _with_compiled_loops(compiled_loops: None) -> None:
    pass
