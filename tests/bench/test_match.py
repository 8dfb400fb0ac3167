"""What ``passerelle bench match`` measures is what it says, at a small size."""

import pytest
from sqlalchemy import Engine

from bench.match import measure
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.db.session import reading


@pytest.mark.usefixtures("compiled_loops")
@pytest.mark.parametrize(("nonzeros", "least", "most"), [(49, 40, 55), (0, 150, 500)])
def test_the_core_finds_what_is_exact(engine: Engine, nonzeros: int, least: int, most: int) -> None:
    with reading(engine) as session:
        generator = Generator(Spots.of(session, patterns.countries()), 1)
    found = measure(generator, 150, 400, nonzeros, lambda _said: None)
    assert found.overlap == found.changed_overlap == 1.0
    assert least < found.nonzeros_per_row < most
    assert min(found.ms_per_query, found.sklearn_ratio, found.sparse_dot_topn_ratio, found.peak_rss_mb) > 0
