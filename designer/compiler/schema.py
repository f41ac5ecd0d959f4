"""What arrives at and leaves every node before anything has run: schemas travel along the wires."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from designer.catalogue import schema as schemas
from designer.catalogue import types, validate
from designer.catalogue.catalogue import Catalogue
from designer.catalogue.component import Component
from designer.catalogue.schema import OtherSchema, Schema, TableSchema
from designer.compiler import assets as data
from designer.compiler.assets import Assets
from designer.graph.graph import Graph, Node
from designer.graph.order import acyclic
from registry.errors import StudioError

logger = logging.getLogger(__name__)

UNKNOWN = TableSchema(known=False)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The schemas at one node's ports. An input that is not wired, or wired to something of another type, is absent.
    `trouble` is the component's own sentence where it could not foresee its outputs."""

    inputs: Mapping[str, Schema] = field(default_factory=dict)
    outputs: Mapping[str, Schema] = field(default_factory=dict)
    trouble: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "inputs": {port: schemas.to_json(schema) for port, schema in self.inputs.items()},
            "outputs": {port: schemas.to_json(schema) for port, schema in self.outputs.items()},
        }


def propagate(graph: Graph, catalogue: Catalogue, assets: Assets) -> dict[str, Foreseen]:
    """What is foreseen at every node. Nodes held up by a cycle, or of unknown components, foresee nothing."""
    known: dict[str, Foreseen] = {node.id: Foreseen() for node in graph.nodes}
    for id in acyclic(graph):
        node = graph.node(id)
        component = catalogue.get(node.component) if node else None
        if node and component:
            known[id] = _at(
                node, component, _arriving(graph, node, component, catalogue, known), catalogue, assets
            )
    return known


def _arriving(
    graph: Graph, node: Node, component: Component, catalogue: Catalogue, known: Mapping[str, Foreseen]
) -> dict[str, Schema]:
    arriving: dict[str, Schema] = {}
    for edge in graph.into(node.id):
        port = component.input(edge.target_port)
        source_node = graph.node(edge.source)
        source = catalogue.get(source_node.component) if source_node else None
        if port is None or port.name in arriving:
            continue
        leaving = source.output(edge.source_port) if source else None
        if leaving is None:
            arriving[port.name] = _unknown(port.type)
        elif types.fits(leaving.type, port.type):
            arriving[port.name] = known[edge.source].outputs.get(leaving.name) or _unknown(leaving.type)
    return arriving


def _at(
    node: Node, component: Component, arriving: Mapping[str, Schema], catalogue: Catalogue, assets: Assets
) -> Foreseen:
    asset = assets.get(data.ref(node, catalogue))
    if asset is not None:
        table = {port.name: asset.schema for port in component.outputs if port.type == types.TABLE}
        return Foreseen(arriving, _complete(component, table))
    try:
        inferred = dict(component.infer(validate.filled(component, node.params), arriving))
    except StudioError as error:
        return Foreseen(arriving, _complete(component, {}), trouble=error.message)
    except Exception:  # noqa: BLE001 — one component's mistake must not keep a drawing from being checked
        # With settings that are wrong themselves this is expected, and the checks name them.
        logger.debug("%s could not foresee its outputs", component.id, exc_info=True)
        return Foreseen(arriving, _complete(component, {}))
    return Foreseen(arriving, _complete(component, inferred))


def _complete(component: Component, inferred: Mapping[str, Schema]) -> dict[str, Schema]:
    return {port.name: inferred.get(port.name) or _unknown(port.type) for port in component.outputs}


def _unknown(type: str) -> Schema:
    return UNKNOWN if type in (types.TABLE, types.ANY) else OtherSchema()
