"""Decision Forest Regression."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators import settings
from designer.estimators.algorithms import Untrained

TITLE = "Decision Forest Regression"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("forest", "regression", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("regression", "forest")}


COMPONENT = Component(
    id="forest-regression",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="The average of many decision trees predicts a number.",
    help=(
        "Each tree learns from its own sample of the rows; the prediction is their average. More trees "
        "make a steadier "
        "model and take longer.\n\n"
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("regression", "random forest", "bagging"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=settings.forest(split_columns="third"),
    run=run,
    infer=infer,
)
