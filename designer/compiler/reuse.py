"""The cache key of a node: equal keys mean equal results, and a changed key can say what changed.

A key is the hash of a node's *parts*: component and version, its code, its settings with the defaults filled in, the
keys of what arrives, the content of its data, and the versions of the libraries. Titles and the place on the canvas
are in the parts for people to read, but not in the key.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from designer.catalogue import validate
from designer.catalogue.catalogue import Catalogue
from designer.catalogue.component import Component
from designer.compiler import assets as data
from designer.compiler.assets import Asset, Assets
from designer.compiler.code import code_hash
from designer.graph.graph import Graph, Node
from designer.graph.order import acyclic

Parts = dict[str, Any]

COMPARED = frozenset({"component", "version", "code", "params", "inputs", "data", "environment"})
MOST_CHANGES = 3  # named in one reason; the rest are counted
LONGEST_REASON = 480  # the record holds 500


def parts(
    graph: Graph, catalogue: Catalogue, assets: Assets, environment: Mapping[str, str]
) -> dict[str, Parts]:
    """The parts of every node that is not held up by a cycle and whose component is known."""
    found: dict[str, Parts] = {}
    prints: dict[str, str] = {}
    for id in acyclic(graph):
        node = graph.node(id)
        component = catalogue.get(node.component) if node else None
        if node is None or component is None:
            continue
        asset = assets.get(data.ref(node, catalogue))
        found[id] = _parts(graph, node, component, asset, found, prints, environment)
        prints[id] = fingerprint(found[id])
    return found


def key(parts: Parts) -> str | None:
    """None where a result must never be taken from an earlier run."""
    return None if parts["never"] else fingerprint(parts)


def fingerprint(parts: Mapping[str, Any]) -> str:
    """Of everything that a result depends on. Two results with one fingerprint were made in the same way."""
    counted = {
        "component": parts["component"],
        "version": parts["version"],
        "code": parts["code"],
        "params": parts["params"],
        "inputs": {port: [given["key"], given["port"]] for port, given in parts["inputs"].items()},
        "data": parts["data"]["hash"] if parts["data"] else None,
        "environment": parts["environment"],
    }
    canonical = json.dumps(counted, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def why_missed(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> str:
    """Why a result with the parts `old` does not serve a node with the parts `new`, in a few words."""
    if new.get("never"):
        return str(new["never"])
    if not old:
        return "no earlier result"
    if not old.keys() >= COMPARED:
        return "the earlier result is of another release of the studio"
    changes = _changes(old, new)
    if not changes:
        return "the earlier result is no longer there"
    rest = len(changes) - MOST_CHANGES
    said = "; ".join(changes[:MOST_CHANGES]) + (f"; and {rest} more" if rest > 0 else "")
    return said if len(said) <= LONGEST_REASON else f"{said[: LONGEST_REASON - 1]}…"


def _parts(
    graph: Graph,
    node: Node,
    component: Component,
    asset: Asset | None,
    earlier: Mapping[str, Parts],
    prints: Mapping[str, str],
    environment: Mapping[str, str],
) -> Parts:
    values = validate.applicable(component, validate.filled(component, node.params))
    inputs: dict[str, Any] = {}
    never = "" if component.reusable else f"{component.title} always runs anew"
    for edge in sorted(graph.into(node.id), key=lambda edge: edge.target_port):
        source = graph.node(edge.source)
        title = source.title if source else edge.source
        inputs[edge.target_port] = {
            "key": prints.get(edge.source, ""),
            "port": edge.source_port,
            "step": edge.source,
            "title": title,
        }
        if not never and (earlier.get(edge.source) or {}).get("never"):
            never = f"“{title}” always runs anew, and this needs it"
    asset_names = {param.name for param in component.params if param.kind == "asset"}
    return {
        "component": component.id,
        "version": component.version,
        "code": code_hash(component),
        # Which asset is meant is in `data`: the same content under another name gives the same result.
        "params": {name: value for name, value in values.items() if name not in asset_names},
        "inputs": inputs,
        "data": (
            {"name": asset.name, "version": asset.version, "hash": asset.content_hash or asset.path}
            if asset
            else None
        ),
        "environment": dict(environment),
        "never": never,
    }


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    changes: list[str] = []
    if old["component"] != new["component"]:
        return [f"component {old['component']} → {new['component']}"]
    if old["version"] != new["version"]:
        changes.append(f"version {old['version']} → {new['version']} of the component")
    elif old["code"] != new["code"]:
        changes.append("the component's code changed")
    for name in dict.fromkeys((*old["params"], *new["params"])):
        before, after = old["params"].get(name), new["params"].get(name)
        if before != after:
            changes.append(_change(name, before, after))
    if (old["data"] or {}).get("hash") != (new["data"] or {}).get("hash"):
        changes.append(f"data {_data(old['data'])} → {_data(new['data'])}")
    libraries = len(changes)
    for name in dict.fromkeys((*old["environment"], *new["environment"])):
        before, after = old["environment"].get(name), new["environment"].get(name)
        if before != after:
            changes.append(f"{name} {before or 'absent'} → {after or 'absent'}")
    if len(changes) > libraries:
        # With other libraries everything upstream is computed anew as well; that says nothing more.
        return changes
    for port in dict.fromkeys((*old["inputs"], *new["inputs"])):
        before, after = old["inputs"].get(port), new["inputs"].get(port)
        if before is None or after is None:
            changes.append(f"input {port} {'connected' if after else 'disconnected'}")
        elif (before["key"], before["port"]) != (after["key"], after["port"]):
            changes.append(f"input {port} changed: {after['title']}")
    return changes


def _change(name: str, before: Any, after: Any) -> str:
    texts = _value(before), _value(after)
    if None in texts or texts[0] == texts[1]:
        return f"{name} changed"
    return f"{name} {texts[0]} → {texts[1]}"


def _value(value: Any) -> str | None:
    """A setting as a person would write it; None where it is too long to be read in passing."""
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case float():
            text = f"{value:.10g}"
        case {"all": _, "kinds": _, "names": _, "except": _}:
            text = _selection(value)
        case _:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 and "\n" not in text else None


def _selection(value: Mapping[str, Any]) -> str:
    said = ["all columns"] if value["all"] else []
    said += [f"{kind} columns" for kind in value["kinds"]] + list(value["names"])
    return (", ".join(said) or "no columns") + (
        f" without {', '.join(value['except'])}" if value["except"] else ""
    )


def _data(value: Mapping[str, Any] | None) -> str:
    return f"{value['name']} version {value['version']}" if value else "none"
