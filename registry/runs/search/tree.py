"""A filter as a small tree. `str(tree)` is the filter again, and reads back as an equal tree."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.runs.search.fields import Name

PLAIN_KEY = re.compile(r"[^\W\d][\w.]*", re.UNICODE)

Value = str | int | float | tuple[str, ...] | tuple[int | float, ...] | None


@dataclass(frozen=True)
class Compare:
    name: Name
    operator: str
    value: Value
    at: int = field(default=0, compare=False, repr=False)  # where it stands in what somebody wrote

    def __str__(self) -> str:
        if self.value is None:
            return f"{name_text(self.name)} {self.operator}"
        if isinstance(self.value, tuple):
            return f"{name_text(self.name)} {self.operator} ({', '.join(map(value_text, self.value))})"
        return f"{name_text(self.name)} {self.operator} {value_text(self.value)}"


@dataclass(frozen=True)
class And:
    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        return " AND ".join(_bracketed(part, And, Or) for part in self.parts)


@dataclass(frozen=True)
class Or:
    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        return " OR ".join(_bracketed(part, Or) for part in self.parts)


@dataclass(frozen=True)
class Not:
    part: "Tree"

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.part, And, Or)}"


Tree = Compare | And | Or | Not


def comparisons(tree: Tree | None) -> Iterator[Compare]:
    if isinstance(tree, Compare):
        yield tree
    elif isinstance(tree, Not):
        yield from comparisons(tree.part)
    elif tree is not None:
        for part in tree.parts:
            yield from comparisons(part)


def conjuncts(tree: Tree | None) -> tuple[Tree, ...]:
    """What must all be true."""
    if isinstance(tree, And):
        return tuple(inner for part in tree.parts for inner in conjuncts(part))
    return () if tree is None else (tree,)


def both(*trees: Tree | None) -> Tree | None:
    """All of them, whichever there are."""
    given = tuple(tree for tree in trees if tree is not None)
    return given[0] if len(given) == 1 else And(given) if given else None


def name_text(name: Name) -> str:
    key = name.key if PLAIN_KEY.fullmatch(name.key) else f"`{name.key.replace('`', '``')}`"
    return f"{name.group}.{key}{':' if name.part else ''}{name.part}"


def value_text(value: str | int | float) -> str:
    if isinstance(value, str):
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _bracketed(part: Tree, *kinds: type) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)
