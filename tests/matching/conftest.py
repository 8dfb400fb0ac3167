"""What tests of matching share: loops that one process compiles for all."""

from pathlib import Path

import pytest

from bench.harness.databases import made_once
from matching import compile_loops


@pytest.fixture(scope="session", autouse=True)
def _loops_compiled_once(shared_folder: Path) -> None:
    """In a fresh clone compiling takes some nine seconds, which each process of a run would spend again."""
    with made_once(shared_folder / "loops") as to_make:
        if to_make:
            compile_loops()
