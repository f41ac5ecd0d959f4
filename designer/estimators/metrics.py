"""Metrics, each under the key that runs, evaluations and AutoML share.

None stands where a metric does not exist for the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Metrics = dict[str, float | None]

REGRESSION = ("mae", "rmse", "rae", "rse", "r2")
LOWER_IS_BETTER = frozenset(
    {"log_loss", "brier", "mae", "rmse", "rae", "rse", "mape", "median_absolute_error"}
)
SMALLEST = 1e-15  # a probability of 0 for what happened would cost infinitely


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows in the order of their probability: for each different probability, from the highest, how many
    of the rows from there up are hits (`tp`) and how many are not (`fp`). The first entry is above all
    rows."""

    threshold: "np.ndarray"
    tp: "np.ndarray"
    fp: "np.ndarray"

    @property
    def positives(self) -> int:
        return int(self.tp[-1])

    @property
    def negatives(self) -> int:
        return int(self.fp[-1])


def rank(true: "np.ndarray", probability: "np.ndarray") -> Ranking:
    """`true` is boolean."""
    import numpy as np

    order = np.argsort(-probability, kind="stable")
    sorted_probability = probability[order]
    last = (
        np.r_[np.flatnonzero(np.diff(sorted_probability)), len(order) - 1] if len(order) else np.empty(0, int)
    )
    hits = np.cumsum(true[order])[last]
    return Ranking(
        np.r_[np.inf, sorted_probability[last]],
        np.r_[0, hits].astype("int64"),
        np.r_[0, last + 1 - hits].astype("int64"),
    )


def binary(true: "np.ndarray", probability: "np.ndarray", called: "np.ndarray", ranking: Ranking) -> Metrics:
    """`true` and `called` (the scored label) are boolean: is it the positive class?"""
    import numpy as np

    tp, fp = int((true & called).sum()), int((~true & called).sum())
    fn = int((true & ~called).sum())
    clipped = np.clip(probability, SMALLEST, 1 - SMALLEST)
    return {
        "auc": auc(ranking),
        "accuracy": float((true == called).mean()),
        "precision": tp / (tp + fp) if tp + fp else 0.0,
        "recall": tp / (tp + fn) if tp + fn else 0.0,
        "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0,
        "average_precision": average_precision(ranking),
        "log_loss": float(-np.log(np.where(true, clipped, 1 - clipped)).mean()),
        "brier": float(((probability - true) ** 2).mean()),
    }


def auc(ranking: Ranking) -> float | None:
    """None where the rows have one class only."""
    import numpy as np

    if not ranking.positives or not ranking.negatives:
        return None
    return float(np.trapezoid(ranking.tp / ranking.positives, ranking.fp / ranking.negatives))


def average_precision(ranking: Ranking) -> float | None:
    import numpy as np

    if not ranking.positives:
        return None
    tp, fp = ranking.tp[1:], ranking.fp[1:]
    return float((np.diff(ranking.tp) / ranking.positives * tp / (tp + fp)).sum())


def multiclass(
    true: "np.ndarray", called: "np.ndarray", probabilities: "np.ndarray", classes: int
) -> Metrics:
    """`true` and `called` are positions among `labels`; the first `classes` labels are the model's, in
    the order of the columns of `probabilities`. Precision, recall and F1 are means over the classes that
    occur, each counting the same."""
    import numpy as np

    matrix = confusion(true, called, max(classes, int(true.max(initial=0)) + 1))
    by_class = of_classes(matrix)
    occurs = (matrix.sum(axis=0) + matrix.sum(axis=1)) > 0
    known = true < classes
    chance = np.clip(probabilities[np.flatnonzero(known), true[known]], SMALLEST, 1.0)
    areas = [auc(rank(true[known] == one, probabilities[known, one])) for one in range(classes)]
    areas = [area for area in areas if area is not None]
    return {
        "accuracy": float((true == called).mean()),
        "precision": float(by_class["precision"][occurs].mean()),
        "recall": float(by_class["recall"][occurs].mean()),
        "f1": float(by_class["f1"][occurs].mean()),
        "f1_weighted": float((by_class["f1"] * matrix.sum(axis=1)).sum() / matrix.sum()),
        "auc": float(np.mean(areas)) if areas else None,
        "log_loss": float(-np.log(chance).mean()) if known.any() else None,
    }


def confusion(true: "np.ndarray", called: "np.ndarray", count: int) -> "np.ndarray":
    """Rows: what is true. Columns: what was called."""
    import numpy as np

    return np.bincount(true * count + called, minlength=count * count).reshape(count, count)


def of_classes(matrix: "np.ndarray") -> Mapping[str, "np.ndarray"]:
    import numpy as np

    hits = np.diag(matrix).astype(float)
    called, true = matrix.sum(axis=0), matrix.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(called > 0, hits / called, 0.0)
        recall = np.where(true > 0, hits / true, 0.0)
        f1 = np.where(called + true > 0, 2 * hits / (called + true), 0.0)
    return {"precision": precision, "recall": recall, "f1": f1}


def regression(true: "np.ndarray", predicted: "np.ndarray") -> Metrics:
    """The relative errors and R² compare with always predicting the mean; they do not exist for a
    constant label."""
    import numpy as np

    error = predicted - true
    spread = true - true.mean()
    constant = not spread.any()
    some = true != 0
    rse = None if constant else float((error**2).sum() / (spread**2).sum())
    return {
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "rae": None if constant else float(np.abs(error).sum() / np.abs(spread).sum()),
        "rse": rse,
        "r2": None if rse is None else 1 - rse,
        "median_absolute_error": float(np.median(np.abs(error))),
        "mape": float((np.abs(error[some]) / np.abs(true[some])).mean()) if some.all() else None,
    }


def better(key: str, one: float, other: float) -> bool:
    return one < other if key in LOWER_IS_BETTER else one > other


def summary(rows: Sequence[Metrics]) -> tuple[Metrics, Metrics]:
    """Mean and standard deviation (of a sample) of each metric over several tests, where it exists."""
    import numpy as np

    means: Metrics = {}
    deviations: Metrics = {}
    for key in rows[0]:
        known = [value for row in rows if (value := row.get(key)) is not None]
        means[key] = float(np.mean(known)) if known else None
        deviations[key] = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return means, deviations
