"""Graph + catalogue + assets -> RunSpec: only the steps that are needed, everything resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.catalogue import validate
from designer.catalogue.catalogue import Catalogue
from designer.compiler import assets as data
from designer.compiler import check, reuse
from designer.compiler.assets import Asset, Assets
from designer.compiler.problems import Problem
from designer.graph import edits
from designer.graph.graph import Graph, Node
from designer.graph.order import ancestors, order
from registry.errors import Invalid, NotFound
from registry.runs.spec import RunSpec, Source, Step

MODES = ("all", "to", "only")


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that may be submitted. `assets` says which node reads which version."""

    spec: RunSpec
    assets: Mapping[str, Asset]
    warnings: tuple[Problem, ...] = ()


def compile(
    graph: Graph,
    catalogue: Catalogue,
    assets: Assets,
    environment: Mapping[str, str],
    *,
    mode: str = "all",
    node: str = "",
    reuse_results: bool = True,
) -> Plan:
    """`mode` "all" runs everything; "to" what `node` needs and the node; "only" the node alone, on earlier results.

    Raises `Invalid` with code "problems" and the same list that `check.problems` gives for the part that would run.
    """
    part = needed(graph, mode, node)
    found = check.problems(part, catalogue, assets)
    refused = check.errors(found)
    parts = {} if refused else reuse.parts(part, catalogue, assets, environment)
    if mode == "only" and not refused:
        refused = _not_kept(part, node, parts)
        found = refused + found
    if refused:
        raise Invalid(_sentence(refused), code="problems", fields={"problems": [p.to_json() for p in found]})
    ids = [id for id in order(part) if mode != "only" or id == node or _feeds(part, id, node)]
    steps = tuple(
        _step(part, part.node(id), catalogue, assets, parts[id], reuse_only=mode == "only" and id != node)  # type: ignore[arg-type]
        for id in ids
    )
    spec = RunSpec(kind="pipeline", steps=steps, reuse=reuse_results)
    read = {id: asset for id in ids if (asset := assets.get(data.ref(part.node(id), catalogue)))}  # type: ignore[arg-type]
    return Plan(spec, read, tuple(problem for problem in found if problem.severity != "error"))


def needed(graph: Graph, mode: str, node: str) -> Graph:
    """The part of the graph that a run is about: all of it, or a node and everything upstream."""
    if mode not in MODES:
        raise Invalid(f"A run's mode is one of {', '.join(MODES)}, not {mode!r}.", fields={"mode": mode})
    if mode == "all":
        return graph
    if graph.node(node) is None:
        raise NotFound(f"There is no node {node!r} in this revision of the pipeline.", code="unknown-node")
    return edits.subgraph(graph, {node} | ancestors(graph, [node]))


def _step(
    graph: Graph, node: Node, catalogue: Catalogue, assets: Assets, parts: reuse.Parts, *, reuse_only: bool
) -> Step:
    component = catalogue[node.component]
    return Step(
        id=node.id,
        title=node.title,
        component=component.id,
        version=component.version,
        params=_params(node, catalogue, assets),
        # What is taken from an earlier run reads nothing; its own inputs are not part of this run.
        inputs={}
        if reuse_only
        else {edge.target_port: Source(edge.source, edge.source_port) for edge in graph.into(node.id)},
        outputs={port.name: port.type for port in component.outputs},
        key=reuse.key(parts),
        key_parts=parts,
        reuse_only=reuse_only,
    )


def _params(node: Node, catalogue: Catalogue, assets: Assets) -> dict[str, Any]:
    """As the component is called: defaults filled in, a data asset with its version and where that lies."""
    values = validate.filled(catalogue[node.component], node.params)
    param = data.asset_param(node, catalogue)
    asset = assets.get(data.ref(node, catalogue))
    if param is not None and asset is not None:
        values[param.name] = {"name": asset.name, "version": asset.version}
        values["path"] = asset.path
    return values


def _feeds(graph: Graph, id: str, node: str) -> bool:
    return any(edge.source == id for edge in graph.into(node))


def _not_kept(graph: Graph, node: str, parts: Mapping[str, reuse.Parts]) -> list[Problem]:
    """To run a node alone, what arrives must be there from before; of some components nothing is ever reused."""
    target = graph.node(node)
    return [
        Problem(
            "not-reusable",
            f"“{target.title if target else node}” cannot run alone: {parts[edge.source]['never']}. "
            "Run up to this node instead.",
            node=edge.source,
        )
        for edge in graph.into(node)
        if parts[edge.source]["never"]
    ]


def _sentence(refused: list[Problem]) -> str:
    if len(refused) == 1:
        return refused[0].message
    return f"The pipeline cannot run yet: {len(refused)} problems are marked on it. The first: {refused[0].message}"
