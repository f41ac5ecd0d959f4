"""Cross-Validate Model: trains on all folds but one and tests on that one, for each fold."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Column, ModelSchema, Schema, TableSchema, table
from designer.catalogue.types import EVALUATION, TABLE, UNTRAINED
from designer.estimators import crossval, learning


def run(
    *,
    untrained: Any,
    rows: Any,
    label: str | None = None,
    features: Any = None,
    folds: int = 10,
    seed: int = 0,
    positive: str = "",
) -> dict[str, Any]:
    label = learning.label_of(untrained.task, label, tables.meta(rows).get("label"))
    names = columns.choose(features, tables.columns(rows))
    scored, table, evaluation = crossval.validate(
        untrained, rows, label=label, features=names, folds=folds, seed=seed, positive=positive
    )
    return {"scored": scored, "folds": table, "evaluation": evaluation}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows, untrained = inputs.get("rows"), inputs.get("untrained")
    found: dict[str, Schema] = {}
    if isinstance(untrained, ModelSchema):
        found["folds"] = table([("Fold", "text"), *crossval.columns(untrained.task)])
        model = learning.foreseen_model(params, inputs).get("model")
        if isinstance(rows, TableSchema) and isinstance(model, ModelSchema):
            scored = learning.foreseen_scores(model, rows)
            found["scored"] = TableSchema(
                (*scored.columns, Column(crossval.FOLD, "integer")), scored.known, scored.label, scored.scored
            )
    return found


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    untrained = inputs.get("untrained")
    if isinstance(untrained, ModelSchema) and untrained.task == "clustering":
        yield Complaint(crossval.NO_CLUSTERS, port="untrained")
        return
    yield from learning.complaints(params, inputs)


COMPONENT = Component(
    id="cross-validate",
    version=1,
    title="Cross-Validate Model",
    family="Model training",
    description="Tests an algorithm on every row, by training it on the others, fold by fold.",
    help=(
        "Divides the rows into folds. Each fold in turn is predicted by a model that was trained on all "
        "the others, "
        "so that every row is tested once by a model that never saw it. Metrics that differ much between "
        "folds mean that "
        "the model depends on which rows it happens to see.\n\n"
        "Outputs: all rows with their predictions; the metrics of each fold with mean and standard "
        "deviation; the "
        "charts over all rows. No model comes out: train it with Train Model once you are content."
    ),
    keywords=("k-fold", "validation", "cv", "cross validation", "folds"),
    inputs=(Port("untrained", UNTRAINED, "Untrained model"), Port("rows", TABLE, "Dataset")),
    outputs=(
        Port("scored", TABLE, "Scored results"),
        Port("folds", TABLE, "Evaluation results by fold"),
        Port("evaluation", EVALUATION, "Evaluation results"),
    ),
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
        Param("folds", "integer", "Number of folds", default=10, least=2, most=20),
        Param("seed", "integer", "Random seed", default=0, least=0, most=4294967295),
        Param(
            "positive",
            "text",
            "Positive class",
            default="",
            required=False,
            help="Of two classes, the one that counts as a hit. Empty: found by its name, or else the rarer.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
