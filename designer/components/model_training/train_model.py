"""Train Model: an algorithm and rows become a trained model."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema
from designer.catalogue.types import MODEL, TABLE, UNTRAINED
from designer.estimators import learning


def run(*, untrained: Any, rows: Any, label: str | None = None, features: Any = None) -> dict[str, Any]:
    label = learning.label_of(untrained.task, label, tables.meta(rows).get("label"))
    names = columns.choose(features, tables.columns(rows))
    return {"model": learning.train(untrained, rows, label=label, features=names)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return learning.foreseen_model(params, inputs)


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    yield from learning.complaints(params, inputs)


COMPONENT = Component(
    id="train-model",
    version=1,
    title="Train Model",
    family="Model training",
    description="Teaches an algorithm with the rows of a table.",
    help=(
        "Connect an algorithm on the left and the training rows on the right, and choose the column to "
        "predict. Clustering "
        "needs no label.\n\n"
        "Columns of any kind just work: gaps in numbers are filled with the mean, categories become "
        "indicators (a value never seen "
        "in training counts for nothing), dates are taken apart into year, month, day and so on. Columns "
        "of free text "
        "and columns where every row differs teach nothing and are left out; the log names them. Rows "
        "without a label are "
        "left out too, and counted."
    ),
    keywords=("fit", "learn", "training", "classifier", "regressor"),
    inputs=(Port("untrained", UNTRAINED, "Untrained model"), Port("rows", TABLE, "Dataset")),
    outputs=(Port("model", MODEL, "Trained model"),),
    params=(
        Param(
            "label",
            "column",
            "Label column",
            required=False,
            port="rows",
            help="The column to predict. Empty: the one marked as label by Edit Metadata.",
        ),
        Param(
            "features",
            "columns",
            "Columns to learn from",
            default=columns.EVERY,
            port="rows",
            help="All but the label unless you choose.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
