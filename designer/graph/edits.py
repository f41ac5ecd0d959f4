"""Edits: each takes a graph and returns a new one, or raises `Refused` where it may not be."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from designer.graph.graph import Edge, Graph, Node
from designer.graph.order import descendants
from registry.errors import NotFound, Refused

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def add(graph: Graph, node: Node) -> Graph:
    if not ID.fullmatch(node.id):
        raise Refused(
            f"{node.id!r} cannot name a node: up to 64 letters, digits, _ and - can.", code="bad-id"
        )
    if graph.node(node.id):
        raise Refused(f"There is a node {node.id!r} already.", code="id-taken")
    return replace(graph, nodes=(*graph.nodes, node))


def remove(graph: Graph, ids: Collection[str]) -> Graph:
    """Without these nodes and the wires that end at them."""
    for id in ids:
        _require(graph, id)
    gone = set(ids)
    return Graph(
        tuple(node for node in graph.nodes if node.id not in gone),
        tuple(edge for edge in graph.edges if edge.source not in gone and edge.target not in gone),
    )


def connect(graph: Graph, edge: Edge) -> Graph:
    """With one wire more. Raises `Refused` for itself, a second time, a taken port or a circle."""
    source, target = _require(graph, edge.source), _require(graph, edge.target)
    if edge.source == edge.target:
        raise Refused(f"“{source.title}” cannot feed itself.", code="self")
    taken = graph.into(edge.target, edge.target_port)
    if edge in taken:
        raise Refused(f"“{source.title}” and “{target.title}” are wired like this already.", code="duplicate")
    if taken:
        raise Refused(
            f"The input “{edge.target_port}” of “{target.title}” is wired already. Remove that wire first.",
            code="port-taken",
        )
    if edge.source in descendants(graph, [edge.target]):
        raise Refused(
            f"“{source.title}” needs “{target.title}”: this wire would close a circle.", code="cycle"
        )
    return replace(graph, edges=(*graph.edges, edge))


def disconnect(graph: Graph, edge: Edge) -> Graph:
    if edge not in graph.out_of(edge.source):
        raise NotFound("There is no such wire.")
    return replace(graph, edges=tuple(other for other in graph.edges if other != edge))


def change(graph: Graph, id: str, /, **fields: Any) -> Graph:
    """The node with other fields: title, x, y, params, comment, component or version; never its id."""
    if "id" in fields:
        raise Refused("A node keeps its id.", code="bad-id")
    changed = replace(_require(graph, id), **fields)
    return replace(graph, nodes=tuple(changed if node.id == id else node for node in graph.nodes))


def set_params(graph: Graph, id: str, params: Mapping[str, Any]) -> Graph:
    """With these parameters set on the node; one set to None is cleared, which means its default."""
    merged = {**_require(graph, id).params, **params}
    return change(graph, id, params={name: value for name, value in merged.items() if value is not None})


def insert(graph: Graph, edge: Edge, node: Node, *, input: str, output: str) -> Graph:
    """With a new node put onto a wire: what ran through it now runs through the node's two ports."""
    graph = add(disconnect(graph, edge), node)
    graph = connect(graph, Edge(edge.source, edge.source_port, node.id, input))
    return connect(graph, Edge(node.id, output, edge.target, edge.target_port))


def subgraph(graph: Graph, ids: Collection[str]) -> Graph:
    """These nodes and the wires among them: what a copy takes along."""
    for id in ids:
        _require(graph, id)
    kept = set(ids)
    return Graph(
        tuple(node for node in graph.nodes if node.id in kept),
        tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
    )


def paste(graph: Graph, clip: Graph, *, dx: float = 0.0, dy: float = 0.0) -> tuple[Graph, dict[str, str]]:
    """With the nodes of `clip` under new ids, moved by (dx, dy); also says which became which."""
    free = free_ids(graph)
    renamed = {node.id: next(free) for node in clip.nodes}
    nodes = (replace(node, id=renamed[node.id], x=node.x + dx, y=node.y + dy) for node in clip.nodes)
    edges = (
        Edge(renamed[edge.source], edge.source_port, renamed[edge.target], edge.target_port)
        for edge in clip.edges
        if edge.source in renamed and edge.target in renamed
    )
    return Graph((*graph.nodes, *nodes), (*graph.edges, *edges)), renamed


def free_ids(graph: Graph) -> Any:
    """n1, n2, … without those that are taken."""
    return (id for id in (f"n{number}" for number in count(1)) if graph.node(id) is None)


def _require(graph: Graph, id: str) -> Node:
    node = graph.node(id)
    if node is None:
        raise NotFound(f"There is no node {id!r}.", code="unknown-node")
    return node
