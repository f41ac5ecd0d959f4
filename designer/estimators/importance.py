"""Permutation importance: what a model loses when one column of the test rows is shuffled."""

from typing import TYPE_CHECKING

from designer.catalogue import reporting, tables
from designer.estimators import evaluation, metrics, scoring
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

    from designer.estimators.model import TrainedModel

METRICS = {
    "binary": ("accuracy", "precision", "recall", "log_loss", "auc"),
    "multiclass": ("accuracy", "precision", "recall", "log_loss", "auc"),
    "regression": ("mae", "rmse", "rae", "rse", "r2"),
}
COLUMNS = (("Feature", "text"), ("Importance", "number"), ("Standard deviation", "number"))


def permutation(
    model: "TrainedModel", rows: "pd.DataFrame", *, seed: int, metric: str, repeats: int
) -> "pd.DataFrame":
    """One row for each feature, the most important first: how much worse `metric` becomes on average."""
    import numpy as np
    import pandas as pd

    key = _metric(model, metric)
    rows = _with_label(model, rows)
    whole = _measured(model, rows, model.take_features(rows), key)
    given = model.take_features(rows)
    random = np.random.RandomState(seed)
    losses = np.zeros((len(model.features), repeats))
    for number, column in enumerate(model.features):
        reporting.progress(number, len(model.features), column.name)
        for repeat in range(repeats):
            shuffled = given[column.name].take(random.permutation(len(rows)))
            shuffled.index = given.index
            now = _measured(model, rows, given.assign(**{column.name: shuffled}), key)
            losses[number, repeat] = now - whole if key in metrics.LOWER_IS_BETTER else whole - now
    reporting.progress(len(model.features), len(model.features))
    mean = losses.mean(axis=1)
    order = np.argsort(-mean, kind="stable")
    reporting.say(f"{key} of the untouched rows: {whole:.4g}")
    table = pd.DataFrame(
        {
            "Feature": pd.array([model.features[place].name for place in order], dtype=tables.text_dtype()),
            "Importance": mean[order],
            "Standard deviation": losses.std(axis=1, ddof=1)[order]
            if repeats > 1
            else np.full(len(order), np.nan),
        }
    )
    return tables.with_meta(table, {})


def _metric(model: "TrainedModel", metric: str) -> str:
    if model.task not in METRICS:
        raise Invalid("A clustering has no true label, so the importance of its columns cannot be measured.")
    if metric == "auto":
        return "r2" if model.task == "regression" else "accuracy"
    if metric not in METRICS[model.task]:
        raise Invalid(
            f"The metric {metric} does not exist for a {model.task} model.", fields={"param": "metric"}
        )
    return metric


def _with_label(model: "TrainedModel", rows: "pd.DataFrame") -> "pd.DataFrame":
    if model.label not in rows.columns:
        raise Invalid(
            f"The test data has no column {model.label!r}, the true label; importance cannot be measured "
            "without it.",
            code="no-label",
        )
    missing = rows[model.label].isna()
    if missing.any():
        reporting.say(f"{int(missing.sum()):,} of {len(rows):,} rows have no {model.label} and are left out.")
        rows = rows[~missing]
    if len(rows) < 2:
        raise Invalid(
            f"Importance needs at least two rows with a label; there are {len(rows)}.", code="few-rows"
        )
    return rows


def _measured(model: "TrainedModel", rows: "pd.DataFrame", given: "pd.DataFrame", key: str) -> float:
    value = evaluation.measure(scoring.attach(model, rows[[model.label]], model.predict(given)))[key]
    if value is None:
        raise Invalid(
            f"The metric {key} does not exist for these rows: their label never changes.", code="no-metric"
        )
    return value
