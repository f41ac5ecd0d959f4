"""The label: its classes, the class that counts as a hit, and what cannot be a label."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.catalogue import tables
from registry.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_CLASSES = 500
POSITIVE = frozenset(
    {
        "yes",
        "y",
        "true",
        "t",
        "1",
        "1.0",
        "positive",
        "pos",
        "+",
        "hit",
        "churn",
        "churned",
        "fraud",
        "bad",
        "default",
        "malignant",
        "survived",
        "sick",
        "spam",
    }
)
NEGATIVE = frozenset({"no", "n", "false", "f", "0", "0.0", "negative", "neg", "-", "-1"})


def values(column: "pd.Series", task: str, title: str) -> "np.ndarray":
    """The label of rows that have one, as an estimator takes it. Raises `Invalid` where `task` has no
    use for it."""
    import numpy as np

    name, kind = column.name, tables.kind(column.dtype)
    if task == "regression":
        if kind not in ("integer", "number"):
            raise Invalid(
                f"The label {name!r} is {kind}, and {title} predicts numbers. Choose a numeric label, or "
                "an algorithm "
                "for classes.",
                code="label-not-numeric",
            )
        numbers = column.to_numpy(dtype="float64")
        if not np.isfinite(numbers).all():
            raise Invalid(
                f"The label {name!r} has infinite values; remove these rows first.", code="label-infinite"
            )
        return numbers
    if kind == "date":
        raise Invalid(f"The label {name!r} holds dates, which are no classes.", code="label-is-date")
    if kind == "number":
        numbers = column.to_numpy(dtype="float64")
        if not (numbers == np.round(numbers)).all():
            raise Invalid(
                f"The label {name!r} holds fractions such as {numbers[numbers != np.round(numbers)][0]:g}, "
                "which are no "
                "classes. Choose a regression algorithm, or make the column categorical with Edit Metadata.",
                code="label-is-number",
            )
        return numbers.astype("int64")
    if kind == "integer":
        return column.to_numpy(dtype="int64")
    if kind == "boolean":
        return column.to_numpy(dtype="bool")
    plain = tables.plain(column)
    return (
        values(plain, task, title)
        if tables.kind(plain.dtype) not in ("text",)
        else plain.to_numpy(dtype="object")
    )


def require_classes(classes: Sequence[Any], task: str, label: str, title: str) -> None:
    some = ", ".join(str(value) for value in classes[:5]) + (", …" if len(classes) > 5 else "")
    if len(classes) < 2:
        raise Invalid(
            f"The label {label!r} has only the value {some} in the training rows; there is nothing to tell "
            "apart.",
            code="one-class",
        )
    if task == "binary" and len(classes) > 2:
        raise Invalid(
            f"The label {label!r} has {len(classes):,} different values ({some}), and {title} tells two "
            "apart. Choose a "
            "multiclass algorithm, or another label.",
            code="too-many-classes",
        )
    if len(classes) > MOST_CLASSES:
        raise Invalid(
            f"The label {label!r} has {len(classes):,} different values ({some}), more than {MOST_CLASSES} "
            "classes. If it "
            "is a quantity, choose a regression algorithm.",
            code="too-many-classes",
        )


def positive(classes: Sequence[Any], counts: Mapping[Any, int]) -> tuple[Any, str]:
    """Of two classes the one that counts as a hit, and why: by its name, or else the rarer."""
    words = {value: str(value).strip().lower() for value in classes}
    hits = [value for value in classes if words[value] in POSITIVE or value is True]
    if len(hits) == 1:
        return hits[0], "by its name"
    others = [value for value in classes if words[value] not in NEGATIVE]
    if len(others) == 1:
        return others[0], f"the other is {next(str(v) for v in classes if v != others[0])}"
    above = [value for value in classes if words[value].startswith(">")]
    if len(above) == 1:
        return above[0], "by its name"
    rarest = min(classes, key=lambda value: (counts.get(value, 0), -list(classes).index(value)))
    return rarest, "the rarer of the two"


def find(text: str, classes: Sequence[Any]) -> Any:
    """The class that a person wrote. Raises `Invalid`."""
    wanted = text.strip()
    for same in (str, lambda value: str(value).strip().lower()):
        for value in classes:
            if same(value) == (wanted if same is str else wanted.lower()):
                return value
    raise Invalid(
        f"There is no class {wanted!r}; the classes are {', '.join(str(value) for value in classes[:10])}.",
        code="unknown-class",
        fields={"param": "positive"},
    )
