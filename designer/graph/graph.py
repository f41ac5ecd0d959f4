"""Nodes and wires. Edits return a new graph; whether a wire is legal by type is the compiler's question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def node(self, id: str) -> Node | None:
        return next((node for node in self.nodes if node.id == id), None)

    def into(self, id: str, port: str | None = None) -> list[Edge]:
        return [e for e in self.edges if e.target == id and (port is None or e.target_port == port)]

    def out_of(self, id: str, port: str | None = None) -> list[Edge]:
        return [e for e in self.edges if e.source == id and (port is None or e.source_port == port)]
