"""The hash of a component's code: its own module and those of ours that do its computing.

Descriptions, checks and the canvas' side of the catalogue are not followed: they do not change a result.
"""

import ast
import hashlib
import inspect
import sys
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from designer.catalogue.component import Component

# Where computing lives. Libraries are covered by the environment.
FOLLOWED = (
    "designer.components",
    "designer.estimators",
    "designer.catalogue.columns",
    "designer.catalogue.sql_binding",
    "designer.catalogue.tables",
    "designer.catalogue.values",
)


def code_hash(component: Component) -> str:
    return _hash(component.run.__module__, component.run.__qualname__)


@cache
def _hash(module: str, function: str) -> str:
    digest = hashlib.sha256(function.encode())
    for path in sorted(_reached(module)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _reached(start: str) -> set[Path]:
    """The files of a module and of all modules it imports, at any depth, as far as they are followed."""
    files: dict[str, Path] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        path = None if name in files else _file(name)
        if path is None:
            continue
        files[name] = path
        todo += [imported for imported in _imports(path.read_bytes()) if imported.startswith(FOLLOWED)]
    return set(files.values())


def _file(module: str) -> Path | None:
    loaded = sys.modules.get(module)
    try:
        # Found without importing: what a component imports inside its function may be heavy.
        origin = inspect.getsourcefile(loaded) if loaded else getattr(find_spec(module), "origin", None)
    except (ImportError, TypeError, ValueError):
        return None
    return Path(origin) if origin and origin.endswith(".py") else None


@lru_cache(maxsize=256)
def _imports(source: bytes) -> set[str]:
    """Every name that may be a module: of `from a.b import c` both a.b and a.b.c."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
