"""Predictions as columns beside the rows, under the names Azure's designer gives them."""

from typing import TYPE_CHECKING, Any

from designer.catalogue import tables
from designer.estimators import labels
from designer.estimators.learning import ASSIGNMENTS, DISTANCE, LABELS, PROBABILITIES

if TYPE_CHECKING:
    import pandas as pd

    from designer.estimators.model import Predictions, TrainedModel


def score(
    model: "TrainedModel", rows: "pd.DataFrame", *, append: bool = True, positive: str = ""
) -> "pd.DataFrame":
    """The rows with predictions. `positive`: the class whose probability is given; empty: the model's own."""
    return attach(model, rows, model.predict(rows), append=append, positive=positive)


def attach(
    model: "TrainedModel",
    rows: "pd.DataFrame",
    predicted: "Predictions",
    *,
    append: bool = True,
    positive: str = "",
) -> "pd.DataFrame":
    import pandas as pd

    label = model.label if model.label in rows.columns else None
    scored: dict[str, Any] = {"task": model.task, "label": label, "labels": LABELS, "algorithm": model.title}
    added: dict[str, Any] = {}
    match model.task:
        case "regression":
            added[LABELS] = predicted.labels
        case "clustering":
            scored["labels"] = ASSIGNMENTS
            added[ASSIGNMENTS] = predicted.labels
            names = [f"{DISTANCE}{number}" for number in range(predicted.distances.shape[1])]
            added |= {name: predicted.distances[:, number] for number, name in enumerate(names)}
            scored |= {"distances": names, "features": [column.name for column in model.features]}
        case task:
            added[LABELS] = _labels(model, predicted.labels)
            scored["classes"] = list(model.classes)
            if task == "binary":
                hit = labels.find(positive, model.classes) if positive else model.positive
                scored["positive"] = hit
                added[PROBABILITIES] = predicted.probabilities[:, list(model.classes).index(hit)]
                scored["probabilities"] = [PROBABILITIES]
            else:
                names = [f"{PROBABILITIES}_{value}" for value in model.classes]
                added |= {name: predicted.probabilities[:, number] for number, name in enumerate(names)}
                scored["probabilities"] = names
    kept = rows if append else rows[[label] if label else []]
    earlier = [name for name in added if name in kept.columns]
    if earlier:
        kept = kept.drop(columns=earlier)
    table = pd.concat([kept, pd.DataFrame(added, index=rows.index)], axis=1)
    marked = tables.meta(rows).get("label")
    marked = marked if marked in table.columns else label
    return tables.with_meta(table, {"label": marked, "scored": scored})


def _labels(model: "TrainedModel", predicted: Any) -> Any:
    import numpy as np
    import pandas as pd

    if predicted.dtype.kind in "bi":
        return predicted
    codes = np.searchsorted(np.asarray(model.classes, dtype="object"), predicted)
    return pd.Categorical.from_codes(codes, categories=pd.Index(model.classes, dtype=tables.text_dtype()))
