"""Matching as a library: no database, no web, no clock. The names in ``__init__.pyi`` are its whole surface.

A module is imported when one of its names is first used: scikit-learn takes as long to import as all the rest of the
service, and most commands need no model.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any


def _modules_by_name() -> dict[str, str]:
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8"))
    imports = [statement for statement in stub.body if isinstance(statement, ast.ImportFrom)]
    return {alias.name: str(each.module) for each in imports for alias in each.names}


_MODULES = _modules_by_name()
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
