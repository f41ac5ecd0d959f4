"""Convert to Indicator Values: a column of zeros and ones for each value of a category."""

from typing import Any

from designer.catalogue import columns as picks
from designer.catalogue import tables
from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Column, OtherSchema, Schema, TableSchema
from designer.catalogue.types import TABLE, TRANSFORM
from designer.estimators import transform
from registry.errors import Invalid

KINDS = ("category", "boolean", "text")
CATEGORIES: dict[str, Any] = {"all": False, "kinds": ["category"], "names": [], "except": []}
MOST_VALUES = 500


def run(*, rows: Any, columns: Any = None, overwrite: bool = False) -> dict[str, Any]:
    names = picks.choose(columns or CATEGORIES, tables.columns(rows), kinds=KINDS)
    if label := _spared_label(columns, tables.meta(rows).get("label")):
        names = [name for name in names if name != label]
    kept = [name for name in rows.columns if not (overwrite and name in names)]
    found: dict[str, list[tuple[Any, str]]] = {}
    for name in names:
        values = _values(rows[name])
        if len(values) > MOST_VALUES:
            raise Invalid(
                f"Column {name!r} has {len(values):,} different values; at most {MOST_VALUES} are made "
                "into columns. "
                "Exclude it, or group its values first.",
                code="too-many-values",
                fields={"column": name},
            )
        new = tables.unique_names([f"{name}-{value}" for value in values], kept)
        kept += new
        found[name] = list(zip(values, new, strict=True))
    indicators = transform.Indicators(found, overwrite)
    return {"table": indicators.apply(rows), "transform": indicators}


def _spared_label(selection: Any, label: str | None) -> str | None:
    return label if label and label not in ((selection or {}).get("names") or ()) else None


def _values(column: Any) -> list[Any]:
    """What occurs in the column, in order. Not the declared categories: they need not occur in these rows."""
    present = list(column.dropna().astype("object").unique())
    try:
        return sorted(present)
    except TypeError:
        return sorted(present, key=str)


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema):
        return {"transform": OtherSchema()}
    selection = params.get("columns") or CATEGORIES
    names = set(picks.foreseen(selection, rows, kinds=KINDS)) - {_spared_label(selection, rows.label)}
    if not names and rows.known:
        return {"table": rows, "transform": OtherSchema({"effect": {}})}
    # One column for each value: which values there are shows only in the data.
    effect = {"known": False, "gone": sorted(names) if params.get("overwrite") else []}
    kept: tuple[Column, ...] = tuple(c for c in rows.columns if c.name not in effect["gone"])
    table = TableSchema(kept, known=False, label=rows.label, scored=rows.scored)
    return {"table": table, "transform": OtherSchema({"effect": effect})}


COMPONENT = Component(
    id="indicator-values",
    version=1,
    title="Convert to Indicator Values",
    family="Data transformation",
    description="Makes a column of zeros and ones for each value of a category.",
    help=(
        "A column colour with the values red and blue becomes colour-red and colour-blue. A missing value "
        "is 0 in all "
        "of them.\n\n"
        "The training components do this by themselves; use it where you want to see or select the "
        "columns. The second "
        "output makes the same columns for other rows; a value not seen here is 0 everywhere."
    ),
    keywords=("one hot", "dummy", "encode", "categorical", "get_dummies"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(
        Port("table", TABLE, "Results dataset"),
        Port("transform", TRANSFORM, "Indicator values transformation"),
    ),
    params=(
        Param(
            "columns",
            "columns",
            "Categorical columns to convert",
            default=CATEGORIES,
            port="rows",
            kinds=KINDS,
        ),
        Param(
            "overwrite",
            "boolean",
            "Overwrite categorical columns",
            default=False,
            help="On: the converted columns themselves are left out.",
        ),
    ),
    run=run,
    infer=infer,
)
