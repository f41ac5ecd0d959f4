"""Normalize Data: brings numeric columns to a common scale."""

from typing import Any

from designer.catalogue import columns as picks
from designer.catalogue import reporting, tables
from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import NUMERIC, OtherSchema, Schema, TableSchema
from designer.catalogue.types import TABLE, TRANSFORM
from designer.estimators import transform
from registry.errors import Invalid

KINDS = ("integer", "number")


def run(
    *, rows: Any, method: str = "zscore", zero_for_constant: bool = True, columns: Any = None
) -> dict[str, Any]:
    arriving = tables.columns(rows)
    names = picks.choose(columns, arriving, kinds=KINDS)
    if label := _spared_label(columns, tables.meta(rows).get("label")):
        names = [name for name in names if name != label]
        reporting.say(f"{label} is the label and keeps its values; select it by name to normalize it.")
    kinds = {column.name: column.kind for column in arriving}
    for name in names:
        if kinds[name] not in NUMERIC:
            raise Invalid(f"Column {name!r} is {kinds[name]}, not numeric, and cannot be normalized.")
    scaling = transform.Scaling(
        method, {name: _learn(rows[name], method) for name in names}, zero_for_constant
    )
    return {"table": scaling.apply(rows), "transform": scaling}


def _spared_label(selection: Any, label: str | None) -> str | None:
    return label if label and label not in ((selection or {}).get("names") or ()) else None


def _learn(column: Any, method: str) -> tuple[float, float]:
    import numpy as np

    x = column.to_numpy(dtype="float64", na_value=np.nan)
    x = x[np.isfinite(x)]
    if method == "lognormal":
        if (x <= 0).any():
            reporting.say(f"{column.name}: {int((x <= 0).sum()):,} values are not above 0 and become 0.")
        x = np.log(x[x > 0])
    if not len(x):
        return (0.0, 0.0)
    if method == "minmax":
        return (float(x.min()), float(x.max()))
    # A constant column computed in floating point may keep a deviation of rounding errors.
    deviation = 0.0 if x.min() == x.max() else float(x.std())
    return (float(x.mean()), deviation)


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema):
        return {"transform": OtherSchema()}
    selection = params.get("columns")
    names = set(picks.foreseen(selection, rows, kinds=KINDS)) - {_spared_label(selection, rows.label)}
    effect = {"kinds": {c.name: "number" for c in rows.columns if c.name in names}}
    return {"table": transform.foreseen(effect, rows), "transform": OtherSchema({"effect": effect})}


COMPONENT = Component(
    id="normalize-data",
    version=1,
    title="Normalize Data",
    family="Data transformation",
    description="Brings numeric columns to a common scale.",
    help=(
        "ZScore: mean 0, standard deviation 1. MinMax: from 0 to 1. Logistic: 1 / (1 + exp(-x)). "
        "LogNormal: the "
        "value's place in a log-normal distribution fitted to the column. TanH: hyperbolic tangent.\n\n"
        "Missing values stay missing. A column marked as the label is spared unless selected by name. The "
        "second output "
        "does the same to other rows, with the numbers learned here."
    ),
    keywords=("scale", "standardize", "zscore", "min max", "standard scaler"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(
        Port("table", TABLE, "Transformed dataset"),
        Port("transform", TRANSFORM, "Transformation function"),
    ),
    params=(
        Param(
            "method",
            "choice",
            "Transformation method",
            default="zscore",
            choices=(
                ("zscore", "ZScore"),
                ("minmax", "MinMax"),
                ("logistic", "Logistic"),
                ("lognormal", "LogNormal"),
                ("tanh", "TanH"),
            ),
        ),
        Param(
            "zero_for_constant",
            "boolean",
            "Use 0 for constant columns when checked",
            default=True,
            when={"method": ["zscore", "minmax", "lognormal"]},
            help="Off: a column with one value only becomes missing.",
        ),
        Param(
            "columns",
            "columns",
            "Columns to transform",
            default=picks.EVERY,
            port="rows",
            kinds=KINDS,
            help="All numeric columns unless you choose.",
        ),
    ),
    run=run,
    infer=infer,
)
