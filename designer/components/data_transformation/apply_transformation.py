"""Apply Transformation: does to a table what was learned from another."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.schema import OtherSchema, Schema, TableSchema
from designer.catalogue.types import TABLE, TRANSFORM
from designer.estimators import transform as transforms


def run(*, transform: Any, rows: Any) -> dict[str, Any]:
    return {"table": transform.apply(rows)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows, transform = inputs.get("rows"), inputs.get("transform")
    if not isinstance(rows, TableSchema):
        return {}
    effect = transform.details.get("effect") if isinstance(transform, OtherSchema) else None
    if effect is None:
        return {"table": TableSchema(rows.columns, False, rows.label, rows.scored)}
    gone = set(effect.get("gone") or ())
    kept = TableSchema(
        tuple(c for c in rows.columns if c.name not in gone), rows.known, rows.label, rows.scored
    )
    return {"table": transforms.foreseen(effect, kept)}


COMPONENT = Component(
    id="apply-transformation",
    version=1,
    title="Apply Transformation",
    family="Data transformation",
    description="Does to this table what a transformation learned from another.",
    help=(
        "Takes the transformation that leaves Clean Missing Data, Normalize Data or Convert to Indicator "
        "Values and "
        "applies it to other rows, with the values learned from the first: the mean of the training rows "
        "fills the "
        "gaps of the test rows."
    ),
    keywords=("transform", "reuse", "test data"),
    inputs=(
        Port("transform", TRANSFORM, "Transformation"),
        Port("rows", TABLE, "Dataset"),
    ),
    outputs=(Port("table", TABLE, "Transformed dataset"),),
    run=run,
    infer=infer,
)
