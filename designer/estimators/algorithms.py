"""Algorithms by name, and `Untrained`: an algorithm with its settings, before it has seen data.

`estimator` builds what learns from the matrix that `designer.estimators.encoding` makes; `wants` says
what that matrix must be like for it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.catalogue import types, values
from registry.errors import Invalid

UNTRAINED_FILE = "untrained.json"

# "codes": categories as numbers of their values, gaps left as they are. "dense": gaps filled, categories
# as indicator
# columns, everything on a common scale.
WANTS = {
    "logistic-regression": "dense",
    "linear-regression": "dense",
    "k-means": "dense",
    "boosted-tree": "codes",
    "forest": "codes",
}


@dataclass(frozen=True, slots=True)
class Untrained:
    """An algorithm with its settings. `task` is "binary", "multiclass", "regression" or "clustering"."""

    algorithm: str
    task: str
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""

    @property
    def wants(self) -> str:
        return WANTS[self.algorithm]


def cores() -> int:
    """How many cores this process may use; the engine says it of each child."""
    return max(1, int(os.environ.get("ATELIER_CORES") or os.cpu_count() or 1))


def estimator(untrained: Untrained) -> Any:
    """The scikit-learn or LightGBM estimator for these settings. Defaults are those of the components."""
    build = _BUILDERS[untrained.algorithm]
    return build(untrained.task, dict(untrained.params))


def _logistic_regression(task: str, params: dict[str, Any]) -> Any:
    from sklearn.linear_model import LogisticRegression

    l1, l2 = float(params.get("l1", 0.0)), float(params.get("l2", 1.0))
    strength = l1 + l2
    # Only SAGA knows L1 beside L2; it needs far more passes than L-BFGS.
    return LogisticRegression(
        C=1.0 / strength if strength else float("inf"),
        l1_ratio=l1 / strength if l1 else 0.0,
        solver="saga" if l1 else "lbfgs",
        tol=float(params.get("tolerance", 1e-4)),
        max_iter=1000,
        random_state=int(params.get("seed", 0)),
    )


def _boosted_tree(task: str, params: dict[str, Any]) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    settings = {
        "num_leaves": int(params.get("leaves", 20)),
        "min_child_samples": int(params.get("min_leaf", 10)),
        "learning_rate": float(params.get("learning_rate", 0.2)),
        "n_estimators": int(params.get("trees", 100)),
        "random_state": int(params.get("seed", 0)) % 2**31,
        "n_jobs": cores(),
        # The same rows and seed give the same trees, however many cores there are.
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    return LGBMRegressor(**settings) if task == "regression" else LGBMClassifier(**settings)


def _forest(task: str, params: dict[str, Any]) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if task == "regression" else RandomForestClassifier
    columns = params.get("split_columns", "third" if task == "regression" else "sqrt")
    return kind(
        n_estimators=int(params.get("trees", 8)),
        max_depth=int(params.get("depth", 32)),
        min_samples_leaf=int(params.get("min_leaf", 1)),
        max_features={"sqrt": "sqrt", "third": 1 / 3, "all": None}[columns],
        bootstrap=params.get("resampling", "bagging") == "bagging",
        random_state=int(params.get("seed", 0)),
        n_jobs=cores(),
    )


def _linear_regression(task: str, params: dict[str, Any]) -> Any:
    from sklearn.linear_model import LinearRegression, Ridge, SGDRegressor

    l2 = float(params.get("l2", 0.001))
    if params.get("solution", "ols") == "ols":
        intercept = bool(params.get("intercept", True))
        return Ridge(alpha=l2, fit_intercept=intercept) if l2 else LinearRegression(fit_intercept=intercept)
    return SGDRegressor(
        alpha=l2,
        eta0=float(params.get("learning_rate", 0.1)),
        learning_rate="invscaling" if params.get("decrease", True) else "constant",
        max_iter=int(params.get("epochs", 10)),
        tol=None,
        average=bool(params.get("average", True)),
        random_state=int(params.get("seed", 0)),
    )


def _k_means(task: str, params: dict[str, Any]) -> Any:
    from sklearn.cluster import KMeans

    initialization = params.get("initialization", "k-means++")
    return KMeans(
        n_clusters=int(params.get("clusters", 2)),
        # "first" is replaced by the first rows themselves when these are known.
        init="random" if initialization == "random" else "k-means++",
        n_init=1 if initialization == "first" else 10,
        max_iter=int(params.get("iterations", 100)),
        random_state=int(params.get("seed", 0)),
    )


_BUILDERS = {
    "logistic-regression": _logistic_regression,
    "boosted-tree": _boosted_tree,
    "forest": _forest,
    "linear-regression": _linear_regression,
    "k-means": _k_means,
}


def _save(untrained: Untrained, folder: Path) -> dict[str, Any]:
    document = {
        "format": 1,
        "algorithm": untrained.algorithm,
        "task": untrained.task,
        "title": untrained.title,
        "params": dict(untrained.params),
    }
    (folder / UNTRAINED_FILE).write_text(json.dumps(document), encoding="utf-8")
    return {"algorithm": untrained.title, "task": untrained.task}


def _load(folder: Path) -> Untrained:
    document = json.loads((folder / UNTRAINED_FILE).read_text(encoding="utf-8"))
    if document["algorithm"] not in _BUILDERS:
        raise Invalid(f"This studio has no algorithm {document['algorithm']!r}.", code="unknown-algorithm")
    return Untrained(document["algorithm"], document["task"], document["params"], document["title"])


values.teach(types.UNTRAINED, _save, _load)
