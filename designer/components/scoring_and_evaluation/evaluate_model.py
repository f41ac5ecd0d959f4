"""Evaluate Model: how good the predictions are, in numbers and charts."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import OtherSchema, Schema, TableSchema
from designer.catalogue.types import EVALUATION, TABLE
from designer.estimators import evaluation


def run(*, scored: Any, compared: Any = None, positive: str = "") -> dict[str, Any]:
    given = [("Scored dataset", scored)]
    if compared is not None:
        given.append(("Scored dataset to compare", compared))
    found = evaluation.evaluate(given, positive=positive)
    evaluation.report(found)
    return {"evaluation": found}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"evaluation": OtherSchema()}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    tasks = {}
    for port in ("scored", "compared"):
        rows = inputs.get(port)
        if not isinstance(rows, TableSchema) or not rows.known:
            continue
        if not rows.scored:
            yield Complaint("There are no predictions in this table; put Score Model before it.", port=port)
            continue
        tasks[port] = rows.scored.get("task")
        label = rows.scored.get("label")
        if tasks[port] != "clustering" and not (label and rows.find(label)):
            yield Complaint(
                "The true label is not in this table, so predictions cannot be judged.", port=port
            )
    if len(set(tasks.values())) > 1:
        kinds = " and ".join(str(task) for task in tasks.values())
        yield Complaint(f"These predictions cannot be compared: they are {kinds}.", port="compared")


COMPONENT = Component(
    id="evaluate-model",
    version=1,
    title="Evaluate Model",
    family="Model scoring and evaluation",
    description="Tells how good predictions are, in numbers and charts.",
    help=(
        "Compares what was predicted with what is true, on rows the model has not learned from. Two "
        "classes: AUC, accuracy, "
        "precision, recall, F1; ROC, precision-recall, lift and calibration curves; a confusion matrix for "
        "every "
        "threshold. Several classes: the confusion matrix and metrics by class. Regression: mean and "
        "squared errors, "
        "R², residuals. Clustering: how tight and how separate the groups are.\n\n"
        "Connect a second scored dataset to see two models in the same charts."
    ),
    keywords=("metrics", "roc", "auc", "accuracy", "confusion matrix", "r2", "rmse", "compare"),
    inputs=(
        Port("scored", TABLE, "Scored dataset"),
        Port("compared", TABLE, "Scored dataset to compare", required=False),
    ),
    outputs=(Port("evaluation", EVALUATION, "Evaluation results"),),
    params=(
        Param(
            "positive",
            "text",
            "Positive class",
            default="",
            required=False,
            help="Of two classes, the one that counts as a hit. Empty: as chosen in training.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
