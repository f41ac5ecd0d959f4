"""What differs between a node of one run and its partner in another: how they were made, and what came of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designer.compiler import reuse
from designer.graph.graph import Graph

# Sums over threads differ in their last digits from run to run; nobody calls that another result.
CLOSE = 1e-9

Partners = Mapping[str, str]  # from the left's ids to the right's


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; a side that lacks it has None. Kinds: "component", "param", "code", "data", "wire",
    "library", "input" (what arrives was made in another way), "status", "output", "metric"."""

    kind: str
    name: str
    left: Any = None
    right: Any = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run's records say of one node. `origin` names the step that computed the result: the node's own, or the
    one it was taken from. `outputs` maps a port to anything that describes what was left there."""

    status: str
    origin: str = ""
    parts: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float | None] = field(default_factory=dict)


def is_whole(parts: Mapping[str, Any] | None) -> bool:
    """Whether the parts are all there. A run of another release may have kept others, or none."""
    return parts is not None and parts.keys() >= reuse.COMPARED


def of_making(
    old: Mapping[str, Any], new: Mapping[str, Any], partners: Partners, scripts: frozenset[str]
) -> Iterable[Change]:
    """Between the parts of two keys; nothing where the keys are equal. `scripts`: the parameters that hold code."""
    if reuse.fingerprint(old) == reuse.fingerprint(new):
        return
    if old["component"] != new["component"]:
        yield Change("component", "Component", old["component"], new["component"])
        return
    if old["version"] != new["version"]:
        yield Change("code", "Version of the component", old["version"], new["version"])
    elif old["code"] != new["code"]:
        yield Change("code", "Component", text="The studio's own code of this component changed.")
    yield from _settings(old["params"], new["params"], scripts)
    before, after = old["data"] or {}, new["data"] or {}
    if before.get("hash") != after.get("hash"):
        yield Change("data", "Data", _data(before), _data(after))
    yield from _valued("library", old["environment"], new["environment"])
    for port in dict.fromkeys((*old["inputs"], *new["inputs"])):
        yield from _input(port, old["inputs"].get(port), new["inputs"].get(port), partners)


def of_drawing(
    left: Graph, right: Graph, ids: tuple[str, str], partners: Partners, scripts: frozenset[str]
) -> Iterable[Change]:
    """Where a run kept no parts, the drawings are all there is to compare."""
    one, other = left.node(ids[0]), right.node(ids[1])
    if one is None or other is None:
        return
    if one.component != other.component:
        yield Change("component", "Component", one.component, other.component)
        return
    if one.version != other.version:
        yield Change("code", "Version of the component", one.version, other.version)
    yield from _settings(one.params, other.params, scripts)
    fed = {edge.target_port: (partners.get(edge.source), edge.source_port) for edge in left.into(one.id)}
    feeds = {edge.target_port: (edge.source, edge.source_port) for edge in right.into(other.id)}
    for port in dict.fromkeys((*fed, *feeds)):
        if fed.get(port) != feeds.get(port):
            yield Change("wire", port, text="It is wired in another way.")


def of_results(one: Outcome, other: Outcome) -> Iterable[Change]:
    for port in dict.fromkeys((*one.outputs, *other.outputs)):
        if not alike(one.outputs.get(port), other.outputs.get(port)):
            yield Change("output", port, one.outputs.get(port), other.outputs.get(port))
    for name in dict.fromkeys((*one.metrics, *other.metrics)):
        if not alike(one.metrics.get(name), other.metrics.get(name)):
            yield Change("metric", name, one.metrics.get(name), other.metrics.get(name))


def alike(one: Any, other: Any) -> bool:
    match one, other:
        case (bool(), _) | (_, bool()):
            return one is other
        case (int() | float(), int() | float()):
            both_nan = one != one and other != other
            return both_nan or math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
        case Mapping(), Mapping():
            return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
        case (list() | tuple(), list() | tuple()):
            return len(one) == len(other) and all(map(alike, one, other))
        case _:
            return bool(one == other)


def _settings(old: Mapping[str, Any], new: Mapping[str, Any], scripts: frozenset[str]) -> Iterable[Change]:
    for change in _valued("param", old, new):
        if change.name in scripts:
            yield Change("code", change.name, change.left, change.right)
        else:
            yield change


def _valued(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Change(kind, name, old.get(name), new.get(name))


def _input(port: str, old: Any, new: Any, partners: Partners) -> Iterable[Change]:
    if old is None or new is None:
        yield Change("wire", port, old and _end(old), new and _end(new))
    elif (old["key"], old["port"]) == (new["key"], new["port"]):
        return  # the same thing arrives, from wherever
    elif partners.get(old["step"]) != new["step"] or old["port"] != new["port"]:
        yield Change("wire", port, _end(old), _end(new))
    else:
        yield Change("input", port, text=f"What arrives from “{new['title']}” was made in another way.")


def _end(given: Mapping[str, Any]) -> str:
    return f"{given['title']} · {given['port']}"


def _data(value: Mapping[str, Any]) -> str | None:
    return f"{value['name']} version {value['version']}" if value else None
