"""From the columns of a table to the matrix an estimator learns from.

Everything here is made of scikit-learn's, pandas' and Python's own classes: the fitted pipeline is
pickled into an MLflow folder that must load where this studio is not installed. So a step of its own is
a `FunctionTransformer` around a library's function, never a class or function of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.catalogue import tables
from designer.catalogue.schema import Column

if TYPE_CHECKING:
    import pandas as pd

MOST_VALUES = 255  # of a category; rarer ones count as not seen. Also what a tree may split in one node
MOST_TEXT_VALUES = 50  # a text column with so few different values is a category in truth
DATE_PARTS = ("year", "month", "day", "day_of_week", "day_of_year", "hour")


@dataclass(frozen=True)
class Encoding:
    """How columns become numbers: `steps` for a scikit-learn Pipeline, the columns used, and which
    places of the matrix hold categories."""

    steps: list[tuple[str, Any]]
    features: list[Column]
    categories: list[int]


@dataclass(frozen=True)
class Found:
    """What the training rows say about the columns."""

    features: list[Column]
    values: dict[str, list[Any]]  # of each category, in order
    remarks: list[str]  # for the log


def look(df: "pd.DataFrame", names: Sequence[str]) -> Found:
    """Which of the columns teach something, and the values of the categories among them."""
    features: list[Column] = []
    values: dict[str, list[Any]] = {}
    remarks: list[str] = []
    for name in names:
        column = df[name]
        kind = tables.kind(column.dtype)
        if kind in ("text", "category"):
            counts = column.value_counts()
            counts = counts[counts > 0]
            if kind == "text" and len(counts) > MOST_TEXT_VALUES:
                remarks.append(f"{name} is left out: free text with {len(counts):,} different values.")
                continue
            if len(counts) > MOST_TEXT_VALUES and len(counts) > len(df) / 2:
                remarks.append(
                    f"{name} is left out: {len(counts):,} different values in {len(df):,} rows say nothing "
                    "about others."
                )
                continue
            if len(counts) > MOST_VALUES:
                remarks.append(
                    f"{name} has {len(counts):,} different values; the {MOST_VALUES} most frequent are "
                    "told apart."
                )
                # Ties at the border are cut in the order of the values, whatever order the rows are in.
                counts = counts.sort_index(key=lambda index: index.map(str)).sort_values(
                    ascending=False, kind="stable"
                )
            values[name] = _sorted(tables.python_values(counts.index[:MOST_VALUES]))
        features.append(Column(name, kind, bool(column.hasnans)))
    return Found(features, values, remarks)


def encode(found: Found, wants: str, *, normalize: bool = True, unit_length: bool = False) -> Encoding:
    """The steps that make the matrix. `wants`: see `algorithms.WANTS`."""
    columns, blocks = _columns(found)
    steps = [("columns", columns)]
    if wants == "dense":
        steps.append(("numbers", _dense(found, blocks, normalize)))
        if unit_length:
            from sklearn.preprocessing import Normalizer

            steps.append(("length", Normalizer()))
    places = list(range(blocks["numbers"], blocks["numbers"] + len(found.values)))
    return Encoding(steps, found.features, places)


def _columns(found: Found) -> tuple[Any, dict[str, int]]:
    """Table in, floats out: numbers first, then the codes of categories, then the parts of dates."""
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline

    numbers = [c.name for c in found.features if c.kind == "number"]
    whole = [c.name for c in found.features if c.kind in ("integer", "boolean")]
    dates = [c.name for c in found.features if c.kind == "date"]
    transformers: list[tuple[str, Any, list[str]]] = []
    if numbers:
        transformers.append(("numbers", make_pipeline(_as_float(), _finite()), numbers))
    if whole:
        transformers.append(("whole numbers", _as_float(), whole))
    for number, (name, known) in enumerate(found.values.items()):
        codes = {value: float(code) for code, value in enumerate(known)}
        coded = _function(pd.DataFrame.apply, func=pd.Series.map, args=(codes,))
        transformers.append((f"category {number}", make_pipeline(coded, _as_float()), [name]))
    for part in DATE_PARTS if dates else ():
        transformers.append((f"{part} of dates", _date_part(part), dates))
    blocks = {
        "numbers": len(numbers) + len(whole),
        "categories": len(found.values),
        "dates": len(dates) * len(DATE_PARTS),
    }
    return ColumnTransformer(transformers, sparse_threshold=0.0), blocks


def _date_part(part: str) -> Any:
    from operator import attrgetter

    import pandas as pd
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        # In a request to a deployed model dates arrive as text.
        _function(pd.DataFrame.apply, func=pd.to_datetime, errors="coerce"),
        _function(pd.DataFrame.apply, func=attrgetter(f"dt.{part}")),
        _as_float(),
    )


def _dense(found: Found, blocks: dict[str, int], normalize: bool) -> Any:
    """Gaps filled with the mean, categories as indicators, numbers and dates on a common scale."""
    import numpy as np
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    first, count = blocks["numbers"], blocks["categories"]
    places = [*range(first), *range(first + count, first + count + blocks["dates"])]
    imputer = SimpleImputer(keep_empty_features=True)
    transformers: list[tuple[str, Any, list[int]]] = []
    if places:
        scaled = make_pipeline(imputer, StandardScaler()) if normalize else imputer
        transformers.append(("numbers", scaled, places))
    if count:
        codes = [np.arange(len(known), dtype=float) for known in found.values.values()]
        indicators = OneHotEncoder(categories=codes, handle_unknown="ignore")
        transformers.append(("categories", indicators, list(range(first, first + count))))
    return ColumnTransformer(transformers)


def _function(function: Any, **settings: Any) -> Any:
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(function, kw_args=settings)


def _as_float() -> Any:
    import pandas as pd

    return _function(pd.DataFrame.astype, dtype="float64")


def _finite() -> Any:
    """Infinities become missing values."""
    import numpy as np

    nan = float("nan")
    return _function(np.nan_to_num, nan=nan, posinf=nan, neginf=nan)


def _sorted(values: list[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:  # of several types
        return sorted(values, key=lambda value: (type(value).__name__, str(value)))
