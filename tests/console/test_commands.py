"""The commands: their help, their exit codes, and what they say when something is wrong."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.harness.databases import SqliteDatabases
from bench.harness.processes import run
from console.main import app
from service.db.engine import open_engine
from service.db.session import reading
from service.security.authentication import actor_of

runner = CliRunner()


@pytest.mark.parametrize(
    "command",
    [[], ["up"], ["serve"], ["seed"], ["db"], ["db", "upgrade"], ["db", "current"], ["token", "create"],
     ["import"], ["export"], ["rematch"], ["digest"], ["worker"], ["beat"], ["doctor"], ["evaluate"],
     ["backup"], ["restore"]],
)  # fmt: skip
def test_each_command_has_help(command: list[str]) -> None:
    answer = runner.invoke(app, [*command, "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["token", "create"],
        ["token", "create", "--role", "king", "--name", "x"],
        ["up", "--port", "70000"],
        ["token", "create", "--role", "admin", "--name", " "],
        ["token", "create", "--role", "admin", "--name", "\u200b"],
        ["seed", "--synthetic", "-1"],
        ["import", "/no/such/file"],
        ["import", __file__, "--kind", "club"],
        ["export", "club"],
        ["restore", "/no/such/file"],
        ["worker", "--threads", "0"],
        ["doctor", "weather"],
    ],
)
def test_bad_usage_ends_with_2(arguments: list[str]) -> None:
    assert runner.invoke(app, arguments).exit_code == 2


def test_a_token_is_the_last_word_and_works(
    sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_databases.fresh() as url:
        monkeypatch.setenv("PASSERELLE_DATABASE_URL", url)
        answer = runner.invoke(app, ["token", "create", "--role", "steward", "--name", "Ada"])
        assert answer.exit_code == 0
        engine = open_engine(url)
        with reading(engine) as session:
            actor = actor_of(session, answer.stdout.split()[-1])
            assert actor is not None
            assert (actor.name, actor.role) == ("Ada", "steward")
            assert actor_of(session, answer.stdout.split()[-1] + "x") is None
        engine.dispose()
        unknown = runner.invoke(
            app, ["token", "create", "--role", "member", "--name", "x", "--organisation", "no"]
        )
        assert unknown.exit_code == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PASSERELLE_DATABASE_URL", "mysql://x"),
        ("PASSERELLE_PUBLIC_URL", "nowhere"),
        ("PASSERELLE_DEFAULT_LANGUAGE", "de"),
        ("PASSERELLE_SECRET_KEY", ""),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr(
        "bench.harness.processes.environment", lambda _: SETTINGS | {variable: value, "HOME": str(tmp_path)}
    )
    done = run(tmp_path, "db", "current")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert variable in done.stderr


SETTINGS = {"PASSERELLE_PUBLIC_URL": "https://passerelle.example.org", "PATH": "/usr/bin:/bin"}


def test_the_service_does_not_start_on_a_database_that_is_not_prepared(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", "--port", "0")
    assert done.returncode == 1
    assert "passerelle db upgrade" in done.stderr
    assert run(tmp_path, "db", "current").stdout.strip() == "empty"
    assert run(tmp_path, "db", "upgrade").stdout.strip() == run(tmp_path, "db", "current").stdout.strip()


def test_lists_come_in_and_go_out(
    sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, copy = tmp_path / "clubs.csv", tmp_path / "copy.sqlite3"
    file.write_text("key;name;members\na;Été;12\nb;Other;many\n", "cp1252")
    with sqlite_databases.fresh() as url:
        monkeypatch.setenv("PASSERELLE_DATABASE_URL", url)

        def passerelle(*arguments: str) -> tuple[int, str, str]:
            answer = runner.invoke(app, list(arguments))
            return answer.exit_code, answer.stdout, answer.stderr

        rehearsed = passerelle(
            "import", str(file), "--kind", "associations", "--dry-run", "--json", "--language", "en"
        )
        code, printed, _ = passerelle(
            "import", str(file), "--kind", "associations", "--json", "--language", "en"
        )
        report = json.loads(printed)
        assert (code, json.loads(rehearsed[1])) == (0, report)
        assert report == {
            "created": 1,
            "updated": 0,
            "unchanged": 0,
            "rejected": [{"line": 3, "field": "members", "reason": "Give a whole number."}],
        }
        table = passerelle("import", str(file), "--kind", "association", "--language", "it")[1]
        assert "unchanged         1" in table
        assert "Indicate un numero intero." in table
        assert passerelle("export", "associations")[1].startswith('{"kind": "association", "key": "a"')
        assert passerelle("backup", str(copy))[0] == 0
        assert passerelle("restore", str(copy))[0] == 0
        assert "not a backup" in passerelle("restore", str(file))[2]
        utf16 = tmp_path / "utf16.csv"
        utf16.write_text("key;name\na;b\n", "utf-16")
        code, _, said = passerelle("import", str(utf16), "--language", "en")
        assert (code, "UTF-16" in said) == (1, True)
        generated = passerelle("seed", "--synthetic", "30", "--seed", "5")
        assert "30 created" in generated[2]


def test_a_benchmark_without_its_extra_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bench.match", raising=False)
    monkeypatch.setitem(sys.modules, "sparse_dot_topn", None)
    found = runner.invoke(app, ["bench", "match"])
    assert found.exit_code == 1
    assert "pip install passerelle[bench]" in found.output


def test_tokens_are_listed_expire_and_are_revoked(
    sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_databases.fresh() as url:
        monkeypatch.setenv("PASSERELLE_DATABASE_URL", url)
        _make_list_and_revoke()


def _make_list_and_revoke() -> None:
    made = runner.invoke(app, ["token", "create", "--role", "steward", "--name", "Office", "--expires", "30"])
    assert made.stdout.split()[-1].startswith("passerelle_")
    listed = json.loads(runner.invoke(app, ["token", "list", "--json"]).stdout)
    [office] = [token for token in listed if token["name"] == "Office"]
    assert (office["state"], office["last_used_at"], office["created_by"]) == ("active", None, "command line")
    assert office["expires_at"]
    shown = runner.invoke(app, ["token", "list"]).stdout
    assert office["id"] in shown
    assert "never used" in shown
    assert runner.invoke(app, ["token", "revoke", office["id"]]).exit_code == 0
    assert "revoked" in runner.invoke(app, ["token", "list"]).stdout
    unknown = runner.invoke(app, ["token", "revoke", "01a22e24-83d1-71ac-b2c6-1a1cb768b799"])
    assert (unknown.exit_code, unknown.stderr) == (1, "There is no token with this identifier.\n")
    assert runner.invoke(app, ["token", "revoke", "x"]).exit_code == 2
    wrong = ["token", "create", "--role", "steward", "--name", "Office", "--expires", "0"]
    assert runner.invoke(app, wrong).exit_code == 2
