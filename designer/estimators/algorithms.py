"""Algorithms by name, and `Untrained`: an algorithm with its settings, before it has seen data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.catalogue import types, values

UNTRAINED_FILE = "untrained.json"


@dataclass(frozen=True, slots=True)
class Untrained:
    """An algorithm with its settings. `task` is "binary", "multiclass", "regression" or "clustering"."""

    algorithm: str
    task: str
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""


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
    return Untrained(document["algorithm"], document["task"], document["params"], document["title"])


values.teach(types.UNTRAINED, _save, _load)
