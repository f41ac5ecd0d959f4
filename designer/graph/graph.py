"""Nodes and wires. Edits return a new graph; whether a wire is legal by type is the compiler's question."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A component placed on the canvas. `x`, `y` are its upper left corner in canvas units (pixels at zoom 1)."""

    id: str
    component: str
    version: int
    title: str
    x: float = 0.0
    y: float = 0.0
    params: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire: what leaves `source` on `source_port` arrives at `target` on `target_port`."""

    source: str
    source_port: str
    target: str
    target_port: str


@dataclass(frozen=True)
class Graph:
    """Immutable, so its indexes are made once, on first use. Every question costs what its answer is long."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def node(self, id: str) -> Node | None:
        return self._nodes.get(id)

    def into(self, id: str, port: str | None = None) -> list[Edge]:
        edges = self._into.get(id, ())
        return [edge for edge in edges if port is None or edge.target_port == port]

    def out_of(self, id: str, port: str | None = None) -> list[Edge]:
        edges = self._out_of.get(id, ())
        return [edge for edge in edges if port is None or edge.source_port == port]

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _into(self) -> dict[str, list[Edge]]:
        index: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            index[edge.target].append(edge)
        return dict(index)

    @cached_property
    def _out_of(self) -> dict[str, list[Edge]]:
        index: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            index[edge.source].append(edge)
        return dict(index)
