"""The surface of matching: what it names is there, and is imported only when it is used."""

import subprocess
import sys

import pytest

import matching


@pytest.mark.parametrize("name", sorted(matching.__all__))
def test_each_name_is_there(name: str) -> None:
    assert getattr(matching, name) is not None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(matching, "nothing")  # noqa: B009


def test_conditions_do_not_load_the_model() -> None:
    """Most commands need neither scikit-learn nor numba, which take long to import."""
    loaded = "import sys, matching; matching.max_open_introductions; print('sklearn' in sys.modules, 'numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["False", "False"]
