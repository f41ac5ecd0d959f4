"""Two-Class Decision Forest."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators import settings
from designer.estimators.algorithms import Untrained

TITLE = "Two-Class Decision Forest"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("forest", "binary", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("binary", "forest")}


COMPONENT = Component(
    id="two-class-forest",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="Many decision trees vote for one of two classes.",
    help=(
        "Each tree learns from its own sample of the rows; the share of votes is the probability. More "
        "trees make a "
        "steadier model and take longer.\n\n"
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("classification", "random forest", "bagging", "classifier"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=settings.forest(split_columns="sqrt"),
    run=run,
    infer=infer,
)
