"""``python -m bench.same_lists REVISION``: whether every list is the same, to the last bit, as at a former revision.

Suggestions with their reasons, near misses, proposed sectors, conditions and scores of named pairs are compared, on the
documented profiles and on generated ones. The former revision is checked out beside the tree and given the same records.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
ON = date(2026, 11, 1)
K = 20
PARTNERSHIPS_PER_PAIRING = 400
"""Generated partnerships of associations with authorities, and as many of projects with programmes."""
Record = dict[str, Any]


def main() -> None:
    """Compare, and say how many answers differ; ends with 1 if any does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="what to compare with: a commit, a branch or a tag")
    parser.add_argument("--profiles", type=int, default=4_000, help="generated profiles")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data.json"
        data.write_text(json.dumps(_data(wanted.profiles)), "utf-8")
        former = folder / "former"
        _git("worktree", "add", "--quiet", "--detach", str(former), wanted.revision)
        try:
            answers = [_answers_in(tree, data) for tree in (former, ROOT)]
        finally:
            _git("worktree", "remove", "--force", str(former))
    differing = [
        key for key in answers[0].keys() | answers[1].keys() if answers[0].get(key) != answers[1].get(key)
    ]
    print(
        json.dumps({"answers": len(answers[1]), "differing": len(differing), "some": sorted(differing)[:10]})
    )
    raise SystemExit(bool(differing))


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)  # noqa: S607


def _answers_in(tree: Path, data: Path) -> Mapping[str, str]:
    """The answers of the ``matching`` room of a tree; this very file asks there."""
    asked = subprocess.run(
        [sys.executable, __file__, str(data)],
        cwd=tree,
        env={"PYTHONPATH": str(tree)},
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, str] = json.loads(asked.stdout)
    return found


def _data(profiles: int) -> Record:
    """The records and partnerships to be matched."""
    from seed.documented.loader import load_documented
    from seed.loading import seed_database
    from seed.synthetic import patterns
    from seed.synthetic.generator import Generator
    from seed.synthetic.spots import Spots
    from service.clock import now
    from service.db import migrate
    from service.db.engine import open_engine
    from service.db.session import reading, unit_of_work
    from service.profiles.records import matching_record
    from service.rules.service import ensure_active_ruleset
    from service.suggestions import repository

    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'lists.sqlite3'}")
        migrate.upgrade(engine)
        seed_database(engine, lambda _said: None, documented=False)
        with unit_of_work(engine) as session:
            ensure_active_ruleset(session, now())
            load_documented(session, now())
        with reading(engine) as session:
            stored = {
                item.number: matching_record(item) for item in repository.profiles_changed_since(session, -1)
            }
            pairs = [
                [stored[one]["key"], stored[other]["key"], since]
                for one, other, since in repository.track_record(session)
            ]
            generator = Generator(Spots.of(session, patterns.countries()), 1)
        engine.dispose()
    generated = list(islice(generator.records(profiles), profiles))
    return {
        "documented": {"records": list(stored.values()), "pairs": pairs},
        "generated": {"records": generated, "pairs": _partnerships(generated)},
    }


def _partnerships(records: Sequence[Record]) -> list[list[str]]:
    drawn = Random(1)  # noqa: S311 - to be reproducible, not secret
    keys: dict[str, list[str]] = {}
    for record in records:
        keys.setdefault(record["kind"], []).append(record["key"])
    pairings = (("association", "authority"), ("project", "programme"), ("authority", "authority"))
    return [
        [drawn.choice(keys[one]), drawn.choice(keys[other]), str(drawn.randint(2005, 2025))]
        for one, other in pairings
        for _ in range(PARTNERSHIPS_PER_PAIRING)
    ]


def _ask(data: Mapping[str, Record]) -> Iterator[tuple[str, Any]]:
    """All answers by what was asked. Uses only what every revision has."""
    from matching import PartnershipModel

    for name, given in data.items():
        records = given["records"]
        model = PartnershipModel().fit(records, given["pairs"])
        lists = model.suggest(records, K, on=ON)
        for record, found in zip(records, lists, strict=True):
            key = f"{name} {record['key']}"
            yield f"list {key}", [_told(item) for item in found]
            if record["kind"] != "programme":
                yield f"sectors {key}", repr(model.propose_sectors(record))
        for record, found in zip(records[::5], lists[::5], strict=True):
            key = f"{name} {record['key']}"
            yield (
                f"pairs {key}",
                [_told(item) for item in model.score_pairs(record, [one.candidate for one in found], on=ON)],
            )
            if record["kind"] in ("association", "project"):
                yield f"near misses {key}", repr(model.near_misses(record, on=ON))
        floors = {
            record["key"]: found[9].score
            for record, found in zip(records, lists, strict=True)
            if len(found) > 9
        }
        for record in records[::50]:
            yield f"reached {name} {record['key']}", sorted(model.subjects_reached([record["key"]], floors))
        changed = [
            one | {"description": other.get("description"), "sectors": other.get("sectors")}
            for one, other in zip(records[::40], records[1::40], strict=False)
        ]
        model.update(changed).remove([record["key"] for record in records[3::97]])
        for record, found in zip(records[::3], model.suggest(records[::3], K, on=ON), strict=True):
            yield f"changed {name} {record['key']}", [_told(item) for item in found]


def _told(item: Any) -> list[Any]:
    parts = [[part.name, part.weight.hex(), part.similarity.hex(), *part.because] for part in item.parts]
    return [item.candidate, item.score.hex(), parts]


def _digest(answer: Any) -> str:
    return blake2b(json.dumps(answer).encode(), digest_size=8).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].endswith(".json"):
        data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
        print(json.dumps({key: _digest(answer) for key, answer in _ask(data)}))
    else:
        main()
