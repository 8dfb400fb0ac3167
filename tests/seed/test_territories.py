"""The whole gazetteer, as a new installation loads it."""

from pathlib import Path

from sqlmodel import col, func, select

from seed.territories.loader import is_loaded, load_territories
from service.db.engine import open_engine
from service.db.session import reading
from service.db.tables import Territory
from service.preparation import prepare


def test_all_countries_subdivisions_and_localities_are_loaded_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'whole.sqlite3'}")
    prepare(engine)
    assert not is_loaded(engine)
    assert load_territories(engine) > 150_000
    assert is_loaded(engine)
    assert load_territories(engine) == 0
    with reading(engine) as session:
        rows = session.exec(select(Territory.level, func.count()).group_by(Territory.level)).all()
        orphans = session.exec(
            select(func.count())
            .select_from(Territory)
            .where(Territory.level != "country", col(Territory.parent).is_(None))
        ).one()
    found = dict(rows)
    assert found["country"] == 249
    assert found["subdivision"] > 5_000
    assert found["locality"] > 150_000
    assert orphans == 0
    engine.dispose()
