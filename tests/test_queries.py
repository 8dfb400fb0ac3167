"""Queries stand in repositories alone, so that whoever looks for one knows where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATEMENTS = {"select", "insert", "update", "delete", "exists", "text"}
METHODS = {"exec", "execute", "scalar", "scalars", "get", "query", "merge"}


def queries(source: str) -> Iterator[str]:
    """Statements that are built or sent to a session, each with its line."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("sqlalchemy", "sqlmodel")
        for alias in node.names
        if alias.name in STATEMENTS
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in imported:
            yield f"{node.lineno}: {called.id}"
        if isinstance(called, ast.Attribute) and called.attr in METHODS and _is_session(called.value):
            yield f"{node.lineno}: session.{called.attr}"


def _is_session(value: ast.expr) -> bool:
    name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
    return name.removeprefix("_") in ("session", "connection")


def modules_without_queries() -> list[Path]:
    """All of service but repositories and what the database itself consists of."""
    return [
        path
        for path in sorted((ROOT / "service").rglob("*.py"))
        if not path.stem.endswith("repository") and "db" not in path.relative_to(ROOT).parts
    ]


@pytest.mark.parametrize(
    "source",
    [
        "from sqlmodel import select\nselect(x)",
        "from sqlalchemy import text as sql\nfrom sqlalchemy import delete\ndelete(x)",
        "session.exec(x)",
        "self._session.get(Profile, 1)",
    ],
)
def test_a_query_is_recognised(source: str) -> None:
    assert list(queries(source))


def test_queries_stand_in_repositories_alone() -> None:
    found = {
        str(path.relative_to(ROOT)): there
        for path in modules_without_queries()
        if (there := list(queries(path.read_text("utf-8"))))
    }
    assert not found
