"""What ``passerelle bench model`` measures is what it says, at a small size."""

from dataclasses import asdict

import pytest
from sqlalchemy import Engine

from bench.model import measure
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.clock import now
from service.db.session import reading


@pytest.mark.usefixtures("compiled_loops")
def test_all_figures_are_there_and_make_sense(engine: Engine) -> None:
    with reading(engine) as session:
        generator = Generator(Spots.of(session, patterns.countries()), 1)
    found = measure(generator, 300, now().date(), lambda _said: None)
    assert found.profiles == 300
    assert found.one_subject_p50_ms <= found.one_subject_p99_ms
    assert all(value >= 0 for value in asdict(found).values())
