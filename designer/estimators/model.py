"""A trained model: a fitted scikit-learn pipeline and what it was trained for.

On disk it is an MLflow model: the pipeline alone is pickled, everything else is plain data in its
description, so that the folder loads wherever scikit-learn and LightGBM are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.catalogue import columns, tables, types, values
from designer.catalogue.schema import Column
from registry.mlmodels import format

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Predictions:
    """`probabilities`: one column for each class; `distances`: one for each centre of a clustering."""

    labels: "np.ndarray"
    probabilities: "np.ndarray | None" = None
    distances: "np.ndarray | None" = None


@dataclass(frozen=True)
class TrainedModel:
    """`pipeline` takes the features by name and predicts the label. `label_kind` is the kind the label
    had."""

    pipeline: Any
    task: str
    algorithm: str
    title: str
    features: Sequence[Column]
    label: str | None = None
    label_kind: str | None = None
    classes: Sequence[Any] = ()
    positive: Any = None
    rows: int = 0  # it was trained with
    params: Mapping[str, Any] = field(default_factory=dict)
    example: "pd.DataFrame | None" = None  # a few of these rows

    def predict(self, df: "pd.DataFrame") -> Predictions:
        """Raises `Invalid` for a table without the features."""
        import numpy as np

        given = self.take_features(df)
        if not len(given):
            return self._nothing()
        matrix = self.pipeline[:-1].transform(given)
        last = self.pipeline[-1]
        if self.task == "regression":
            return Predictions(np.asarray(last.predict(matrix), dtype="float64"))
        if self.task == "clustering":
            return Predictions(
                np.asarray(last.predict(matrix), dtype="int64"), distances=last.transform(matrix)
            )
        probabilities = last.predict_proba(matrix)
        return Predictions(last.classes_.take(probabilities.argmax(axis=1)), probabilities)

    def take_features(self, df: "pd.DataFrame") -> "pd.DataFrame":
        lacking = [column.name for column in self.features if column.name not in df.columns]
        if lacking:
            raise _lacks(lacking, list(df.columns))
        given = df[[column.name for column in self.features]]
        wrong = {c.name: kind for c in self.features if (kind := tables.kind(df[c.name].dtype)) != c.kind}
        changed = {}
        for column in self.features:
            if column.name not in wrong:
                continue
            changed[column.name] = _as_kind(df[column.name], wrong[column.name], column.kind)
        return given.assign(**changed) if changed else given

    def _nothing(self) -> Predictions:
        import numpy as np

        if self.task == "regression":
            return Predictions(np.empty(0))
        if self.task == "clustering":
            return Predictions(np.empty(0, "int64"), distances=np.empty((0, self.pipeline[-1].n_clusters)))
        return Predictions(self.pipeline[-1].classes_[:0], np.empty((0, len(self.classes))))

    def describe(self) -> dict[str, Any]:
        """Everything but the pipeline, as plain data."""
        return {
            "task": self.task,
            "algorithm": self.algorithm,
            "title": self.title,
            "features": [{"name": c.name, "kind": c.kind, "missing": bool(c.missing)} for c in self.features],
            "label": self.label,
            "label_kind": self.label_kind,
            "classes": list(self.classes),
            "positive": self.positive,
            "rows": self.rows,
            "params": dict(self.params),
        }


def _as_kind(column: "pd.Series", kind: str, wanted: str) -> "pd.Series":
    """A feature that arrives in another kind than in training, as far as its values allow."""
    import pandas as pd

    from registry.errors import Invalid

    numeric = ("integer", "number", "boolean")
    if {kind, wanted} <= {"text", "category"} or (kind in numeric and wanted in numeric):
        return column  # the pipeline looks at values, not at dtypes
    if wanted == "date" and kind in ("text", "category"):
        return pd.to_datetime(tables.plain(column), errors="coerce")
    if wanted in numeric and kind in ("text", "category"):
        plain = tables.plain(column)
        converted = pd.to_numeric(plain, errors="coerce")
        if (converted.notna() == plain.notna()).all():
            return converted
    elif wanted == "category" and kind in numeric:
        return column
    elif wanted == "text" and kind != "date":
        return tables.as_text(column)
    raise Invalid(
        f"Column {column.name!r} is {kind} here and was {wanted} in training; change it with Edit Metadata.",
        code="wrong-kind",
        fields={"column": column.name},
    )


def _lacks(lacking: list[str], known: list[str]) -> Exception:
    from registry.errors import Invalid

    if len(lacking) == 1:
        sentence = columns.missing(lacking[0], known)
    else:
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        sentence = f"Columns {', '.join(repr(name) for name in lacking[:5])}{more} are not in the table."
    return Invalid(f"The model was trained with other columns. {sentence}", code="features-missing")


def write(model: TrainedModel, folder: Path) -> None:
    """The MLflow model in `folder`."""
    kinds = {c.name: format.of_kind(c.kind, c.missing) for c in model.features}
    if model.example is not None:
        # Categories need not be text: 1, 2, 3 may be names, too.
        for column in model.features:
            if column.kind == "category":
                plain = tables.kind(tables.plain(model.example[column.name]).dtype)
                kinds[column.name] = format.of_kind(plain, column.missing)
    output = {"regression": "double", "clustering": "integer"}.get(model.task) or _label_type(model.classes)
    format.save(
        folder,
        model.pipeline,
        inputs=kinds,
        output=output,
        example=None if model.example is None else _plain_example(model.example),
        libraries=("lightgbm",) if model.algorithm == "boosted-tree" else (),
        details=model.describe(),
    )


def read(folder: Path) -> TrainedModel:
    loaded = format.load(folder)
    about = dict(loaded.details)
    about["features"] = [Column(c["name"], c["kind"], c.get("missing")) for c in about["features"]]
    return TrainedModel(pipeline=loaded.model, **about)


def _label_type(classes: Sequence[Any]) -> str:
    first = classes[0] if classes else ""
    return "boolean" if isinstance(first, bool) else "long" if isinstance(first, int) else "string"


def _plain_example(example: "pd.DataFrame") -> "pd.DataFrame":
    return example.assign(**{name: tables.plain(example[name]) for name in example.columns})


def _save(model: TrainedModel, folder: Path) -> dict[str, Any]:
    write(model, folder)
    return {
        "task": model.task,
        "algorithm": model.title,
        "label": model.label,
        "features": len(model.features),
        "rows": model.rows,
        "classes": [str(value) for value in model.classes[:10]],
        "positive": None if model.positive is None else str(model.positive),
    }


values.teach(types.MODEL, _save, read)
