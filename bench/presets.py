"""``python -m bench.presets``: each preset previewed, activated and taken back on many organisations, lists compared."""

import argparse
import json
import tempfile
import time
from pathlib import Path

from schemas.language import Language
from seed.documented.loader import load_documented
from seed.loading import seed_database
from seed.synthetic.loader import load_synthetic
from service.app import create_app
from service.clock import now
from service.db import migrate
from service.db.session import unit_of_work
from service.rules.presets.shipped import NAMES
from service.rules.service import ensure_active_ruleset
from service.settings import Settings
from tests.service.client import Installation
from tests.service.round_trip import round_trip
from tests.service.workers import rematching


def main() -> None:
    """Go round, and say what came of it; ends with 1 where lists are not as they were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=20_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'presets.sqlite3'}"
        settings = Settings(database_url=url, data_dir=folder, default_language=Language.EN, _env_file=None)
        installation = Installation(create_app(settings))
        engine = installation.app.state.engine
        migrate.upgrade(engine)
        seed_database(engine, lambda _said: None, documented=False)
        with unit_of_work(engine) as session:
            ensure_active_ruleset(session, now())
            load_documented(session, now())
        load_synthetic(engine, wanted.profiles, 1, lambda _done, _total: None)
        rematching(installation)()
        installation.app.state.index.prepare()
        told = [_tell(installation, key) for key in NAMES]
        installation.close()
    raise SystemExit(not all(told))


def _tell(installation: Installation, key: str) -> bool:
    begun = time.perf_counter()
    trip = round_trip(installation, key)
    same = trip.before == trip.taken_back == trip.after
    told = {
        "preset": key,
        "preview": trip.preview["detail"],
        "suggestions": len(trip.before),
        "identical after the round trip": same,
        "seconds": round(time.perf_counter() - begun, 1),
    }
    print(json.dumps(told))
    return same


if __name__ == "__main__":
    main()
