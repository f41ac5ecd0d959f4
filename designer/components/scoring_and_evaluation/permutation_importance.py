"""Permutation Feature Importance: how much worse a model gets when a column is shuffled."""

from typing import Any

from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema, table
from designer.catalogue.types import MODEL, TABLE
from designer.estimators import importance


def run(*, model: Any, rows: Any, seed: int = 0, metric: str = "auto", repeats: int = 1) -> dict[str, Any]:
    return {"table": importance.permutation(model, rows, seed=seed, metric=metric, repeats=repeats)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"table": table(importance.COLUMNS)}


def check(params: Params, inputs: Schemas) -> Any:
    model, metric = inputs.get("model"), params.get("metric", "auto")
    if (
        isinstance(model, ModelSchema)
        and metric != "auto"
        and metric not in importance.METRICS.get(model.task, ())
    ):
        yield Complaint(f"This metric does not exist for a {model.task} model.", param="metric")


COMPONENT = Component(
    id="permutation-importance",
    version=1,
    title="Permutation Feature Importance",
    family="Model scoring and evaluation",
    description="Tells which columns a model relies on.",
    help=(
        "Shuffles one column of the test data at a time and measures how much worse the model becomes: a "
        "column that "
        "matters costs much, one that does not costs nothing. Use rows that the model was not trained on.\n\n"
        "Two columns that say the same stand in for each other, and both may look unimportant."
    ),
    keywords=("explain", "feature importance", "interpret", "which columns matter"),
    inputs=(Port("model", MODEL, "Trained model"), Port("rows", TABLE, "Test data")),
    outputs=(Port("table", TABLE, "Feature importance"),),
    params=(
        Param("seed", "integer", "Random seed", default=0, least=0, most=4294967295),
        Param(
            "metric",
            "choice",
            "Metric for measuring performance",
            default="auto",
            choices=(
                ("auto", "Automatic: accuracy, or R² for regression"),
                ("accuracy", "Classification - Accuracy"),
                ("precision", "Classification - Precision"),
                ("recall", "Classification - Recall"),
                ("log_loss", "Classification - Average Log Loss"),
                ("auc", "Classification - AUC"),
                ("mae", "Regression - Mean Absolute Error"),
                ("rmse", "Regression - Root Mean Squared Error"),
                ("rae", "Regression - Relative Absolute Error"),
                ("rse", "Regression - Relative Squared Error"),
                ("r2", "Regression - Coefficient of Determination"),
            ),
        ),
        Param(
            "repeats",
            "integer",
            "Number of shuffles of each column",
            default=1,
            least=1,
            most=50,
            help="More takes longer and tells chance from importance.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
