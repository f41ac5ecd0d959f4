"""What a table carries beside its values: kinds of columns, the label, what was scored.

A table in memory is a pandas DataFrame whose `attrs["atelier"]` is {"label": column, "scored": {…}}; the
kind of a column is told by its dtype (Int64/int64, float64, boolean/bool, datetime64, category, string),
so that it cannot disagree with the values. pandas drops or keeps attrs as it pleases: components set
them on what they return.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from designer.catalogue.schema import Column, TableSchema
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

ATTRS = "atelier"


def kind(dtype: Any) -> str:
    """The kind of a column with this dtype."""
    import pandas as pd
    from pandas.api import types

    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_integer_dtype(dtype):
        return "integer"
    if types.is_datetime64_any_dtype(dtype):
        return "date"
    if types.is_numeric_dtype(dtype):
        return "number"
    return "text"


def kinds(df: "pd.DataFrame") -> dict[str, str]:
    return {name: kind(dtype) for name, dtype in zip(df.columns, df.dtypes, strict=True)}


def columns(df: "pd.DataFrame") -> list[Column]:
    return [Column(name, kind) for name, kind in kinds(df).items()]


def schema(df: "pd.DataFrame") -> TableSchema:
    """What a design-time check would know of this table."""
    about = meta(df)
    return TableSchema(tuple(columns(df)), label=about.get("label"), scored=about.get("scored"))


def meta(df: "pd.DataFrame") -> dict[str, Any]:
    """{"label", "scored"}, only of columns that are still there."""
    about = df.attrs.get(ATTRS) or {}
    present = set(df.columns)
    kept: dict[str, Any] = {}
    if about.get("label") in present:
        kept["label"] = about["label"]
    if (scored := about.get("scored")) and scored.get("labels") in present:
        kept["scored"] = scored
    return kept


def with_meta(df: "pd.DataFrame", about: dict[str, Any] | None = None, **changes: Any) -> "pd.DataFrame":
    """The same values under another frame that carries `about` (default: what `df` carries) with `changes`.

    A change to None removes. The frame shares its values with `df`; nobody writes into a table.
    """
    about = {**(meta(df) if about is None else about), **changes}
    shallow = df.copy(deep=False)
    shallow.attrs = {ATTRS: {key: value for key, value in about.items() if value is not None}}
    return shallow


def tidy(df: Any, what: str) -> "pd.DataFrame":
    """A DataFrame from outside (a script, a query) in the form that travels: names are text and differ,
    rows are numbered, every column has one of our kinds. `what` names its origin in the error."""
    import pandas as pd

    if isinstance(df, pd.Series):
        df = df.to_frame(df.name if df.name is not None else "value")
    if not isinstance(df, pd.DataFrame):
        raise Invalid(f"{what} is a {type(df).__name__}, not a pandas DataFrame.")
    if isinstance(df.columns, pd.MultiIndex):
        df = df.set_axis(["_".join(str(part) for part in name if str(part)) for name in df.columns], axis=1)
    names = [str(name) for name in df.columns]
    if len(set(names)) < len(names):
        repeated = next(name for name, count in Counter(names).items() if count > 1)
        raise Invalid(f"{what} has more than one column named {repeated!r}; give each its own name.")
    tidied = df.set_axis(names, axis=1)
    if not isinstance(tidied.index, pd.RangeIndex) or tidied.index.start != 0 or tidied.index.step != 1:
        tidied = tidied.reset_index(drop=True)
    changed = {name: _tidy_column(tidied[name]) for name in names if not _is_ours(tidied[name].dtype)}
    return tidied.assign(**changed) if changed else tidied


def plain(column: "pd.Series") -> "pd.Series":
    """A categorical column as the values themselves."""
    import pandas as pd

    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values = column.astype("object")
    return values if _is_ours(values.dtype) else _tidy_column(values)


def python_values(values: Any) -> list[Any]:
    """Plain Python values of an array or index: what JSON and dictionaries want."""
    return [value.item() if hasattr(value, "item") else value for value in values]


def as_text(column: "pd.Series") -> "pd.Series":
    """Each value as people write it: 3.0 is "3", a day without a time is only the day."""
    match kind(column.dtype):
        case "text":
            return column
        case "number":
            values = column.astype("object").map(_number_as_text, na_action="ignore")
        case "date":
            whole = bool((column.dropna() == column.dropna().dt.normalize()).all())
            values = column.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S")
        case "category":
            return as_text(plain(column))
        case _:
            values = column.astype("object").map(str, na_action="ignore")
    return values.where(column.notna()).astype(text_dtype())


def as_category(column: "pd.Series") -> "pd.Series":
    if kind(column.dtype) == "category":
        return column
    return (column.astype("object") if kind(column.dtype) == "boolean" else column).astype("category")


def _number_as_text(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def places(column: "pd.Series", known: Sequence[Any]) -> Any:
    """Where each value stands among the `known`; -1 for others and for missing ones."""
    import pandas as pd

    index = pd.Index(known, dtype="object")
    if isinstance(column.dtype, pd.CategoricalDtype):
        # Few categories are looked up instead of many rows; the last place is that of a missing value.
        of_categories = [*index.get_indexer(column.cat.categories.astype("object")), -1]
        return pd.Series(of_categories, dtype="int64").to_numpy()[column.cat.codes.to_numpy()]
    return index.get_indexer(column.astype("object"))


def unique_names(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """The names with " (2)", " (3)" … appended where they are taken already."""
    used = set(taken)
    unique = []
    for name in names:
        candidate, number = name, 2
        while candidate in used:
            candidate, number = f"{name} ({number})", number + 1
        used.add(candidate)
        unique.append(candidate)
    return unique


def text_dtype() -> Any:
    """The dtype of text on pandas 2.3 and 3 alike: missing is NaN."""
    import numpy as np
    import pandas as pd

    return pd.StringDtype(na_value=np.nan)


def _is_ours(dtype: Any) -> bool:
    import numpy as np
    import pandas as pd

    if isinstance(dtype, np.dtype):
        return dtype.kind in "biufM"
    if isinstance(dtype, pd.StringDtype):
        return True
    return isinstance(dtype, pd.CategoricalDtype) or (
        pd.api.types.is_extension_array_dtype(dtype)
        and not isinstance(dtype, (pd.ArrowDtype, pd.PeriodDtype, pd.IntervalDtype, pd.DatetimeTZDtype))
        and pd.api.types.is_numeric_dtype(dtype)
    )


def _tidy_column(column: "pd.Series") -> "pd.Series":
    """One of our kinds for objects, time spans, zoned times, periods and the like."""
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.ArrowDtype):
        column = column.astype("object")
    if isinstance(dtype, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").dt.tz_localize(None)
    if pd.api.types.is_timedelta64_dtype(dtype):
        return column.dt.total_seconds()
    if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return column.astype(text_dtype())
    match pd.api.types.infer_dtype(column, skipna=True):
        case "boolean":
            return column.astype("boolean")
        case "integer":
            try:
                return column.astype("Int64")
            except (OverflowError, TypeError, ValueError):
                return pd.to_numeric(column, errors="coerce").astype("float64")
        case "floating" | "mixed-integer-float" | "decimal":
            return pd.to_numeric(column.astype("object")).astype("float64")
        case "date" | "datetime" | "datetime64":
            dates = pd.to_datetime(column, errors="coerce", utc=True)
            return dates.dt.tz_localize(None)
        case "empty" if len(column):
            return column.astype("float64")
        case _:
            return column.map(str, na_action="ignore").astype(text_dtype())
