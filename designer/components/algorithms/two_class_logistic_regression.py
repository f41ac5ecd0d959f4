"""Two-Class Logistic Regression."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators import settings
from designer.estimators.algorithms import Untrained

TITLE = "Two-Class Logistic Regression"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("logistic-regression", "binary", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("binary", "logistic-regression")}


COMPONENT = Component(
    id="two-class-logistic-regression",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="A linear model that predicts one of two classes.",
    help=(
        "Adds up weighted columns and turns the sum into the probability of each class. Fast, and easy to "
        "explain: a "
        "good first model, and one to compare others with.\n\n"
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("classification", "logit", "linear", "classifier"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=settings.LOGISTIC_REGRESSION,
    run=run,
    infer=infer,
)
