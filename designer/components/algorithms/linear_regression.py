"""Linear Regression."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators.algorithms import Untrained

TITLE = "Linear Regression"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("linear-regression", "regression", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("regression", "linear-regression")}


COMPONENT = Component(
    id="linear-regression",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="A weighted sum of the columns predicts a number.",
    help=(
        "The simplest model of a number, fast and easy to explain. Ordinary least squares finds the best "
        "weights exactly; "
        "gradient descent goes towards them in small steps, for very large tables.\n\n"
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("regression", "least squares", "ols", "ridge"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=(
        Param(
            "solution",
            "choice",
            "Solution method",
            default="ols",
            choices=(("ols", "Ordinary Least Squares"), ("sgd", "Online Gradient Descent")),
        ),
        Param(
            "l2",
            "number",
            "L2 regularization weight",
            default=0.001,
            least=0,
            help="Larger keeps the weights smaller. 0: plain least squares.",
        ),
        Param("intercept", "boolean", "Include intercept term", default=True, when={"solution": ["ols"]}),
        Param(
            "learning_rate",
            "number",
            "Learning rate",
            default=0.1,
            least=1e-9,
            most=10,
            when={"solution": ["sgd"]},
        ),
        Param(
            "epochs", "integer", "Number of training epochs", default=10, least=1, when={"solution": ["sgd"]}
        ),
        Param("average", "boolean", "Average final hypothesis", default=True, when={"solution": ["sgd"]}),
        Param("decrease", "boolean", "Decrease learning rate", default=True, when={"solution": ["sgd"]}),
        Param(
            "seed",
            "integer",
            "Random number seed",
            default=0,
            least=0,
            most=4294967295,
            when={"solution": ["sgd"]},
        ),
    ),
    run=run,
    infer=infer,
)
