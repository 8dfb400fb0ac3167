"""Rules to begin with: each reads well, does what it is for, and is taken back without a trace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from bench.harness.databases import SqliteDatabases
from bench.round_trip import round_trip
from matching.rules.ruleset import RulesetSettings
from schemas.language import Language
from seed.synthetic.loader import load_synthetic
from service.rules.presets.shipped import NAMES, PRESETS_FOLDER, preset, presets
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation, english_installation
from tests.service.examples import ASSOCIATION, PROGRAMME, register

ORGANISATIONS = 100


def test_each_file_says_what_it_is_called_why_it_is_so_and_where_that_is_known_from() -> None:
    for each in presets():
        assert (each.about.name, each.about.reason) == (each.name.text, " ".join(each.reason.text.split()))
        assert each.about.source
    assert {path.stem for path in PRESETS_FOLDER.glob("*.yaml")} == set(NAMES)


def test_the_balanced_ones_are_those_that_an_installation_starts_with(embedded: Installation) -> None:
    steward = embedded.client("steward")
    draft = steward.post("/rulesets/presets/balanced").json()
    assert steward.get(f"/rulesets/{draft['id']}/diff").json()["items"] == []
    said = yaml.safe_load(preset("balanced").text)
    plain = {name: said[name] for name in ("weights", "pairings", "affinities", "min_score")}
    assert RulesetSettings.model_validate(plain) == RulesetSettings.balanced()


def test_they_are_listed_in_four_languages_and_read_as_files(embedded: Installation) -> None:
    public = embedded.client()
    listed = [
        public.get("/rulesets/presets", params={"language": language.value}).json() for language in Language
    ]
    assert [item["key"] for item in listed[0]] == list(NAMES)
    for in_all in zip(*listed, strict=True):
        assert len({item["reason"] for item in in_all}) == len({item["name"] for item in in_all}) == 4
        assert len({item["source"] for item in in_all}) == 1
    read = public.get("/rulesets/presets/redel")
    assert read.headers["content-type"].startswith("application/yaml")
    assert read.text == preset("redel").text
    assert public.get("/rulesets/presets/nothing").status_code == 404
    assert public.post("/rulesets/presets/redel").status_code == 401
    assert embedded.client("member").post("/rulesets/presets/redel").status_code == 403
    assert embedded.client("steward").post("/rulesets/presets/nothing").status_code == 404


@pytest.mark.parametrize("key", NAMES)
def test_a_draft_of_one_keeps_its_source_and_is_read_back_from_its_file(
    embedded: Installation, key: str
) -> None:
    steward = embedded.client("steward")
    made = steward.post(f"/rulesets/presets/{key}", headers={"Accept-Language": "fr"})
    draft = made.json()
    assert (made.status_code, draft["state"], draft["remarks"]) == (201, "draft", [])
    assert draft["source"] == preset(key).about.source
    assert draft["name"] != preset(key).about.name
    text = steward.get(f"/rulesets/{draft['id']}/file").text
    again = steward.put("/rulesets/files/mine", content=text.encode()).json()
    ours = {*RulesetSettings.model_fields, "name", "reason", "source"}
    assert {name: again[name] for name in ours} == {name: draft[name] for name in ours}
    once = {"Idempotency-Key": "once"}
    twice = [steward.post(f"/rulesets/presets/{key}", headers=once).json()["id"] for _ in range(2)]
    assert twice[0] == twice[1] != draft["id"]


def with_lists(engine: Engine) -> None:
    """Store generated organisations beside the documented initiatives, and make everybody's lists."""
    load_synthetic(engine, ORGANISATIONS, 1, lambda _done, _total: None)
    Rematching(engine, MatchIndex(engine))()


@pytest.fixture(scope="module")
def databases_with_lists(documented_sqlite_databases: SqliteDatabases) -> SqliteDatabases:
    """SQLite databases with organisations and their lists."""
    return documented_sqlite_databases.filled_further(with_lists)


@pytest.fixture
def with_everybodys_lists(databases_with_lists: SqliteDatabases, tmp_path: Path) -> Iterator[Installation]:
    """An application in which everybody has lists."""
    with databases_with_lists.fresh() as url, english_installation(url, tmp_path) as started:
        yield started


@pytest.mark.parametrize("key", NAMES)
def test_each_is_previewed_activated_and_taken_back_without_a_trace(
    with_everybodys_lists: Installation, key: str
) -> None:
    steward = with_everybodys_lists.client("steward")
    trip = round_trip(with_everybodys_lists.app.state.engine, steward, key)
    assert trip.previewed == trip.before
    assert trip.preview["effect"]["lists"] > ORGANISATIONS
    assert (trip.preview["effect"]["changed"] > 0) is (key != "balanced")
    assert trip.meanwhile != trip.before
    assert trip.taken_back == trip.before
    assert trip.after == trip.before


def programmes_for(steward: Any, preset: str, **said: Any) -> list[tuple[str, bool]]:
    """What programmes an association is proposed under some rules, and whether it meets all that is known."""
    draft = steward.post(f"/rulesets/presets/{preset}").json()
    steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "to see"})
    subject = register(steward, **(ASSOCIATION | said))
    items = steward.get(f"/associations/{subject['id']}/suggestions?of=programmes").json()["items"]
    return [
        (item["candidate"]["name"], all(check["met"] is not False for check in item["eligibility"]))
        for item in items
    ]


MEXICANS = {"origin": ["MX-ZAC"], "residence": ["US"], "contact_email": None}
FUND = PROGRAMME | {
    "name": "Tres por Uno",
    "mechanism": "matching_fund",
    "origin": ["MX"],
    "residence": [],
    "applicants": [],
    "sectors": [],
}


def test_the_matching_fund_is_for_registered_clubs_of_mexicans_abroad(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, "programmes", **FUND)
    found = {
        "registered": programmes_for(steward, "three-for-one", name="Club", registered=True, **MEXICANS),
        "unregistered": programmes_for(steward, "three-for-one", name="Grupo", registered=False, **MEXICANS),
        "at home": programmes_for(
            steward,
            "three-for-one",
            name="Casa",
            registered=True,
            **(MEXICANS | {"residence": ["MX"]}),
        ),
    }
    assert found == {"registered": [("Tres por Uno", True)], "unregistered": [], "at home": []}


def test_the_fund_of_another_country_has_rules_of_its_own(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, "programmes", **(FUND | {"name": "Unidos", "origin": ["SV"]}))
    salvadorans = MEXICANS | {"origin": ["SV"]}
    assert programmes_for(steward, "three-for-one", name="Comité", registered=False, **salvadorans) == [
        ("Unidos", True)
    ]
