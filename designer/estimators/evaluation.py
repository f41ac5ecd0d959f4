"""Evaluates scored tables: metrics, threshold tables, confusion matrices and charts, as plain data.

Several scored tables go into the same charts. What a table's predictions mean it carries in its own
metadata (`scored`), written by `designer.estimators.scoring`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.catalogue import columns, reporting, tables, values
from designer.estimators import charts, clusters, labels, metrics
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
MOST_LABELS = 40  # of a confusion matrix as a table of a page; the chart shows any number

Evaluation = dict[str, Any]


def evaluate(given: Sequence[tuple[str, "pd.DataFrame"]], *, positive: str = "") -> Evaluation:
    """`given`: each port's title with its scored table. `positive`: the class that counts as a hit, if
    not the model's."""
    abouts = [_scored(title, rows) for title, rows in given]
    tasks = {about["task"] for about in abouts}
    if len(tasks) > 1:
        raise Invalid(f"Predictions of different tasks cannot be compared: {', '.join(sorted(tasks))}.")
    task = tasks.pop()
    named = list(zip(_names(given, abouts), [rows for _, rows in given], abouts, strict=True))
    judged = [_JUDGES[task](name, rows, about, positive) for name, rows, about in named]
    figures = _CHARTS[task]([shown for _, shown in judged])
    models = [model for model, _ in judged]
    return values.finite({"format": FORMAT, "task": task, "models": models, "figures": figures})


def measure(rows: "pd.DataFrame") -> metrics.Metrics:
    """The metrics alone."""
    about = _scored("The table", rows)
    model, _ = _JUDGES[about["task"]]("Test", rows, about, "")
    return model["metrics"]


def report(evaluation: Evaluation) -> None:
    """The metrics onto the run and into the log; those of a second model under compared_…"""
    for number, model in enumerate(evaluation["models"]):
        prefix = "" if number == 0 else "compared_" if number == 1 else f"compared{number}_"
        known = {key: value for key, value in model["metrics"].items() if value is not None}
        for key, value in known.items():
            reporting.metric(prefix + key, value)
        reporting.say(f"{model['name']}: " + ", ".join(f"{key} {value:.4g}" for key, value in known.items()))


def _scored(title: str, rows: "pd.DataFrame") -> Mapping[str, Any]:
    about = tables.meta(rows).get("scored")
    if not about:
        raise Invalid(
            f"{title} has no predictions; put Score Model before Evaluate Model.", code="not-scored"
        )
    if about["task"] != "clustering":
        if not about.get("label"):
            raise Invalid(
                f"{title} has no column with the true label, so the predictions cannot be judged.",
                code="no-label",
            )
        columns.require(about["label"], rows.columns)
        for name in about.get("probabilities", ()):
            columns.require(name, rows.columns)
    if not len(rows):
        raise Invalid(f"{title} has no rows; there is nothing to evaluate.", code="no-rows")
    return about


def _names(given: Sequence[tuple[str, Any]], abouts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Models are called by their algorithm; where that does not tell them apart, by the port as well."""
    algorithms = [about.get("algorithm") or "" for about in abouts]
    if len(set(algorithms)) == len(algorithms) and all(algorithms):
        return algorithms
    return [f"{title}: {name}" if name else title for (title, _), name in zip(given, algorithms, strict=True)]


def _labelled(name: str, rows: "pd.DataFrame", label: str) -> "pd.DataFrame":
    missing = rows[label].isna()
    if missing.any():
        reporting.say(
            f"{name}: {int(missing.sum()):,} of {len(rows):,} rows have no {label} and are left out."
        )
        rows = rows[~missing]
    if not len(rows):
        raise Invalid(
            f"{name}: no row has a value in {label!r}; there is nothing to compare with.", code="no-rows"
        )
    return rows


def _binary(
    name: str, rows: "pd.DataFrame", about: Mapping[str, Any], positive: str
) -> tuple[Any, charts.Ranked]:
    import numpy as np

    classes = about["classes"]
    rows = _labelled(name, rows, about["label"])
    true = tables.places(rows[about["label"]], classes)
    strange = true < 0
    if strange.any():
        odd = rows.loc[strange, about["label"]].iloc[0]
        reporting.say(
            f"{name}: {int(strange.sum()):,} rows have a label the model does not know, such as {odd}; "
            "left out."
        )
        rows, true = rows[~strange], true[~strange]
        if not len(rows):
            raise Invalid(
                f"{name}: no row has one of the labels {', '.join(map(str, classes))}.", code="no-rows"
            )
    hit = labels.find(positive, classes) if positive else about["positive"]
    probability = rows[about["probabilities"][0]].to_numpy(dtype="float64")
    if hit != about["positive"]:
        probability = 1 - probability
    place = list(classes).index(hit)
    is_true, called = true == place, tables.places(rows[about["labels"]], classes) == place
    if is_true.all() or not is_true.any():
        reporting.say(f"{name}: these rows have one class only; AUC does not exist for them.")
    ranking = metrics.rank(is_true, probability)
    # The steps of the page's slider.
    steps = np.round(np.arange(101) / 100, 2)
    at = np.searchsorted(-ranking.threshold, -steps, side="right") - 1
    tp, fp = ranking.tp[at], ranking.fp[at]
    model = {
        "name": name,
        "positive": str(hit),
        "rows": len(rows),
        "metrics": metrics.binary(is_true, probability, called, ranking),
        "thresholds": {
            "threshold": steps.tolist(),
            "tp": tp.tolist(),
            "fp": fp.tolist(),
            "tn": (ranking.negatives - fp).tolist(),
            "fn": (ranking.positives - tp).tolist(),
        },
    }
    return model, charts.Ranked(name, is_true, probability, ranking)


def _multiclass(
    name: str, rows: "pd.DataFrame", about: Mapping[str, Any], positive: str
) -> tuple[Any, charts.Classified]:
    rows = _labelled(name, rows, about["label"])
    classes = list(about["classes"])
    true = tables.places(rows[about["label"]], classes)
    if (true < 0).any():
        new = tables.python_values(tables.plain(rows.loc[true < 0, about["label"]]).unique())
        reporting.say(
            f"{name}: labels the model does not know count as errors: {', '.join(map(str, new[:10]))}."
        )
        classes += new
        true = tables.places(rows[about["label"]], classes)
    called = tables.places(rows[about["labels"]], classes)
    probabilities = rows[list(about["probabilities"])].to_numpy(dtype="float64")
    words = [str(value) for value in classes]
    matrix = metrics.confusion(true, called, len(classes))
    model = {
        "name": name,
        "rows": len(rows),
        "metrics": metrics.multiclass(true, called, probabilities, len(about["classes"])),
    }
    if len(classes) <= MOST_LABELS:
        model["confusion"] = {"labels": words, "matrix": matrix.tolist()}
    return model, charts.Classified(name, words, true, matrix, probabilities)


def _regression(
    name: str, rows: "pd.DataFrame", about: Mapping[str, Any], positive: str
) -> tuple[Any, charts.Estimated]:
    rows = _labelled(name, rows, about["label"])
    if tables.kind(rows[about["label"]].dtype) not in ("integer", "number"):
        raise Invalid(f"{name}: the label {about['label']!r} is not numeric.", code="label-not-numeric")
    true = rows[about["label"]].to_numpy(dtype="float64")
    predicted = rows[about["labels"]].to_numpy(dtype="float64")
    model = {"name": name, "rows": len(rows), "metrics": metrics.regression(true, predicted)}
    return model, charts.Estimated(name, true, predicted)


def _clustering(
    name: str, rows: "pd.DataFrame", about: Mapping[str, Any], positive: str
) -> tuple[Any, clusters.Grouped]:
    return clusters.judge(name, rows, about)


_JUDGES = {"binary": _binary, "multiclass": _multiclass, "regression": _regression, "clustering": _clustering}
_CHARTS = {
    "binary": charts.of_two_classes,
    "multiclass": charts.of_classes,
    "regression": charts.of_numbers,
    "clustering": clusters.charts,
}
