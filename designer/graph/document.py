"""The JSON document of a graph, format 1: strict to read, so that what is stored can be trusted by everyone.

A document may be unfinished or wrong as a plan (a cycle, an unknown component, a missing input): people save those,
and the compiler's checks say so. What is refused here is what could not be drawn, stored or sent at all.
"""

import math
from collections.abc import Mapping
from typing import Any

from designer.graph.edits import ID
from designer.graph.graph import Edge, Graph, Node
from registry.errors import Invalid

FORMAT = 1

# Caps keep one document from being a burden for everybody; each is far above what a person draws.
MOST_NODES = 5_000
MOST_EDGES = 25_000
LONGEST_NAME = 120  # of components and ports
LONGEST_TITLE = 200
LONGEST_COMMENT = 10_000
LONGEST_STRING = 200_000  # in params: scripts
DEEPEST = 12  # nesting within params
MOST_VALUES = 200_000  # in all params together
FARTHEST = 10_000_000  # coordinates
LARGEST = 2**53  # integers beyond it change on their way through a browser


def empty() -> dict[str, Any]:
    return {"format": FORMAT, "nodes": [], "edges": []}


def write(graph: Graph) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "nodes": [
            {
                "id": node.id,
                "component": node.component,
                "version": node.version,
                "title": node.title,
                "x": node.x,
                "y": node.y,
                "params": dict(node.params),
                "comment": node.comment,
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "source_port": edge.source_port,
                "target": edge.target,
                "target_port": edge.target_port,
            }
            for edge in graph.edges
        ],
    }


def read(document: Any) -> Graph:
    """The graph of a document. Raises `Invalid` with `fields["place"]` where it is malformed."""
    document = _object(document, "", required=("format", "nodes", "edges"))
    if document["format"] != FORMAT or isinstance(document["format"], bool):
        raise _invalid("format", f"is {_short(document['format'])}; this studio reads format {FORMAT}")
    budget = _Budget(MOST_VALUES)
    nodes = tuple(
        _node(value, f"nodes[{index}]", budget)
        for index, value in enumerate(_list(document["nodes"], "nodes", MOST_NODES))
    )
    seen: set[str] = set()
    for index, node in enumerate(nodes):
        if node.id in seen:
            raise _invalid(f"nodes[{index}].id", f"{node.id!r} is taken by an earlier node")
        seen.add(node.id)
    edges = tuple(
        _edge(value, f"edges[{index}]", seen)
        for index, value in enumerate(_list(document["edges"], "edges", MOST_EDGES))
    )
    wired: set[Edge] = set()
    for index, edge in enumerate(edges):
        if edge in wired:
            raise _invalid(f"edges[{index}]", "is the same wire as an earlier one")
        wired.add(edge)
    return Graph(nodes, edges)


def _node(value: Any, place: str, budget: "_Budget") -> Node:
    value = _object(
        value,
        place,
        required=("id", "component", "version"),
        optional=("title", "x", "y", "params", "comment"),
    )
    component = _text(value["component"], f"{place}.component", LONGEST_NAME, least=1)
    return Node(
        id=_id(value["id"], f"{place}.id"),
        component=component,
        version=_version(value["version"], f"{place}.version"),
        title=_text(value.get("title", ""), f"{place}.title", LONGEST_TITLE).strip() or component,
        x=_coordinate(value.get("x", 0.0), f"{place}.x"),
        y=_coordinate(value.get("y", 0.0), f"{place}.y"),
        params=_params(value.get("params", {}), f"{place}.params", budget),
        comment=_text(value.get("comment", ""), f"{place}.comment", LONGEST_COMMENT),
    )


def _edge(value: Any, place: str, ids: set[str]) -> Edge:
    ends = ("source", "source_port", "target", "target_port")
    value = _object(value, place, required=ends)
    for end in ("source", "target"):
        if _id(value[end], f"{place}.{end}") not in ids:
            raise _invalid(f"{place}.{end}", f"names the node {value[end]!r}, which is not in the document")
    for port in ("source_port", "target_port"):
        _text(value[port], f"{place}.{port}", LONGEST_NAME, least=1)
    return Edge(*(value[end] for end in ends))


def _params(value: Any, place: str, budget: "_Budget") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _invalid(place, "must be an object")
    return _json(value, place, 0, budget)


class _Budget:
    """How many values a document may still hold."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, place: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise _invalid(place, f"is too much: a document holds at most {MOST_VALUES:,} parameter values")


def _json(value: Any, place: str, depth: int, budget: _Budget) -> Any:
    """A copy of a plain JSON value, checked throughout: finite, not too deep, free of what a database refuses."""
    budget.spend(place)
    if depth > DEEPEST:
        raise _invalid(place, f"is nested deeper than {DEEPEST} levels")
    match value:
        case None | bool():
            return value
        case str():
            return _text(value, place, LONGEST_STRING)
        case int():
            if abs(value) > LARGEST:
                raise _invalid(place, "is a whole number too large to be kept exactly")
            return value
        case float():
            if not math.isfinite(value):
                raise _invalid(place, "must be a finite number")
            return value
        case list() | tuple():
            return [_json(item, f"{place}[{index}]", depth + 1, budget) for index, item in enumerate(value)]
        case Mapping():
            return {
                _key(key, place): _json(item, f"{place}.{_short(key, 40)}", depth + 1, budget)
                for key, item in value.items()
            }
    raise _invalid(place, "must be text, a number, true, false, null, a list or an object")


def _key(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _invalid(place, "must have text as its keys")
    return _text(value, place, 500)


def _object(
    value: Any, place: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _invalid(place, "must be an object")
    for key in required:
        if key not in value:
            raise _invalid(f"{place}.{key}" if place else key, "is missing")
    for key in value:
        if key not in required and key not in optional:
            raise _invalid(place, f"has the key {_short(key, 40)}, which format {FORMAT} does not know")
    return value


def _list(value: Any, place: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise _invalid(place, "must be a list")
    if len(value) > most:
        raise _invalid(place, f"has {len(value):,} entries; at most {most:,} are allowed")
    return value


def _id(value: Any, place: str) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise _invalid(place, "must be 1 to 64 letters, digits, _ or -")
    return value


def _text(value: Any, place: str, most: int, least: int = 0) -> str:
    if not isinstance(value, str):
        raise _invalid(place, "must be text")
    if len(value) > most:
        raise _invalid(place, f"is longer than {most:,} characters")
    if len(value) < least:
        raise _invalid(place, "must not be empty")
    # PostgreSQL keeps no NUL in JSON, and half of a surrogate pair cannot be sent as UTF-8.
    if "\x00" in value or not _encodes(value):
        raise _invalid(place, "holds a character that cannot be stored")
    return value


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _version(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_000_000:
        raise _invalid(place, "must be a whole number from 1")
    return value


def _coordinate(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= FARTHEST:
        raise _invalid(place, f"must be a number between -{FARTHEST:,} and {FARTHEST:,}")
    return float(value)


def _short(value: Any, most: int = 60) -> str:
    if isinstance(value, list | Mapping):
        return "a list" if isinstance(value, list) else "an object"
    # Of a huge integer even the decimal form is refused by Python.
    text = "a huge number" if isinstance(value, int) and abs(value) > 10**30 else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _invalid(place: str, what: str) -> Invalid:
    place = place if len(place) <= 200 else f"{place[:199]}…"
    return Invalid(
        f"{place or 'The document'} {what}.", code="bad-document", fields={"place": place or "document"}
    )
