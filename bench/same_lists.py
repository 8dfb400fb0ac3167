"""``python -m bench.same_lists REVISION``: whether every list is the same, to the last bit, as at a former revision.

Compared are suggestions with their reasons, scores of named pairs, near misses, proposed sectors, reverse top-k, and lists
after changes, on the documented profiles and on generated ones. The former revision is checked out beside the tree and
gets the same records.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from schemas.inputs import JsonObject

ROOT = Path(__file__).parents[1]
ON = date(2026, 11, 1)
K = 20
COMPARED_PAIRINGS = (("association", "authority"), ("project", "programme"), ("authority", "authority"))
PARTNERSHIPS_PER_PAIRING = 400


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
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)  # noqa: S607 - the git of whoever develops


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


def _data(profiles: int) -> JsonObject:
    """The records and partnerships to be matched."""
    from bench.generated_profiles import drawn_partnerships, gazetteer, generator_of
    from bench.harness.databases import with_documented
    from service.db.session import reading
    from service.preparation import prepare
    from service.profiles.records import matching_record
    from service.suggestions import repository

    with gazetteer() as engine:
        prepare(engine)
        with_documented(engine)
        with reading(engine) as session:
            profiles_stored = repository.profiles_changed_since(session, -1)
            stored = {profile.number: matching_record(profile) for profile in profiles_stored}
            known = repository.track_record(session)
            pairs = [[stored[one]["key"], stored[other]["key"], since] for one, other, since in known]
            generated = list(islice(generator_of(session).records(profiles), profiles))
    drawn = Random(1)  # noqa: S311 - to be reproducible, not secret
    drawn_pairs = drawn_partnerships(generated, drawn, COMPARED_PAIRINGS, PARTNERSHIPS_PER_PAIRING)
    return {
        "documented": {"records": list(stored.values()), "pairs": pairs},
        "generated": {"records": generated, "pairs": drawn_pairs},
    }


def _ask(data: Mapping[str, JsonObject]) -> Iterator[tuple[str, Any]]:
    """All answers by what was asked. Uses only what every revision has."""
    from matching import PartnershipModel

    for name, given in data.items():
        records = given["records"]
        model = PartnershipModel().fit(records, given["pairs"])
        lists = model.suggest(records, K, on=ON)
        for record, found in zip(records, lists, strict=True):
            key = f"{name} {record['key']}"
            yield f"list {key}", [_as_json(item) for item in found]
            if record["kind"] != "programme":
                yield f"sectors {key}", [asdict(item) for item in model.propose_sectors(record)]
        for record, found in zip(records[::5], lists[::5], strict=True):
            key = f"{name} {record['key']}"
            yield (
                f"pairs {key}",
                [
                    _as_json(item)
                    for item in model.score_pairs(record, [one.candidate for one in found], on=ON)
                ],
            )
            if record["kind"] in ("association", "project"):
                yield f"near misses {key}", [asdict(item) for item in model.near_misses(record, on=ON)]
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
            yield f"changed {name} {record['key']}", [_as_json(item) for item in found]


def _as_json(item: Any) -> list[Any]:
    parts = [[part.name, part.weight.hex(), part.similarity.hex(), *part.because] for part in item.parts]
    return [item.candidate, item.score.hex(), parts]


def _digest(answer: Any) -> str:
    """A hash of the values alone: a class may be called otherwise in another revision."""
    return blake2b(json.dumps(answer, default=str).encode(), digest_size=8).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].endswith(".json"):
        data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
        print(json.dumps({key: _digest(answer) for key, answer in _ask(data)}))
    else:
        main()
