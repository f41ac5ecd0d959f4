"""What is known about a value before anything has run: the columns of a table, the task of a model.

Schemas travel along the wires at design time (`Component.infer`), so that column pickers know what arrives.
A table whose columns cannot be foreseen (a script's result) has `known=False`; pickers then take free text, and
checks on column names are not made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

KINDS = ("integer", "number", "boolean", "date", "category", "text")
NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is one of KINDS, or "unknown". `missing`: None where it is not known whether values are missing."""

    name: str
    kind: str
    missing: bool | None = None


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table, in order. `label` and `scored` are set by Edit Metadata and Score Model.

    `scored`, where present: {"task", "label", "labels": column, "probabilities": [columns]}.
    """

    columns: tuple[Column, ...] = ()
    known: bool = True
    label: str | None = None
    scored: Mapping[str, Any] | None = None

    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def find(self, name: str) -> Column | None:
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        # Tables may have thousands of columns, each asked for by name by many nodes.
        return {column.name: column for column in reversed(self.columns)}


@dataclass(frozen=True, slots=True)
class ModelSchema:
    """Of an untrained or trained model. `task`: "binary", "multiclass", "regression" or "clustering"."""

    task: str
    algorithm: str
    label: str | None = None
    features: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherSchema:
    """Of a value with nothing to foresee (an evaluation, a transformation)."""

    details: Mapping[str, Any] = field(default_factory=dict)


Schema = TableSchema | ModelSchema | OtherSchema


def table(columns: Iterable[Column | tuple[str, str]]) -> TableSchema:
    return TableSchema(tuple(c if isinstance(c, Column) else Column(*c) for c in columns))


def to_json(schema: Schema) -> dict[str, Any]:
    """For the canvas: {"type": "table", "known", "columns": [{"name", "kind"}], …}."""
    match schema:
        case TableSchema():
            return {
                "type": "table",
                "known": schema.known,
                "columns": [{"name": c.name, "kind": c.kind} for c in schema.columns],
                "label": schema.label,
                "scored": dict(schema.scored) if schema.scored else None,
            }
        case ModelSchema():
            return {
                "type": "model",
                "task": schema.task,
                "algorithm": schema.algorithm,
                "label": schema.label,
                "features": [{"name": c.name, "kind": c.kind} for c in schema.features],
            }
        case _:
            return {"type": "other"}
