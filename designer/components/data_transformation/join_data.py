"""Join Data: brings two tables together on key columns."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns, reporting, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import NUMERIC, Column, Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid


def run(
    *,
    left: Any,
    right: Any,
    left_keys: dict[str, Any],
    right_keys: dict[str, Any],
    match_case: bool = True,
    how: str = "inner",
    keep_right_keys: bool = True,
) -> dict[str, Any]:
    import pandas as pd

    lefts = columns.choose(left_keys, tables.columns(left), keep_order=True)
    rights = columns.choose(right_keys, tables.columns(right), keep_order=True)
    _require_pairs(lefts, rights)
    for one, other in zip(lefts, rights, strict=True):
        _require_alike(one, tables.kind(left[one].dtype), other, tables.kind(right[other].dtype))
    keys = [f"k{n}" for n in range(len(lefts))]
    a, b = _keys(left, lefts, keys, match_case), _keys(right, rights, keys, match_case)
    if how == "semi":
        matched = a.merge(b[keys].drop_duplicates(), on=keys)["row"]
        return {
            "table": tables.with_meta(
                left.take(matched.sort_values()).reset_index(drop=True), tables.meta(left)
            )
        }
    pairs = a.merge(b, on=keys, suffixes=("", "_right"))
    from_left, from_right = _with_unmatched(pairs, how, len(left), len(right))
    parts = [_take(left, from_left)]
    if how == "outer" and not keep_right_keys:
        parts[0] = _keys_of_both(parts[0], lefts, right[rights], from_left, from_right)
    names = (
        list(right.columns)
        if keep_right_keys
        else [name for name in right.columns if name not in set(rights)]
    )
    parts.append(_take(right[names].set_axis(_right_names(left.columns, names), axis=1), from_right))
    table = pd.concat(parts, axis=1)
    reporting.say(f"{len(left):,} rows on the left and {len(right):,} on the right make {len(table):,} rows.")
    return {"table": tables.with_meta(table, tables.meta(left))}


def _require_pairs(lefts: list[str], rights: list[str]) -> None:
    if not lefts or not rights:
        raise Invalid("Choose at least one key column on each side.", code="no-keys")
    if len(lefts) != len(rights):
        raise Invalid(
            f"{len(lefts)} key columns on the left and {len(rights)} on the right; choose as many on both "
            "sides."
        )


def _require_alike(left: str, left_kind: str, right: str, right_kind: str) -> None:
    groups = [NUMERIC, {"text", "category"}, {"boolean"}, {"date"}]
    if left_kind != right_kind and not any({left_kind, right_kind} <= group for group in groups):
        raise Invalid(
            f"The keys {left!r} ({left_kind}) and {right!r} ({right_kind}) hold different kinds of values "
            "and never "
            "match; change one with Edit Metadata.",
            code="keys-differ",
        )


def _keys(df: Any, names: list[str], keys: list[str], match_case: bool) -> Any:
    """The rows whose keys are all there (a missing key matches nothing), with their positions."""
    import numpy as np
    import pandas as pd

    made = {}
    for name, key in zip(names, keys, strict=True):
        column = tables.plain(df[name])
        kind = tables.kind(column.dtype)
        if kind == "text":
            column = column.astype("object")
            made[key] = column if match_case else column.map(str.casefold, na_action="ignore")
        else:
            made[key] = column.astype("float64") if kind == "number" else column
    frame = pd.DataFrame({**made, "row": np.arange(len(df))})
    return frame[frame[keys].notna().all(axis=1)]


def _with_unmatched(pairs: Any, how: str, left: int, right: int) -> tuple[Any, Any]:
    """Positions on both sides for every row of the result, in the order of the left; -1 where there is
    no partner."""
    import numpy as np

    a, b = pairs["row"].to_numpy(), pairs["row_right"].to_numpy()
    if how in ("left", "outer"):
        alone = np.setdiff1d(np.arange(left), a)
        a, b = np.concatenate([a, alone]), np.concatenate([b, np.full(len(alone), -1)])
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    if how == "outer":
        alone = np.setdiff1d(np.arange(right), b)
        a, b = np.concatenate([a, np.full(len(alone), -1)]), np.concatenate([b, alone])
    return a, b


def _take(df: Any, positions: Any) -> Any:
    """Rows by position; -1 is a row of missing values, for which whole numbers and booleans become
    nullable."""
    import numpy as np

    gaps = positions < 0
    if not gaps.any():
        return df.take(positions).reset_index(drop=True)
    nullable = {
        name: "Int64" if kind == "integer" else "boolean"
        for name, kind in tables.kinds(df).items()
        if kind in ("integer", "boolean")
    }
    df = df.astype(nullable) if nullable else df
    return df.reindex(np.where(gaps, len(df), positions)).reset_index(drop=True)


def _keys_of_both(taken: Any, lefts: list[str], right: Any, from_left: Any, from_right: Any) -> Any:
    """A row without a partner on the left still has a key: the right one, which is not kept as a column
    of its own."""
    alone = from_left < 0
    if not alone.any():
        return taken
    changed = {}
    for name, other in zip(lefts, right.columns, strict=True):
        column = taken[name].astype("object")
        column[alone] = tables.plain(right[other]).take(from_right[alone]).astype("object").to_numpy()
        kind = tables.kind(taken[name].dtype)
        if kind == "category":
            changed[name] = tables.as_category(column)
        elif kind == "integer" and tables.kind(right[other].dtype) == "number":
            changed[name] = column.where(column.notna(), float("nan")).astype("float64")
        else:
            changed[name] = column.astype(taken[name].dtype)
    return taken.assign(**changed)


def _right_names(left: Any, right: Any) -> list[str]:
    return tables.unique_names(list(right), list(left))


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    left, right = inputs.get("left"), inputs.get("right")
    if not isinstance(left, TableSchema) or not isinstance(right, TableSchema):
        return {}
    how = params.get("how", "inner")
    if how == "semi":
        return {"table": left}
    lefts = columns.foreseen(params.get("left_keys") or columns.NONE, left, keep_order=True)
    rights = columns.foreseen(params.get("right_keys") or columns.NONE, right, keep_order=True)
    kept_keys = params.get("keep_right_keys", True)
    if how == "outer" and not kept_keys:
        # Keys of both sides in one column: numbers where either side has them.
        widened = {a for a, b in zip(lefts, rights, strict=False) if right.find(b).kind == "number"}
        columns_of_left = tuple(
            Column(c.name, "number") if c.name in widened and c.kind == "integer" else c for c in left.columns
        )
        left = TableSchema(columns_of_left, left.known, left.label, left.scored)
    kept = [c for c in right.columns if kept_keys or c.name not in rights]
    names = _right_names(left.names(), [c.name for c in kept])
    added = tuple(
        Column(name, c.kind, c.missing if how == "inner" else None)
        for name, c in zip(names, kept, strict=True)
    )
    return {"table": TableSchema(left.columns + added, left.known and right.known, left.label, left.scored)}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    left, right = inputs.get("left"), inputs.get("right")
    if (
        not isinstance(left, TableSchema)
        or not isinstance(right, TableSchema)
        or not (left.known and right.known)
    ):
        return
    lefts = columns.foreseen(params.get("left_keys") or columns.NONE, left, keep_order=True)
    rights = columns.foreseen(params.get("right_keys") or columns.NONE, right, keep_order=True)
    if not lefts or not rights:
        return  # a required setting; named as such already
    try:
        _require_pairs(lefts, rights)
        for one, other in zip(lefts, rights, strict=True):
            kinds = left.find(one).kind, right.find(other).kind
            if "unknown" not in kinds:
                _require_alike(one, kinds[0], other, kinds[1])
    except Invalid as error:
        yield Complaint(error.message, param="right_keys")


COMPONENT = Component(
    id="join-data",
    version=1,
    title="Join Data",
    family="Data transformation",
    description="Brings two tables together where their key columns agree.",
    help=(
        "Choose the key columns on both sides, as many on the left as on the right; they are compared pair "
        "by pair in "
        "the order chosen. Inner keeps rows with a partner; left outer keeps all rows of the left; full "
        "outer keeps all "
        "rows of both; left semi keeps the left's rows that have a partner and adds no columns.\n\n"
        "A missing key matches nothing. A column of the right whose name the left has too gets (2) behind "
        "its name."
    ),
    keywords=("merge", "lookup", "combine", "inner", "outer", "sql join"),
    inputs=(Port("left", TABLE, "Dataset1"), Port("right", TABLE, "Dataset2")),
    outputs=(Port("table", TABLE, "Results dataset"),),
    params=(
        Param("left_keys", "columns", "Join key columns for L", default=columns.NONE, port="left"),
        Param("right_keys", "columns", "Join key columns for R", default=columns.NONE, port="right"),
        Param("match_case", "boolean", "Match case", default=True),
        Param(
            "how",
            "choice",
            "Join type",
            default="inner",
            choices=(
                ("inner", "Inner Join"),
                ("left", "Left Outer Join"),
                ("outer", "Full Outer Join"),
                ("semi", "Left Semi-Join"),
            ),
        ),
        Param(
            "keep_right_keys",
            "boolean",
            "Keep right key columns in joined table",
            default=True,
            when={"how": ["inner", "left", "outer"]},
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
