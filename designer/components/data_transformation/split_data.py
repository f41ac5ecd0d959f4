"""Split Data: two tables out of one."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns, reporting, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid


def run(
    *,
    rows: Any,
    fraction: float = 0.5,
    randomized: bool = True,
    seed: int = 0,
    stratified: bool = False,
    key: str | None = None,
) -> dict[str, Any]:
    import numpy as np

    count = round(len(rows) * fraction)
    if stratified:
        if not key:
            raise Invalid("Choose the column whose values both parts should have in the same shares.")
        columns.require(key, rows.columns)
        first, second = _stratified(rows[key], count, randomized, seed)
    elif randomized:
        order = np.random.RandomState(seed).permutation(len(rows))
        # As scikit-learn's train_test_split: the test rows are drawn first.
        second, first = order[: len(rows) - count], order[len(rows) - count :]
    else:
        first, second = np.arange(count), np.arange(count, len(rows))
    reporting.say(f"{len(first):,} rows in the first part, {len(second):,} in the second.")
    about = tables.meta(rows)
    return {
        name: tables.with_meta(rows.take(part).reset_index(drop=True), about)
        for name, part in (("first", first), ("second", second))
    }


def _stratified(key: Any, count: int, randomized: bool, seed: int) -> tuple[Any, Any]:
    """Positions for both parts: each value of `key` (missing is one) gives its share, by largest
    remainder."""
    import numpy as np
    import pandas as pd

    codes, _ = pd.factorize(key, sort=False, use_na_sentinel=False)
    sizes = np.bincount(codes) if len(codes) else np.zeros(0, int)
    if len(sizes) and len(sizes) > max(20, len(codes) // 2):
        raise Invalid(
            f"Column {key.name!r} has {len(sizes):,} different values in {len(codes):,} rows, too many for a "
            "stratified split; choose a column with few values."
        )
    exact = sizes * (count / len(codes)) if len(codes) else sizes
    take = np.floor(exact).astype(int)
    spare = count - int(take.sum())
    take[np.argsort(-(exact - take), kind="stable")[:spare]] += 1
    random = np.random.RandomState(seed)
    order = random.permutation(len(codes)) if randomized else np.arange(len(codes))
    # The place of each row among the rows of its own value, in that order.
    by_value = order[np.argsort(codes[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else np.zeros(0, int)
    place = np.empty(len(codes), int)
    place[by_value] = np.arange(len(codes)) - np.repeat(starts, sizes)
    goes_first = place[order] < take[codes[order]]
    return order[goes_first], order[~goes_first]


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    match inputs.get("rows"):
        case TableSchema() as rows:
            return {"first": rows, "second": rows}
    return {}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    if params.get("stratified") and not params.get("key"):
        yield Complaint(
            "Choose the stratification key column, or turn the stratified split off.", param="key"
        )


COMPONENT = Component(
    id="split-data",
    version=1,
    title="Split Data",
    family="Data transformation",
    description="Divides the rows of a table into two parts.",
    help=(
        "The usual first step before training: the first part to learn from, the second to test on. With "
        "the same seed "
        "the same rows go the same way every time.\n\n"
        "A stratified split gives both parts the same shares of each value of a column; choose the label "
        "where one "
        "class is rare. Not randomized: the first rows of the table are the first part, as is right for a "
        "series in time."
    ),
    keywords=("train test split", "partition", "sample", "holdout", "divide", "stratify"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(Port("first", TABLE, "Results dataset1"), Port("second", TABLE, "Results dataset2")),
    params=(
        Param(
            "fraction",
            "number",
            "Fraction of rows in the first output dataset",
            default=0.5,
            least=0,
            most=1,
            help="0.7 gives seven rows of ten to the first output.",
        ),
        Param("randomized", "boolean", "Randomized split", default=True),
        Param(
            "seed",
            "integer",
            "Random seed",
            default=0,
            least=0,
            most=4294967295,
            when={"randomized": [True]},
        ),
        Param("stratified", "boolean", "Stratified split", default=False),
        Param(
            "key",
            "column",
            "Stratification key column",
            required=False,
            port="rows",
            when={"stratified": [True]},
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
