"""K-Means Clustering."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import ModelSchema, Schema
from designer.catalogue.types import UNTRAINED
from designer.estimators.algorithms import Untrained

TITLE = "K-Means Clustering"


def run(**params: Any) -> dict[str, Any]:
    return {"untrained": Untrained("k-means", "clustering", params, TITLE)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"untrained": ModelSchema("clustering", "k-means")}


COMPONENT = Component(
    id="k-means",
    version=1,
    title=TITLE,
    family="Machine learning algorithms",
    description="Divides rows into groups of similar rows, without a label.",
    help=(
        "Finds so many centres that every row lies near one. Choose the number of groups; Evaluate Model "
        "shows how well "
        "they are separated, so try several.\n\n"
        "Columns are brought to a common scale first, or the one with the largest numbers would decide "
        "alone. "
        "Columns of any kind will do: gaps are filled, and categories and dates become numbers by themselves."
    ),
    keywords=("clustering", "segment", "unsupervised", "groups"),
    outputs=(Port("untrained", UNTRAINED, "Untrained model"),),
    params=(
        Param("clusters", "integer", "Number of centroids", default=2, least=1, most=10000),
        Param(
            "initialization",
            "choice",
            "Initialization",
            default="k-means++",
            choices=(("first", "First N"), ("random", "Random"), ("k-means++", "K-Means++")),
            help="Where the centres start. First N: at the first rows of the table.",
        ),
        Param("seed", "integer", "Random number seed", default=0, least=0, most=4294967295),
        Param(
            "metric",
            "choice",
            "Metric",
            default="euclidean",
            choices=(("euclidean", "Euclidean"), ("cosine", "Cosine")),
            help="Cosine compares the direction of two rows and not their length.",
        ),
        Param("normalize", "boolean", "Normalize features", default=True),
        Param("iterations", "integer", "Iterations", default=100, least=1, most=100000),
    ),
    run=run,
    infer=infer,
)
