"""Multiclass Boosted Decision Tree."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators.algorithms import Untrained

TITLE = "Multiclass Boosted Decision Tree"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("boosted-tree", "multiclass", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("multiclass", "boosted-tree")}


COMPONENT = Component(
    id="multiclass-boosted-tree",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="Decision trees, each correcting those before it, predict one of several classes.",
    help=(
        "Often the most accurate on tables. LightGBM builds the trees one after another; each learns from "
        "what the "
        "earlier ones got wrong. More trees want a smaller learning rate.\n\n"
        "Columns of any kind will do: gaps and categories are understood as they are."
    ),
    keywords=("classification", "lightgbm", "gradient boosting", "gbm", "xgboost", "classifier"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=(
        Param("leaves", "integer", "Maximum number of leaves per tree", default=20, least=2, most=4096),
        Param("min_leaf", "integer", "Minimum number of samples per leaf node", default=10, least=1),
        Param("learning_rate", "number", "Learning rate", default=0.2, least=1e-6, most=1.0),
        Param("trees", "integer", "Number of trees constructed", default=100, least=1, most=10000),
        Param("seed", "integer", "Random number seed", default=42, least=0, most=4294967295),
    ),
    run=run,
    infer=infer,
)
