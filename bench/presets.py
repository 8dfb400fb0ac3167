"""``python -m bench.presets``: each preset previewed, activated and taken back on many organisations, lists compared."""

import argparse
import json
import tempfile
import time
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bench.round_trip import round_trip
from schemas.language import Language
from seed.loading import seed_database
from seed.synthetic.loader import load_synthetic
from service.accounts.service import create_token
from service.app import create_app
from service.clock import now
from service.db.session import unit_of_work
from service.preparation import prepare
from service.rules.presets.shipped import NAMES
from service.security.authentication import AccountRole
from service.settings import Settings
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching


def main() -> None:
    """Go round, and say what came of it; ends with 1 where lists are not as they were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=20_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'presets.sqlite3'}"
        settings = Settings(database_url=url, data_dir=folder, default_language=Language.EN, _env_file=None)
        app = create_app(settings)
        engine = app.state.engine
        prepare(engine)
        seed_database(engine, lambda _said: None)
        load_synthetic(engine, wanted.profiles, 1, lambda _done, _total: None)
        Rematching(engine, MatchIndex(engine))()
        app.state.index.prepare()
        with unit_of_work(engine) as session:
            _, token = create_token(
                session, role=AccountRole.STEWARD, name="bench", organisation=None, by="bench", now=now()
            )
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        steward = TestClient(app, base_url="http://127.0.0.1:8000/api/v1", headers=headers)
        same = [_measured(engine, steward, key) for key in NAMES]
        engine.dispose()
    raise SystemExit(not all(same))


def _measured(engine: Engine, steward: TestClient, key: str) -> bool:
    begun = time.perf_counter()
    trip = round_trip(engine, steward, key)
    same = trip.before == trip.previewed == trip.taken_back == trip.after
    measured = {
        "preset": key,
        "preview": trip.preview["detail"],
        "suggestions": len(trip.before),
        "identical after the round trip": same,
        "seconds": round(time.perf_counter() - begun, 1),
    }
    print(json.dumps(measured))
    return same


if __name__ == "__main__":
    main()
