"""Evaluates groups of rows: how tight and how separate they are, how large, and how they look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.estimators import encoding, figures
from designer.estimators.figures import Figure

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_COMPARED = 2000  # rows compared with each other for the silhouette: their number counts squared


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows in groups by one model. `view`: a sample of them on a plane, where the features are there."""

    name: str
    rows: int
    by_group: Sequence[Mapping[str, Any]]
    view: Mapping[str, Any] | None


def judge(name: str, rows: "pd.DataFrame", about: Mapping[str, Any]) -> tuple[dict[str, Any], Grouped]:
    import numpy as np

    group = rows[about["labels"]].to_numpy(dtype="int64")
    distances = rows[[column for column in about.get("distances", ()) if column in rows.columns]].to_numpy(
        float
    )
    by_group = _by_group(group, distances)
    measured: dict[str, Any] = {"clusters": len(by_group)}
    view = _view(rows, about, group)
    if view is not None:
        measured["silhouette"] = view["silhouette"]
    if distances.shape[1]:
        own = distances[np.arange(len(rows)), group]
        measured["average_distance_to_center"] = float(own.mean())
        measured["maximal_distance_to_center"] = float(own.max())
        if distances.shape[1] > 1:
            measured["average_distance_to_other_center"] = float(_to_others(distances, group).mean())
    model = {"name": name, "rows": len(rows), "metrics": measured, "clusters": by_group}
    return model, Grouped(name, len(rows), by_group, view)


def charts(models: Sequence[Grouped]) -> list[Figure]:
    return [_sizes(models), *(_projection(model) for model in models if model.view is not None)]


def _to_others(distances: "np.ndarray", group: "np.ndarray") -> "np.ndarray":
    """The distance of each row to the nearest centre but its own."""
    import numpy as np

    others = distances.copy()
    others[np.arange(len(group)), group] = np.inf
    return others.min(axis=1)


def _by_group(group: "np.ndarray", distances: "np.ndarray") -> list[dict[str, Any]]:
    import numpy as np

    count = max(distances.shape[1], int(group.max(initial=-1)) + 1)
    made = []
    for one in range(count):
        of = group == one
        row: dict[str, Any] = {"cluster": one, "rows": int(of.sum())}
        if of.any() and distances.shape[1]:
            own = distances[of, one]
            row |= {
                "average_distance_to_center": float(own.mean()),
                "maximal_distance_to_center": float(own.max()),
            }
            if distances.shape[1] > 1:
                row["average_distance_to_other_center"] = float(
                    _to_others(distances[of], np.full(of.sum(), one)).mean()
                )
        made.append(row)
    return made


def _view(rows: "pd.DataFrame", about: Mapping[str, Any], group: "np.ndarray") -> dict[str, Any] | None:
    """A sample of the rows as the grouping sees them, and their projection on the plane that shows most
    of it."""
    import numpy as np
    from sklearn.metrics import silhouette_score
    from sklearn.pipeline import Pipeline
    from sklearn.utils.extmath import randomized_svd

    names = [name for name in about.get("features", ()) if name in rows.columns]
    kept = figures.sample(len(rows), MOST_COMPARED)
    part = rows[names].take(kept)
    found = encoding.look(part, names)
    if len(kept) < 2 or not found.features:
        return None
    matrix = Pipeline(encoding.encode(found, "dense").steps).fit_transform(part)
    matrix = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    matrix = matrix - matrix.mean(axis=0)
    groups = group[kept]
    different = len(np.unique(groups))
    silhouette = float(silhouette_score(matrix, groups)) if 1 < different < len(groups) else None
    u, s, _ = randomized_svd(matrix, n_components=min(2, *matrix.shape), random_state=0)
    plane = np.zeros((len(kept), 2))
    plane[:, : len(s)] = u * s
    total = float((matrix**2).sum())
    return {
        "silhouette": silhouette, "plane": plane, "group": groups,
        "kept": float((s**2).sum()) / total if total else 1.0,
    }  # fmt: skip


_COLUMNS = {
    "rows": "Number of points",
    "average_distance_to_center": "Average distance to cluster center",
    "average_distance_to_other_center": "Average distance to other center",
    "maximal_distance_to_center": "Maximal distance to cluster center",
}


def _sizes(models: Sequence[Grouped]) -> Figure:
    traces, rows = [], []
    for model in models:
        names = [f"Cluster {row['cluster']}" for row in model.by_group]
        traces.append(figures.bars(model.name, names, [row["rows"] for row in model.by_group]))
        rows += [[model.name, row["cluster"], *(row.get(key) for key in _COLUMNS)] for row in model.by_group]
    return figures.figure(
        "sizes", "Cluster sizes", traces, x="Cluster", y="Rows", barmode="group", xaxis={"type": "category"},
        columns=["Model", "Cluster", *_COLUMNS.values()], rows=rows,
    )  # fmt: skip


def _projection(model: Grouped) -> Figure:
    import numpy as np

    plane, group = model.view["plane"], model.view["group"]
    traces, rows = [], []
    for one in np.unique(group).tolist():
        of = group == one
        x, y = figures.figures(plane[of, 0]), figures.figures(plane[of, 1])
        traces.append(figures.marks(f"Cluster {one}", x, y))
        rows += zip([one] * len(x), x, y, strict=True)
    return figures.figure(
        f"projection-{model.name}",
        f"Clusters seen from the side: {model.name}{figures.share_shown(model.rows, MOST_COMPARED)}", traces,
        x=f"First principal component (both show {model.view['kept']:.0%} of the differences)",
        y="Second principal component", columns=["Cluster", "First component", "Second component"], rows=rows,
    )  # fmt: skip
