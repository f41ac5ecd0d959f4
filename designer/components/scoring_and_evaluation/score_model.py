"""Score Model: adds a model's predictions to rows."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema, TableSchema
from designer.catalogue.types import MODEL, TABLE
from designer.estimators import learning, scoring


def run(*, model: Any, rows: Any, append: bool = True, positive: str = "") -> dict[str, Any]:
    return {"table": scoring.score(model, rows, append=append, positive=positive)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    model, rows = inputs.get("model"), inputs.get("rows")
    if not isinstance(model, ModelSchema) or not isinstance(rows, TableSchema):
        return {"table": TableSchema(known=False)}
    return {"table": learning.foreseen_scores(model, rows, append=bool(params.get("append", True)))}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    model, rows = inputs.get("model"), inputs.get("rows")
    if isinstance(model, ModelSchema) and isinstance(rows, TableSchema) and rows.known:
        lacking = [c.name for c in model.features if not rows.find(c.name)]
        if lacking:
            some = ", ".join(repr(name) for name in lacking[:5]) + (" and others" if len(lacking) > 5 else "")
            yield Complaint(
                f"The model was trained with columns that are not in this table: {some}.", port="rows"
            )


COMPONENT = Component(
    id="score-model",
    version=1,
    title="Score Model",
    family="Model scoring and evaluation",
    description="Adds a model's predictions to the rows of a table.",
    help=(
        "Classification adds Scored Labels and Scored Probabilities (of the positive class, or one column "
        "for each of "
        "several classes); regression adds Scored Labels; clustering adds Assignments and the distance to "
        "each centre.\n\n"
        "The rows need the columns the model was trained with, by name; others may be there and do no "
        "harm. A label in the rows "
        "is not used for predicting, only kept for Evaluate Model."
    ),
    keywords=("predict", "prediction", "apply model", "inference", "assign clusters"),
    inputs=(Port("model", MODEL, "Trained model"), Port("rows", TABLE, "Dataset")),
    outputs=(Port("table", TABLE, "Scored dataset"),),
    params=(
        Param(
            "append",
            "boolean",
            "Append score columns to output",
            default=True,
            help="Off: only the score columns and the label leave.",
        ),
        Param(
            "positive",
            "text",
            "Positive class",
            default="",
            required=False,
            help="Of two classes, the one whose probability is given. Empty: as chosen in training.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
