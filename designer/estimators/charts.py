"""The charts that show the quality of predictions: of two classes, of several, of numbers.

Several models share one chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.estimators import figures, metrics
from designer.estimators.figures import Figure

if TYPE_CHECKING:
    import numpy as np

UNIT = {"range": [-0.01, 1.01]}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Predictions of two classes by one model."""

    name: str
    true: "np.ndarray"
    probability: "np.ndarray"
    ranking: metrics.Ranking


@dataclass(frozen=True, slots=True)
class Estimated:
    """Predictions of a number by one model."""

    name: str
    true: "np.ndarray"
    predicted: "np.ndarray"


@dataclass(frozen=True, slots=True)
class Classified:
    """Predictions of several classes by one model; `true` as positions among `labels`."""

    name: str
    labels: Sequence[str]
    true: "np.ndarray"
    matrix: "np.ndarray"
    probabilities: "np.ndarray"


def of_two_classes(models: Sequence[Ranked]) -> list[Figure]:
    return [
        _roc(models),
        _precision_recall(models),
        _lift(models),
        _calibration(models),
        *map(_scores, models),
    ]


def _roc(models: Sequence[Ranked]) -> Figure:
    traces, rows = [figures.reference([0, 1], [0, 1], "Guessing")], []
    for model in models:
        ranking = model.ranking
        fpr, tpr = ranking.fp / max(ranking.negatives, 1), ranking.tp / max(ranking.positives, 1)
        kept = figures.thinned(fpr, tpr)
        x, y = figures.figures(fpr[kept]), figures.figures(tpr[kept])
        traces.append(figures.line(model.name, x, y))
        rows += zip([model.name] * len(kept), figures.figures(ranking.threshold[kept]), x, y, strict=True)
    return figures.figure(
        "roc", "ROC curve", traces, x="False positive rate", y="True positive rate", xaxis=UNIT, yaxis=UNIT,
        columns=["Model", "Threshold", "False positive rate", "True positive rate"], rows=rows,
    )  # fmt: skip


def _precision_recall(models: Sequence[Ranked]) -> Figure:
    traces, rows = [], []
    for model in models:
        tp, fp = model.ranking.tp[1:], model.ranking.fp[1:]
        recall, precision = tp / max(model.ranking.positives, 1), tp / (tp + fp)
        kept = figures.thinned(recall, precision)
        x, y = figures.figures(recall[kept]), figures.figures(precision[kept])
        traces.append(figures.line(model.name, x, y))
        rows += zip(
            [model.name] * len(kept), figures.figures(model.ranking.threshold[1:][kept]), x, y, strict=True
        )
    share = models[0].true.mean() if len(models[0].true) else 0.0
    traces.append(figures.reference([0, 1], [share, share], "Share of positives"))
    return figures.figure(
        "precision-recall", "Precision and recall", traces, x="Recall", y="Precision", xaxis=UNIT, yaxis=UNIT,
        columns=["Model", "Threshold", "Recall", "Precision"], rows=rows,
    )  # fmt: skip


def _lift(models: Sequence[Ranked]) -> Figure:
    traces, rows = [figures.reference([0, 1], [1, 1], "No model")], []
    for model in models:
        tp, fp = model.ranking.tp[1:], model.ranking.fp[1:]
        taken = (tp + fp) / max(len(model.true), 1)
        lift = tp / (tp + fp) / max(model.true.mean(), 1e-12)
        kept = figures.thinned(taken, lift)
        x, y = figures.figures(taken[kept]), figures.figures(lift[kept])
        traces.append(figures.line(model.name, x, y))
        rows += zip([model.name] * len(kept), x, y, strict=True)
    return figures.figure(
        "lift", "Lift", traces, x="Share of rows taken, most probable first", y="Lift", xaxis=UNIT,
        columns=["Model", "Share of rows", "Lift"], rows=rows,
    )  # fmt: skip


def _calibration(models: Sequence[Ranked]) -> Figure:
    import numpy as np

    traces, rows = [figures.reference([0, 1], [0, 1], "Perfect")], []
    for model in models:
        bins = np.minimum((model.probability * 10).astype(int), 9)
        counts = np.bincount(bins, minlength=10)
        some = counts > 0
        predicted = figures.figures(np.bincount(bins, model.probability, 10)[some] / counts[some])
        happened = figures.figures(np.bincount(bins, model.true, 10)[some] / counts[some])
        traces.append(figures.line(model.name, predicted, happened, mode="lines+markers"))
        rows += zip([model.name] * len(predicted), predicted, happened, counts[some].tolist(), strict=True)
    return figures.figure(
        "calibration", "Calibration", traces, x="Mean predicted probability", y="Share that is positive",
        xaxis=UNIT, yaxis=UNIT, columns=["Model", "Predicted probability", "Share of positives", "Rows"],
        rows=rows,
    )  # fmt: skip


def _scores(model: Ranked) -> Figure:
    import numpy as np

    edges = np.linspace(0, 1, 41)
    middles = figures.figures((edges[1:] + edges[:-1]) / 2)
    positive = np.histogram(model.probability[model.true], edges)[0].tolist()
    negative = np.histogram(model.probability[~model.true], edges)[0].tolist()
    return figures.figure(
        f"scores-{model.name}", f"Probabilities given: {model.name}",
        [
            figures.bars("Negative", middles, negative, opacity=0.7),
            figures.bars("Positive", middles, positive, opacity=0.7),
        ],
        x="Predicted probability", y="Rows", barmode="overlay", bargap=0.05,
        columns=["Probability", "Negative rows", "Positive rows"],
        rows=zip(middles, negative, positive, strict=True),
    )  # fmt: skip


def of_classes(models: Sequence[Classified]) -> list[Figure]:
    made = []
    for model in models:
        made.append(_confusion(model))
    made.append(_by_class(models))
    made += [_one_against_rest(model) for model in models]
    return made


def _confusion(model: Classified) -> Figure:
    labels = list(model.labels)
    rows = [[label, *counts] for label, counts in zip(labels, model.matrix.tolist(), strict=True)]
    return figures.figure(
        f"confusion-{model.name}", f"Confusion matrix: {model.name}", [figures.heatmap(labels, model.matrix)],
        x="Predicted", y="True",
        xaxis={"type": "category"}, yaxis={"type": "category", "autorange": "reversed"},
        columns=["True", *(f"Predicted {label}" for label in labels)], rows=rows,
    )  # fmt: skip


def _by_class(models: Sequence[Classified]) -> Figure:
    traces, rows = [], []
    for model in models:
        of = metrics.of_classes(model.matrix)
        prefix = f"{model.name}: " if len(models) > 1 else ""
        for key, title in (("precision", "Precision"), ("recall", "Recall"), ("f1", "F1 score")):
            if len(models) == 1 or key == "f1":
                traces.append(figures.bars(f"{prefix}{title}", model.labels, figures.figures(of[key])))
        found = [figures.figures(of[key]) for key in ("precision", "recall", "f1")]
        rows += zip(
            [model.name] * len(model.labels),
            model.labels,
            *found,
            model.matrix.sum(axis=1).tolist(),
            strict=True,
        )
    title = "Precision, recall and F1 by class" if len(models) == 1 else "F1 by class"
    return figures.figure(
        "classes", title, traces, x="Class", y="Score", barmode="group",
        xaxis={"type": "category"}, yaxis={"range": [0, 1]},
        columns=["Model", "Class", "Precision", "Recall", "F1 score", "Rows"], rows=rows,
    )  # fmt: skip


def _one_against_rest(model: Classified) -> Figure:
    import numpy as np

    classes = model.probabilities.shape[1]
    most_frequent = np.sort(np.argsort(-model.matrix.sum(axis=1)[:classes], kind="stable")[:10])
    traces, rows = [figures.reference([0, 1], [0, 1], "Guessing")], []
    for one in most_frequent:
        ranking = metrics.rank(model.true == one, model.probabilities[:, one])
        if (area := metrics.auc(ranking)) is None:
            continue
        fpr, tpr = ranking.fp / ranking.negatives, ranking.tp / ranking.positives
        kept = figures.thinned(fpr, tpr, 200)
        x, y = figures.figures(fpr[kept]), figures.figures(tpr[kept])
        traces.append(figures.line(f"{model.labels[one]} ({area:.3f})", x, y))
        rows += zip(
            [model.labels[one]] * len(kept), figures.figures(ranking.threshold[kept]), x, y, strict=True
        )
    shown = f" (the {len(most_frequent)} most frequent of {classes})" if classes > len(most_frequent) else ""
    return figures.figure(
        f"roc-{model.name}", f"ROC curve of each class{shown}: {model.name}", traces, x="False positive rate",
        y="True positive rate", xaxis=UNIT, yaxis=UNIT,
        columns=["Class", "Threshold", "False positive rate", "True positive rate"], rows=rows,
    )  # fmt: skip


def of_numbers(models: Sequence[Estimated]) -> list[Figure]:
    return [_predicted_against_true(models), _residuals(models), _residual_histogram(models)]


def _predicted_against_true(models: Sequence[Estimated]) -> Figure:
    low = min(min(m.true.min(), m.predicted.min()) for m in models)
    high = max(max(m.true.max(), m.predicted.max()) for m in models)
    traces, rows = [figures.reference([low, high], [low, high], "Perfect")], []
    for model in models:
        kept = figures.sample(len(model.true))
        x, y = figures.figures(model.true[kept]), figures.figures(model.predicted[kept])
        traces.append(figures.marks(model.name, x, y))
        rows += zip([model.name] * len(kept), x, y, strict=True)
    return figures.figure(
        "predicted", f"Predicted against true{_shown(models)}", traces, x="True", y="Predicted",
        columns=["Model", "True", "Predicted"], rows=rows,
    )  # fmt: skip


def _residuals(models: Sequence[Estimated]) -> Figure:
    traces, rows = [], []
    for model in models:
        kept = figures.sample(len(model.true))
        x = figures.figures(model.predicted[kept])
        y = figures.figures((model.true - model.predicted)[kept])
        traces.append(figures.marks(model.name, x, y))
        rows += zip([model.name] * len(kept), x, y, strict=True)
    return figures.figure(
        "residuals", f"Residuals{_shown(models)}", traces, x="Predicted", y="True minus predicted",
        columns=["Model", "Predicted", "Residual"], rows=rows, yaxis={"zeroline": True},
    )  # fmt: skip


def _residual_histogram(models: Sequence[Estimated]) -> Figure:
    import numpy as np

    residuals = [model.true - model.predicted for model in models]
    low, high = min(r.min() for r in residuals), max(r.max() for r in residuals)
    edges = np.linspace(low, high if high > low else low + 1, 41)
    middles = figures.figures((edges[1:] + edges[:-1]) / 2)
    traces, rows = [], []
    for model, residual in zip(models, residuals, strict=True):
        counts = np.histogram(residual, edges)[0].tolist()
        traces.append(figures.bars(model.name, middles, counts, opacity=0.7))
        rows += zip([model.name] * len(counts), middles, counts, strict=True)
    return figures.figure(
        "residual-histogram", "Distribution of residuals", traces, x="True minus predicted", y="Rows",
        barmode="overlay", bargap=0.05, columns=["Model", "Residual", "Rows"], rows=rows,
    )  # fmt: skip


def _shown(models: Sequence[Any]) -> str:
    return figures.share_shown(max(len(model.true) for model in models))
