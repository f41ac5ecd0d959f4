"""Select Columns: keeps some columns of a table."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns, tables
from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid


def run(*, rows: Any, columns: dict[str, Any], keep_order: bool = False) -> dict[str, Any]:
    names = _choose(columns, tables.columns(rows), keep_order)
    if not names:
        raise Invalid("Select Columns would leave no column; include at least one.", code="no-columns")
    return {"table": tables.with_meta(rows[names], tables.meta(rows))}


def _choose(selection: dict[str, Any], arriving: Iterable[Any], keep_order: bool) -> list[str]:
    return columns.choose(selection, arriving, keep_order=keep_order)


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    match inputs.get("rows"):
        case TableSchema() as rows:
            names = columns.foreseen(params.get("columns"), rows, keep_order=bool(params.get("keep_order")))
            kept = tuple(c for name in names if (c := rows.find(name)))
            known = rows.known or not (_is_open(params.get("columns")))
            if not rows.known and known:
                # Nothing is known of the table, but exactly these columns leave it.
                listed = {c.name: c for c in kept}
                kept = tuple(listed.get(name) or columns.unknown(name) for name in params["columns"]["names"])
            left = {c.name for c in kept}
            return {
                "table": TableSchema(
                    kept,
                    known=known,
                    label=rows.label if rows.label in left else None,
                    scored=rows.scored if rows.scored and rows.scored.get("labels") in left else None,
                )
            }
    return {}


def _is_open(selection: Any) -> bool:
    """Whether it takes more than a list of names to say what is selected."""
    return not selection or bool(selection.get("all") or selection.get("kinds") or not selection.get("names"))


COMPONENT = Component(
    id="select-columns",
    version=1,
    title="Select Columns",
    family="Data transformation",
    description="Keeps some columns of a table and leaves the others out.",
    help=(
        "Begin with all columns and exclude some, or begin with none and include columns by name or by kind. "
        "Columns that only identify a row (numbers of customers, say) are best left out before training."
    ),
    keywords=("dataset", "choose", "project", "drop", "exclude", "include", "keep", "remove column"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(Port("table", TABLE, "Results dataset"),),
    params=(
        Param("columns", "columns", "Select columns", default=columns.EVERY, port="rows"),
        Param(
            "keep_order",
            "boolean",
            "Preserve column order in selection",
            default=False,
            help="On: columns chosen by name come first, in the order chosen. Off: the table's own order.",
        ),
    ),
    run=run,
    infer=infer,
)
