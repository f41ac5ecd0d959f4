"""Fitted transformations: learned from one table, applied to others (Apply Transformation).

Each is a small picklable object with `apply(df) -> df` and `describe() -> dict`. A column that a
transformation needs and a table lacks is an error that names it; columns it does not know pass through
untouched.
"""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from designer.catalogue import columns, tables, types, values
from designer.catalogue.schema import Column, TableSchema

if TYPE_CHECKING:
    import pandas as pd

TRANSFORM_FILE = "transform.pkl"


class Transform(Protocol):
    def apply(self, df: "pd.DataFrame") -> "pd.DataFrame": ...

    def describe(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Cleaning:
    """What Clean Missing Data decided: values to fill in, columns to remove, columns whose gaps remove a
    row."""

    fills: Mapping[str, Any] = field(default_factory=dict)
    removed: Sequence[str] = ()
    required: Sequence[str] = ()
    indicators: Mapping[str, str] = field(default_factory=dict)  # column -> name of its indicator column

    def apply(self, df: "pd.DataFrame") -> "pd.DataFrame":
        _require([*self.fills, *self.required, *self.indicators], df)
        table = df
        added = {new: df[name].isna().astype("int64") for name, new in self.indicators.items()}
        filled = {name: _fill(df[name], value) for name, value in self.fills.items() if df[name].hasnans}
        if filled or added:
            table = table.assign(**filled, **added)
        if self.required:
            complete = df[list(self.required)].notna().all(axis=1)
            if not complete.all():
                table = table[complete].reset_index(drop=True)
        gone = [name for name in self.removed if name in df.columns]
        if gone:
            table = table.drop(columns=gone)
        return tables.with_meta(table, tables.meta(df))

    def describe(self) -> dict[str, Any]:
        return {
            "does": "clean missing data",
            "columns": len(self.fills) + len(self.required) + len(self.removed),
        }


def _fill(column: "pd.Series", value: Any) -> "pd.Series":
    """Missing values replaced; the kind stays, but whole numbers become numbers where a mean or fraction
    comes in."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        if value not in column.cat.categories:
            column = column.cat.add_categories([value])
        return column.fillna(value)
    if tables.kind(column.dtype) == "integer" and isinstance(value, float):
        column = column.astype("float64")
    return column.fillna(value)


@dataclass(frozen=True)
class Scaling:
    """What Normalize Data learned: `method` and, per column, its two numbers (mean and deviation, or
    least and most, or mean and deviation of the logarithm)."""

    method: str
    numbers: Mapping[str, tuple[float, float]]
    zero_for_constant: bool = True

    def apply(self, df: "pd.DataFrame") -> "pd.DataFrame":
        _require(self.numbers, df)
        scaled = {name: self._scaled(df[name], *pair) for name, pair in self.numbers.items()}
        return tables.with_meta(df.assign(**scaled), tables.meta(df))

    def _scaled(self, column: "pd.Series", first: float, second: float) -> "pd.Series":
        import numpy as np
        import pandas as pd
        from scipy import special

        x = column.to_numpy(dtype="float64", na_value=np.nan)
        constant = {"zscore": second == 0, "minmax": second == first, "lognormal": second == 0}.get(
            self.method
        )
        if constant:
            return pd.Series(
                np.where(np.isnan(x), np.nan, 0.0 if self.zero_for_constant else np.nan), column.index
            )
        match self.method:
            case "zscore":
                x = (x - first) / second
            case "minmax":
                x = (x - first) / (second - first)
            case "logistic":
                x = special.expit(x)
            case "tanh":
                x = np.tanh(x)
            case "lognormal":
                with np.errstate(divide="ignore", invalid="ignore"):
                    logarithm = np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), -np.inf)
                x = np.where(np.isnan(x), np.nan, special.ndtr((logarithm - first) / second))
        return pd.Series(x, column.index)

    def describe(self) -> dict[str, Any]:
        return {"does": "normalize", "method": self.method, "columns": len(self.numbers)}


@dataclass(frozen=True)
class Indicators:
    """What Convert to Indicator Values found: per column its values, and the column of zeros and ones
    for each."""

    columns: Mapping[str, Sequence[tuple[Any, str]]]  # column -> [(value, name of its indicator column)]
    overwrite: bool = False

    def apply(self, df: "pd.DataFrame") -> "pd.DataFrame":
        import numpy as np
        import pandas as pd

        _require(self.columns, df)
        names = [new for pairs in self.columns.values() for _, new in pairs]
        # Columns lie one behind the other in memory, as pandas keeps them.
        ones = np.zeros((len(df), len(names)), dtype="int64", order="F")
        first = 0
        for name, pairs in self.columns.items():
            codes = tables.places(df[name], [value for value, _ in pairs])
            (known,) = np.nonzero(codes >= 0)
            ones[known, first + codes[known]] = 1
            first += len(pairs)
        added = pd.DataFrame(ones, index=df.index, columns=names)
        kept = df.drop(columns=list(self.columns)) if self.overwrite else df
        taken = [new for new in names if new in kept.columns]
        table = pd.concat([kept.drop(columns=taken) if taken else kept, added], axis=1)
        return tables.with_meta(table, tables.meta(df))

    def describe(self) -> dict[str, Any]:
        new = sum(len(pairs) for pairs in self.columns.values())
        return {"does": "make indicator columns", "columns": len(self.columns), "new": new}


def foreseen(effect: Mapping[str, Any], rows: TableSchema) -> TableSchema:
    """The columns after a transformation, as far as its `effect` tells at design time: {"kinds":
    {column: kind}} of columns that change or come, {"known": False} where more than that happens."""
    kinds = dict(effect.get("kinds") or {})
    changed = [Column(c.name, kinds.pop(c.name, c.kind), c.missing) for c in rows.columns]
    changed += [Column(name, kind) for name, kind in kinds.items()]
    known = rows.known and bool(effect.get("known", True))
    return TableSchema(tuple(changed), known, rows.label, rows.scored)


def _require(names: Any, df: "pd.DataFrame") -> None:
    known = list(df.columns)
    present = set(known)
    for name in names:
        if name not in present:
            columns.require(name, known)


def _save(transform: Transform, folder: Path) -> dict[str, Any]:
    with (folder / TRANSFORM_FILE).open("wb") as file:
        pickle.dump(transform, file)
    return transform.describe()


def _load(folder: Path) -> Transform:
    with (folder / TRANSFORM_FILE).open("rb") as file:
        return pickle.load(file)


values.teach(types.TRANSFORM, _save, _load)
