"""The settings of algorithms that are offered for several tasks: the same in each."""

from designer.catalogue.params import Param

LOGISTIC_REGRESSION = (
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
)


def forest(*, split_columns: str) -> tuple[Param, ...]:
    """`split_columns` is what is customary for the task."""
    return (
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
            default=split_columns,
            choices=(("sqrt", "Square root of their number"), ("third", "A third"), ("all", "All")),
            help="Fewer makes the trees more different from each other.",
        ),
        Param("min_leaf", "integer", "Minimum number of samples per leaf node", default=1, least=1),
        Param("seed", "integer", "Random number seed", default=0, least=0, most=4294967295),
    )
