"""Write generated organisations as JSON lines to standard output."""

import json
import sys
from pathlib import Path

from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.db.engine import open_engine
from service.db.session import reading

if __name__ == "__main__":
    database, count = Path(sys.argv[1]), int(sys.argv[2])
    engine = open_engine(f"sqlite:///{database}")
    with reading(engine) as session:
        generator = Generator(Spots.of(session, patterns.countries()), 1)
    for record in generator.records(count):
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    engine.dispose()
