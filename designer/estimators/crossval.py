"""Cross-validation: every row is predicted once, by a model that was trained without it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from designer.catalogue import reporting, tables
from designer.catalogue.schema import Column
from designer.estimators import evaluation, labels, learning, metrics, scoring
from designer.estimators.algorithms import Untrained
from registry.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.estimators.model import Predictions

FOLD = "Fold Assignments"
NO_CLUSTERS = "Clustering has no true label to test against; train and score it, and use Evaluate Model."
TITLES = {
    "auc": "AUC", "accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f1": "F1 score",
    "average_precision": "Average precision", "log_loss": "Log loss", "brier": "Brier score",
    "f1_weighted": "Weighted F1 score",
    "mae": "Mean absolute error", "rmse": "Root mean squared error", "rae": "Relative absolute error",
    "rse": "Relative squared error", "r2": "R²", "median_absolute_error": "Median absolute error",
    "mape": "Mean absolute percentage error",
}  # fmt: skip
OF_TASK = {
    "binary": ("auc", "accuracy", "precision", "recall", "f1", "average_precision", "log_loss", "brier"),
    "multiclass": ("accuracy", "precision", "recall", "f1", "f1_weighted", "auc", "log_loss"),
    "regression": ("mae", "rmse", "rae", "rse", "r2", "median_absolute_error", "mape"),
}


def columns(task: str) -> list[Column]:
    """Of the table by fold, after the column Fold."""
    return [Column("Rows", "integer"), *(Column(TITLES[key], "number") for key in OF_TASK.get(task, ()))]


def validate(
    untrained: Untrained,
    rows: "pd.DataFrame",
    *,
    label: str | None,
    features: Sequence[str],
    folds: int,
    seed: int,
    positive: str = "",
) -> tuple["pd.DataFrame", "pd.DataFrame", dict[str, Any]]:
    """All rows with predictions, the metrics by fold, and the evaluation over all rows."""
    import numpy as np
    import pandas as pd

    if untrained.task == "clustering":
        raise Invalid(NO_CLUSTERS, code="clustering")
    rows = _usable(rows, label)
    if len(rows) < folds:
        raise Invalid(
            f"{folds} folds cannot be made of {len(rows):,} rows; choose fewer folds.", code="few-rows"
        )
    fold = _assign(rows, label if untrained.task in ("binary", "multiclass") else None, folds, seed)
    if untrained.task in ("binary", "multiclass"):
        _require_classes_in_each(untrained, rows, label, fold, folds)
    predicted, measured, sizes = [], [], []
    reference = None
    for number in range(folds):
        reporting.progress(number, folds, f"Fold {number + 1} of {folds}")
        testing = fold == number
        model = learning.train(untrained, rows[~testing], label=label, features=features, quiet=number > 0)
        # One class counts as the hit in all folds, also where another is the rarer.
        reference = reference or model
        test = rows[testing]
        predicted.append(model.predict(test))
        hit = positive or ("" if reference.positive is None else str(reference.positive))
        part = scoring.attach(model, test[[label]], predicted[-1], positive=hit)
        measured.append(_measure(part, untrained.task))
        sizes.append(len(test))
        known = {key: value for key, value in measured[-1].items() if value is not None}
        for key, value in known.items():
            reporting.metric(f"fold_{key}", value, step=number + 1)
        reporting.say(
            f"Fold {number + 1}: " + ", ".join(f"{key} {value:.4g}" for key, value in known.items())
        )
    reporting.progress(folds, folds)
    scored = scoring.attach(reference, rows, _together(predicted, fold), positive=positive)
    scored = tables.with_meta(scored.assign(**{FOLD: fold + 1}), tables.meta(scored))
    mean, deviation = metrics.summary(measured)
    table = pd.DataFrame(
        {
            "Fold": pd.array([*(str(number + 1) for number in range(folds)), "Mean", "Standard deviation"],
                             dtype=tables.text_dtype()),
            "Rows": pd.array([*sizes, None, None], dtype="Int64"),
            **{TITLES[key]: np.array([row.get(key) for row in [*measured, mean, deviation]], dtype="float64")
               for key in OF_TASK[untrained.task]},
        }
    )  # fmt: skip
    found = evaluation.evaluate([("Scored results", scored)], positive=positive)
    for key, value in mean.items():
        if value is not None:
            reporting.metric(key, value)
            if deviation[key] is not None:
                reporting.metric(f"{key}_std", deviation[key])
    return scored, tables.with_meta(table, {}), found


def _usable(rows: "pd.DataFrame", label: str | None) -> "pd.DataFrame":
    from designer.catalogue import columns

    if label is None:
        return rows
    columns.require(label, rows.columns)
    missing = rows[label].isna()
    if missing.any():
        reporting.say(f"{int(missing.sum()):,} of {len(rows):,} rows have no {label} and are left out.")
        rows = tables.with_meta(rows[~missing].reset_index(drop=True), tables.meta(rows))
    return rows


def _assign(rows: "pd.DataFrame", label: str | None, folds: int, seed: int) -> "np.ndarray":
    """The fold of each row, by chance; with a label of classes, each fold gets its share of each class."""
    import numpy as np
    import pandas as pd

    order = np.random.RandomState(seed).permutation(len(rows))
    if label is not None:
        codes, _ = pd.factorize(rows[label], sort=False)
        order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(len(rows), dtype="int64")
    fold[order] = np.arange(len(rows)) % folds
    return fold


def _require_classes_in_each(
    untrained: Untrained, rows: "pd.DataFrame", label: str, fold: Any, folds: int
) -> None:
    """A class whose rows all lie in one fold would be unknown to the model that is tested on it."""
    import numpy as np

    y = labels.values(rows[label], untrained.task, untrained.title or "this algorithm")
    classes, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    labels.require_classes(tables.python_values(classes), untrained.task, label, untrained.title)
    rare = [str(value) for value, count in zip(classes, counts, strict=True) if count < 2]
    if rare:
        raise Invalid(
            f"The label {label!r} has only one row with {', '.join(rare[:5])}; a model tested on it would "
            "never have "
            "seen it. Leave such rows out first.",
            code="rare-class",
        )


def _measure(part: "pd.DataFrame", task: str) -> metrics.Metrics:
    found = evaluation.measure(part)
    return {key: found.get(key) for key in OF_TASK[task]}


def _together(predicted: Sequence["Predictions"], fold: "np.ndarray") -> "Predictions":
    """The predictions of all folds, in the order of the rows."""
    import numpy as np

    from designer.estimators.model import Predictions

    order = np.argsort(np.argsort(fold, kind="stable"), kind="stable")
    labels = np.concatenate([part.labels for part in predicted])[order]
    if predicted[0].probabilities is None:
        return Predictions(labels)
    return Predictions(labels, np.concatenate([part.probabilities for part in predicted])[order])
