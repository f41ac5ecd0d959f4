"""Decision Forest Regression."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
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
    params=(
        Param(
            "resampling",
            "choice",
            "Resampling method",
            default="bagging",
            choices=(("bagging", "Bagging"), ("replicate", "Replicate")),
            help="Bagging: each tree learns from rows drawn anew. Replicate: each tree learns from all rows.",
        ),
        Param("trees", "integer", "Number of decision trees", default=8, least=1, most=10000),
        Param("depth", "integer", "Maximum depth of the decision trees", default=32, least=1, most=1000),
        Param(
            "split_columns",
            "choice",
            "Columns tried at each split",
            default="third",
            choices=(("sqrt", "Square root of their number"), ("third", "A third"), ("all", "All")),
            help="Fewer makes the trees more different from each other.",
        ),
        Param("min_leaf", "integer", "Minimum number of samples per leaf node", default=1, least=1),
        Param("seed", "integer", "Random number seed", default=0, least=0, most=4294967295),
    ),
    run=run,
    infer=infer,
)
