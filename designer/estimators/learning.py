"""What training means around the fitting itself: the label, the columns, what can be foreseen of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.catalogue import columns as picks
from designer.catalogue import reporting, tables
from designer.catalogue.component import Complaint
from designer.catalogue.schema import Column, ModelSchema, Schema, TableSchema
from designer.estimators.algorithms import Untrained
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

    from designer.estimators.model import TrainedModel

LABELS = "Scored Labels"
PROBABILITIES = "Scored Probabilities"
ASSIGNMENTS = "Assignments"
DISTANCE = "DistancesToClusterCenter no."


def label_of(task: str, chosen: str | None, marked: str | None) -> str | None:
    """The label column: the chosen one, or else the marked one; None for clustering."""
    if task == "clustering":
        return None
    if not (chosen or marked):
        raise Invalid(
            "Choose the label column: the one to predict.", code="no-label", fields={"param": "label"}
        )
    return chosen or marked


def foreseen_model(params: Mapping[str, Any], inputs: Mapping[str, Schema]) -> dict[str, Schema]:
    untrained, rows = inputs.get("untrained"), inputs.get("rows")
    if not isinstance(untrained, ModelSchema):
        return {}
    if not isinstance(rows, TableSchema):
        return {"model": ModelSchema(untrained.task, untrained.algorithm, params.get("label"))}
    label = None if untrained.task == "clustering" else params.get("label") or rows.label
    # Free text is left out in training, so that a table without it can be scored.
    names = set(picks.foreseen(params.get("features"), rows)) - {label} if rows.known else set()
    features = tuple(c for c in rows.columns if c.name in names and c.kind != "text")
    return {"model": ModelSchema(untrained.task, untrained.algorithm, label, features)}


def foreseen_scores(model: ModelSchema, rows: TableSchema, *, append: bool = True) -> TableSchema:
    label = model.label if model.label and (rows.find(model.label) or not rows.known) else None
    true = rows.find(label) if label else None
    known = rows.known
    match model.task:
        case "clustering":
            labels, added, known = (
                ASSIGNMENTS,
                [Column(ASSIGNMENTS, "integer")],
                False,
            )  # and a distance for each centre
        case "regression":
            labels, added = LABELS, [Column(LABELS, "number")]
        case _:
            labels, added = LABELS, [Column(LABELS, true.kind if true else "category")]
            if model.task == "binary":
                added.append(Column(PROBABILITIES, "number"))
            else:
                known = False  # one probability for each class
    kept = rows.columns if append else ((true,) if true else ())
    names = {c.name for c in added}
    scored = {"task": model.task, "label": label, "labels": labels}
    if model.task == "binary":
        scored["probabilities"] = [PROBABILITIES]
    return TableSchema(
        tuple(c for c in kept if c.name not in names) + tuple(added), known, rows.label or label, scored
    )


def complaints(params: Mapping[str, Any], inputs: Mapping[str, Schema]) -> Iterable[Complaint]:
    untrained, rows = inputs.get("untrained"), inputs.get("rows")
    label = params.get("label")
    if not isinstance(untrained, ModelSchema):
        return
    marked = rows.label if isinstance(rows, TableSchema) else None
    if untrained.task == "clustering":
        if label:
            yield Complaint("Clustering has no label; it is not used.", param="label", severity="warning")
        return
    if not label and not marked and isinstance(rows, TableSchema):
        yield Complaint("Choose the label column: the one to predict.", param="label", code="no-label")
    column = rows.find(label or marked) if isinstance(rows, TableSchema) and (label or marked) else None
    if column is None:
        return
    if untrained.task == "regression" and column.kind in ("category", "text", "boolean", "date"):
        yield Complaint(
            f"{column.name!r} is {column.kind}, and regression predicts numbers. Choose a numeric label, "
            "or a "
            "Two-Class or Multiclass algorithm.",
            param="label",
        )
    if untrained.task in ("binary", "multiclass") and column.kind == "date":
        yield Complaint(
            f"{column.name!r} holds dates, which are no classes; choose another label.", param="label"
        )


def train(
    untrained: Untrained,
    rows: "pd.DataFrame",
    *,
    label: str | None,
    features: Sequence[str],
    quiet: bool = False,
) -> "TrainedModel":
    """Fit `untrained` to the rows. What is left out, filled or chosen on the way is said in the log."""
    from sklearn.pipeline import Pipeline

    from designer.estimators import encoding
    from designer.estimators.algorithms import estimator
    from designer.estimators.model import TrainedModel

    say = (lambda *words: None) if quiet else reporting.say
    rows, y, about = _labelled(untrained, rows, label, say)
    names = _features(rows, features, label)
    found = encoding.look(rows, names)
    for remark in found.remarks:
        say(remark)
    if not found.features:
        raise Invalid("No column is left to learn from; select others in Train Model.", code="no-features")
    encoded = encoding.encode(
        found,
        untrained.wants,
        normalize=bool(untrained.params.get("normalize", True)),
        unit_length=untrained.params.get("metric") == "cosine",
    )
    learner = estimator(untrained)
    pipeline = Pipeline([*encoded.steps, ("model", learner)])
    given = rows[[column.name for column in found.features]]
    _fit(pipeline, untrained, given, y, encoded.categories)
    say(
        f"{untrained.title or untrained.algorithm} learned from {len(rows):,} rows and "
        f"{len(found.features)} columns."
    )
    return TrainedModel(
        pipeline=pipeline,
        task=untrained.task,
        algorithm=untrained.algorithm,
        title=untrained.title,
        features=found.features,
        label=label,
        rows=len(rows),
        params=dict(untrained.params),
        example=given.head(5).reset_index(drop=True),
        **about,
    )


def _labelled(
    untrained: Untrained, rows: "pd.DataFrame", label: str | None, say: Any
) -> tuple[Any, Any, dict[str, Any]]:
    """The rows that can teach, their label as an estimator takes it, and what is known of it."""
    from designer.estimators import labels

    if label is None:
        if not len(rows):
            raise Invalid("The table has no rows to learn from.", code="no-rows")
        return rows, None, {}
    picks.require(label, rows.columns)
    missing = rows[label].isna()
    if missing.any():
        say(f"{int(missing.sum()):,} of {len(rows):,} rows have no {label} and are left out.")
        rows = rows[~missing]
    if not len(rows):
        raise Invalid(
            f"No row has a value in the label column {label!r}; there is nothing to learn.", code="no-rows"
        )
    title = untrained.title or "this algorithm"
    if len(rows) < 2 and untrained.algorithm == "boosted-tree":
        raise Invalid(f"{title} needs at least two rows with a label; there is one.", code="few-rows")
    y = labels.values(rows[label], untrained.task, title)
    about: dict[str, Any] = {"label_kind": tables.kind(rows[label].dtype)}
    if untrained.task != "regression":
        counts = dict(zip(*_counted(y), strict=True))
        about["classes"] = list(counts)
        labels.require_classes(about["classes"], untrained.task, label, title)
        if untrained.task == "binary":
            about["positive"], why = labels.positive(about["classes"], counts)
            say(f"The positive class is {about['positive']} ({why}).")
    return rows, y, about


def _counted(y: Any) -> tuple[list[Any], list[int]]:
    """The different labels in order, and how often each occurs. Hashing beats sorting the rows by far."""
    import numpy as np
    import pandas as pd

    codes, found = pd.factorize(y)
    counts = np.bincount(codes, minlength=len(found))
    order = np.argsort(found)
    return tables.python_values(np.asarray(found)[order]), counts[order].tolist()


def _features(rows: "pd.DataFrame", chosen: Sequence[str], label: str | None) -> list[str]:
    """Never the label, nor what a model said about these rows before."""
    scored = tables.meta(rows).get("scored") or {}
    spoiled = {label, scored.get("labels"), *scored.get("probabilities", ()), *scored.get("distances", ())}
    return [name for name in chosen if name not in spoiled]


def _fit(
    pipeline: Any, untrained: Untrained, given: "pd.DataFrame", y: Any, categories: Sequence[int]
) -> None:
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    settings: dict[str, Any] = {}
    if untrained.algorithm == "boosted-tree" and categories:
        settings["model__categorical_feature"] = list(categories)
    if untrained.task == "clustering":
        _ready_clusters(pipeline, untrained, given)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        pipeline.fit(given, y, **settings)
    for warning in caught:
        if issubclass(warning.category, ConvergenceWarning) and untrained.algorithm == "logistic-regression":
            reporting.say(
                "The search for the best weights was stopped before its end; a larger tolerance or L2 "
                "weight helps."
            )
        elif issubclass(warning.category, ConvergenceWarning) and untrained.task == "clustering":
            reporting.say("There are fewer different rows than groups; some groups stay empty.")


def _ready_clusters(pipeline: Any, untrained: Untrained, given: "pd.DataFrame") -> None:
    groups = int(untrained.params.get("clusters", 2))
    if len(given) < groups:
        raise Invalid(
            f"{groups:,} groups cannot be made of {len(given):,} rows; choose fewer centroids.",
            code="few-rows",
        )
    if untrained.params.get("initialization") == "first":
        first = pipeline[:-1].fit(given).transform(given.head(groups))
        pipeline[-1].set_params(init=first.toarray() if hasattr(first, "toarray") else first)
