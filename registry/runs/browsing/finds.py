"""What there is to see among a run's artifacts: pictures, tables, logs, code."""

import json
import re
from itertools import islice
from typing import Any

from registry.errors import Invalid
from registry.runs.browsing import kinds
from registry.runs.browsing.places import MOST_SEEN, File, Place

KINDS = ("image", "table", "log", "code")
# A picture as clients log one of a series. Older clients wrote "%" between the parts; beside each lies a small copy.
SERIES = re.compile(
    r"images/(?P<key>[^/]+?)[+%]step[+%](?P<step>-?\d+)[+%]timestamp[+%](?P<timestamp>\d+)[+%](?P<id>[0-9a-fA-F-]+?)"
    r"(?P<small>[+%]compressed)?\.(?P<ending>\w+)"
)
# The tag in which clients write down which files are tables.
TABLES_TAG = "mlflow.loggedArtifacts"


def find(place: Place, kind: str, tags: dict[str, str]) -> dict[str, Any]:
    """Files of a kind, by path: {"files": […], "complete"}. `complete` is false where there are more than one look sees."""
    if kind not in KINDS:
        raise Invalid(f"`kind` is one of {', '.join(KINDS)}.", fields={"kind": kind})
    below = {"log": "logs", "code": "code"}.get(kind, "")
    seen = list(islice(place.walk(below), MOST_SEEN + 1))
    told = tables_told(tags) if kind == "table" else set()
    found = sorted((file for file in seen[:MOST_SEEN] if _is(kind, file.path, told)), key=lambda file: file.path)
    return {"files": pictures(found) if kind == "image" else [_out(file) for file in found], "complete": len(seen) <= MOST_SEEN}


def summary(place: Place, tags: dict[str, str]) -> dict[str, int]:
    """How many files of each kind there are, as far as one look goes: which tabs a page needs."""
    counted = dict.fromkeys(("any", *KINDS), 0)
    told = tables_told(tags)
    for file in islice(place.walk(), MOST_SEEN):
        counted["any"] += 1
        for kind in KINDS:
            counted[kind] += _is(kind, file.path, told)
    return counted


def pictures(found: list[File]) -> list[dict[str, Any]]:
    """Each picture once; those of a series with their key and step, and the address of their small copy."""
    series: dict[tuple[str, ...], dict[str, Any]] = {}
    others = []
    for file in found:
        match = SERIES.fullmatch(file.path)
        if match is None:
            others.append(_out(file))
            continue
        at = (match["key"], match["step"], match["timestamp"], match["id"])
        one = series.setdefault(
            at,
            {
                "key": match["key"].replace("~", "/").replace("#", "/"),
                "step": int(match["step"]),
                "timestamp": int(match["timestamp"]),
            },
        )
        one["small" if match["small"] else "path"] = file.path
        if not match["small"]:
            one["size"] = file.size
    # A small copy whose picture is still on its way stands for it.
    whole = [{**one, "path": one.get("path", one.get("small")), "size": one.get("size", 0)} for one in series.values()]
    return [*sorted(whole, key=lambda one: (one["key"], one["step"], one["timestamp"])), *others]


def tables_told(tags: dict[str, str]) -> set[str]:
    try:
        told = json.loads(tags.get(TABLES_TAG) or "[]")
    except ValueError:
        return set()
    if not isinstance(told, list):
        return set()
    return {str(one.get("path")) for one in told if isinstance(one, dict) and one.get("type") == "table"}


def _is(kind: str, path: str, told: set[str]) -> bool:
    match kind:
        case "image":
            return kinds.kind_of(path) in ("image", "svg")
        case "table":
            return kinds.kind_of(path) == "table" or path in told
        case "log":
            return path.startswith("logs/") and kinds.kind_of(path) in ("text", "")
    return path.startswith("code/") and kinds.kind_of(path) in ("text", "json", "markdown", "notebook")


def _out(file: File) -> dict[str, Any]:
    return {"path": file.path, "size": file.size}
