"""Clean Missing Data: fills gaps, or removes the rows or columns that have them."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns as picks
from designer.catalogue import reporting, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import NUMERIC, OtherSchema, Schema, TableSchema
from designer.catalogue.types import TABLE, TRANSFORM
from designer.estimators import transform
from registry.errors import Invalid


def run(
    *,
    rows: Any,
    columns: dict[str, Any],
    min_ratio: float = 0.0,
    max_ratio: float = 1.0,
    mode: str = "custom",
    value: str = "0",
    indicator: bool = False,
    all_missing: str = "remove",
) -> dict[str, Any]:
    selected = picks.choose(columns, tables.columns(rows))
    missing = rows[selected].isna().sum()
    fills: dict[str, Any] = {}
    removed: list[str] = []
    required: list[str] = []
    indicators: dict[str, str] = {}
    left_alone: list[str] = []
    for name in selected:
        ratio = missing[name] / len(rows) if len(rows) else 0.0
        if not min_ratio <= ratio <= max_ratio:
            continue
        if len(rows) and missing[name] == len(rows) and mode in ("mean", "median", "mode"):
            # Nothing there to learn a value from.
            if all_missing == "remove":
                removed.append(name)
            continue
        if mode == "remove-row":
            required.append(name)
        elif mode == "remove-column":
            if missing[name]:
                removed.append(name)
        else:
            found = _value(rows[name], mode, value, needed=bool(missing[name]))
            if found is None:
                if missing[name]:
                    left_alone.append(name)
            else:
                fills[name] = found
                if indicator:
                    indicators[name] = f"{name}_IsMissing"
    if indicators:
        free = tables.unique_names(list(indicators.values()), list(rows.columns))
        indicators = dict(zip(indicators, free, strict=True))
    cleaning = transform.Cleaning(fills, removed, required, indicators)
    cleaned = cleaning.apply(rows)
    _tell(rows, cleaned, missing, fills, removed, left_alone, mode)
    return {"table": cleaned, "transform": cleaning}


def _value(column: Any, mode: str, value: str, *, needed: bool) -> Any:
    """What takes the place of missing values; None where `mode` has no answer for this kind of column."""
    import pandas as pd

    kind = tables.kind(column.dtype)
    match mode:
        case "mode":
            common = column.mode(dropna=True)
            return common.iloc[0] if len(common) else None
        case "mean" | "median":
            if kind in NUMERIC or kind == "date":
                found = column.mean() if mode == "mean" else column.median()
                return None if pd.isna(found) else float(found) if kind in NUMERIC else found
            return None
    try:
        return _custom(kind, value, column)
    except ValueError:
        if not needed:
            return None
        raise Invalid(
            f"Column {column.name!r} holds {_holds(kind)}, and {value!r} is none. "
            "Choose another replacement value, or clean this column in a node of its own.",
            code="bad-replacement",
            fields={"column": column.name},
        ) from None


def _holds(kind: str) -> str:
    return {"date": "dates", "boolean": "true and false"}.get(kind, "numbers")


def _custom(kind: str, value: str, column: Any) -> Any:
    import pandas as pd

    match kind:
        case "integer" | "number":
            number = float(value)
            return int(number) if number == int(number) else number
        case "boolean":
            word = value.strip().lower()
            if word in ("true", "yes", "1"):
                return True
            if word in ("false", "no", "0"):
                return False
            raise ValueError(value)
        case "date":
            # "0" would be read as 1970: a number is no date here.
            if value.strip().replace(".", "", 1).lstrip("-").isdigit() and len(value.strip()) < 8:
                raise ValueError(value)
            return pd.Timestamp(value)
        case "category" if len(column.cat.categories) and tables.kind(column.cat.categories.dtype) in NUMERIC:
            return _custom("number", value, column)
    return value


def _tell(
    rows: Any, cleaned: Any, missing: Any, fills: Any, removed: Any, left_alone: Any, mode: str
) -> None:
    for name, found in fills.items():
        if missing[name]:
            reporting.say(f"{name}: {int(missing[name]):,} missing values replaced with {found}.")
    if removed:
        reporting.say(f"Removed {len(removed)} of {len(rows.columns)} columns: {', '.join(removed)}.")
    if len(cleaned) < len(rows):
        reporting.say(f"Removed {len(rows) - len(cleaned):,} of {len(rows):,} rows.")
    if left_alone:
        reporting.say(f"Left as they are, because they have no {mode}: {', '.join(left_alone)}.")


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema):
        return {"transform": OtherSchema()}
    mode = params.get("mode", "custom")
    selected = picks.foreseen(params.get("columns"), rows)
    kinds: dict[str, str] = {}
    for name in selected:
        column = rows.find(name)
        if column and column.kind == "integer" and mode in ("mean", "median") and column.missing is not False:
            kinds[name] = "number"
    # Which columns have gaps (and go, or get an indicator) shows only in the data.
    effect = {"kinds": kinds, "known": not (mode == "remove-column" or params.get("indicator"))}
    return {"table": transform.foreseen(effect, rows), "transform": OtherSchema({"effect": effect})}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    least, most = params.get("min_ratio", 0.0), params.get("max_ratio", 1.0)
    if isinstance(least, (int, float)) and isinstance(most, (int, float)) and least > most:
        yield Complaint(
            "The minimum missing value ratio is above the maximum, so no column would be cleaned.",
            param="min_ratio",
        )


COMPONENT = Component(
    id="clean-missing-data",
    version=1,
    title="Clean Missing Data",
    family="Data transformation",
    description="Fills in missing values, or removes the rows or columns that have them.",
    help=(
        "Choose the columns and what to do about their gaps. Mean and median exist for numbers and dates "
        "only; other "
        "columns are then left as they are, and the log says so. Only columns are cleaned whose share of "
        "missing "
        "values lies between the two ratios.\n\n"
        "The second output is the transformation: with Apply Transformation it does exactly the same to "
        "other "
        "rows, with the values learned here."
    ),
    keywords=("missing", "impute", "null", "NA", "fill", "gaps", "empty", "dropna"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(
        Port("table", TABLE, "Cleaned dataset"),
        Port("transform", TRANSFORM, "Cleaning transformation"),
    ),
    params=(
        Param("columns", "columns", "Columns to be cleaned", default=picks.EVERY, port="rows"),
        Param("min_ratio", "number", "Minimum missing value ratio", default=0.0, least=0, most=1),
        Param("max_ratio", "number", "Maximum missing value ratio", default=1.0, least=0, most=1),
        Param(
            "mode",
            "choice",
            "Cleaning mode",
            default="custom",
            choices=(
                ("custom", "Custom substitution value"),
                ("mean", "Replace with mean"),
                ("median", "Replace with median"),
                ("mode", "Replace with mode"),
                ("remove-row", "Remove entire row"),
                ("remove-column", "Remove entire column"),
            ),
        ),
        Param(
            "value",
            "text",
            "Replacement value",
            default="0",
            required=False,
            when={"mode": ["custom"]},
            help="Read as a number, date or truth value where the column holds these.",
        ),
        Param(
            "indicator",
            "boolean",
            "Generate missing value indicator column",
            default=False,
            when={"mode": ["custom", "mean", "median", "mode"]},
            help="Adds a column of zeros and ones that tells where a value was missing.",
        ),
        Param(
            "all_missing",
            "choice",
            "Cols with all missing values",
            default="remove",
            choices=(("remove", "Remove"), ("propagate", "Propagate")),
            when={"mode": ["mean", "median", "mode"]},
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
