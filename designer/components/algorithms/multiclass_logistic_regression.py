"""Multiclass Logistic Regression."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators.algorithms import Untrained

TITLE = "Multiclass Logistic Regression"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("logistic-regression", "multiclass", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("multiclass", "logistic-regression")}


COMPONENT = Component(
    id="multiclass-logistic-regression",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="A linear model that predicts one of several classes.",
    help=(
        "Adds up weighted columns and turns the sum into the probability of each class. Fast, and easy to "
        "explain: a "
        "good first model, and one to compare others with.\n\n"
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("classification", "logit", "linear", "classifier"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=(
        Param(
            "tolerance",
            "number",
            "Optimization tolerance",
            default=1e-4,
            least=1e-12,
            most=1.0,
            help="Smaller is more exact and takes longer.",
        ),
        Param(
            "l1",
            "number",
            "L1 regularization weight",
            default=0.0,
            least=0,
            help="Above 0, columns of little use get no weight at all; a slower method is then needed.",
        ),
        Param(
            "l2",
            "number",
            "L2 regularization weight",
            default=1.0,
            least=0,
            help="Larger keeps the weights smaller, which helps against learning the training rows by heart.",
        ),
        Param("seed", "integer", "Random number seed", default=0, least=0, most=4294967295),
    ),
    run=run,
    infer=infer,
)
