"""What training means before and around the fitting itself: the label, the columns, what can be foreseen of it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from designer.catalogue import columns as picks
from designer.catalogue.component import Complaint
from designer.catalogue.schema import Column, ModelSchema, Schema, TableSchema
from registry.errors import Invalid

if TYPE_CHECKING:

    pass

LABELS = "Scored Labels"
PROBABILITIES = "Scored Probabilities"
ASSIGNMENTS = "Assignments"
DISTANCE = "DistancesToClusterCenter no."


def label_of(task: str, chosen: str | None, marked: str | None) -> str | None:
    """The label column: the chosen one, or else the marked one; None for clustering."""
    if task == "clustering":
        return None
    if not (chosen or marked):
        raise Invalid("Choose the label column: the one to predict.", code="no-label", fields={"param": "label"})
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
            labels, added, known = ASSIGNMENTS, [Column(ASSIGNMENTS, "integer")], False  # and a distance for each centre
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
    return TableSchema(tuple(c for c in kept if c.name not in names) + tuple(added), known, rows.label or label, scored)


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
            f"{column.name!r} is {column.kind}, and regression predicts numbers. Choose a numeric label, or a "
            "Two-Class or Multiclass algorithm.",
            param="label",
        )
    if untrained.task in ("binary", "multiclass") and column.kind == "date":
        yield Complaint(f"{column.name!r} holds dates, which are no classes; choose another label.", param="label")
