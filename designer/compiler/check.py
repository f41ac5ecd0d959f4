"""What is wrong with a drawing, found without running it: a list of small checks, each yielding problems.

The canvas shows the list; submission refuses a run with the same list. Add a check by writing a function under
`@check`; order here is the order in which people read the problems of one node.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from designer.catalogue import types, validate
from designer.catalogue.catalogue import Catalogue
from designer.catalogue.component import Complaint, Component
from designer.catalogue.nearest import closest
from designer.compiler import assets as data
from designer.compiler import schema
from designer.compiler.assets import Assets
from designer.compiler.problems import ERROR, WARNING, Problem
from designer.compiler.schema import Foreseen
from designer.graph import order
from designer.graph.graph import Graph, Node
from registry.errors import StudioError

logger = logging.getLogger(__name__)

NOT_READY = {
    "importing": "is still being imported. Wait until it is ready",
    "failed": "could not be imported. Choose another version, or upload the file again",
    data.LOST: "is no longer in the studio's store. Choose another version, or upload the file again",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph with all that is known about it."""

    graph: Graph
    catalogue: Catalogue
    assets: Assets
    foreseen: Mapping[str, Foreseen]

    def known(self) -> Iterator[tuple[Node, Component]]:
        for node in self.graph.nodes:
            component = self.catalogue.get(node.component)
            if component:
                yield node, component


Check = Callable[[Drawing], Iterator[Problem]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def problems(
    graph: Graph, catalogue: Catalogue, assets: Assets, foreseen: Mapping[str, Foreseen] | None = None
) -> list[Problem]:
    """Everything that is wrong, errors first, each kind in the order of the nodes."""
    drawing = Drawing(graph, catalogue, assets, foreseen or schema.propagate(graph, catalogue, assets))
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    found = list(dict.fromkeys(problem for function in CHECKS for problem in function(drawing)))
    return sorted(found, key=lambda p: (p.severity != ERROR, place.get(p.node or "", -1)))


def errors(found: list[Problem]) -> list[Problem]:
    """Those that refuse a run."""
    return [problem for problem in found if problem.severity == ERROR]


@check
def something_is_drawn(drawing: Drawing) -> Iterator[Problem]:
    if not drawing.graph.nodes:
        yield Problem(
            "empty-graph", "The pipeline is empty. Drag a component from the palette onto the canvas."
        )


@check
def components_are_known(drawing: Drawing) -> Iterator[Problem]:
    for node in drawing.graph.nodes:
        component = drawing.catalogue.get(node.component)
        if component is None:
            yield Problem(
                "unknown-component",
                f"“{node.title}”: {drawing.catalogue.unknown(node.component)}",
                node=node.id,
            )
        elif node.version > component.version:
            yield Problem(
                "unknown-version",
                f"“{node.title}” was drawn with version {node.version} of {component.title}; this studio has "
                f"version {component.version}. Update the studio, or place the component anew.",
                node=node.id,
            )
        elif node.version < component.version:
            yield Problem(
                "older-version",
                f"“{node.title}” was drawn with version {node.version} of {component.title} and runs with version "
                f"{component.version}, whose results may differ.",
                WARNING,
                node=node.id,
            )


@check
def nothing_runs_in_circles(drawing: Drawing) -> Iterator[Problem]:
    for group in order.cycles(drawing.graph):
        titles = [drawing.graph.node(id).title for id in order.one_round(drawing.graph, group)]  # type: ignore[union-attr]
        way = " → ".join(titles if len(titles) < 8 else [*titles[:6], "…"])
        for id in group:
            yield Problem(
                "cycle", f"These nodes wait for one another: {way}. Remove one of the wires.", node=id
            )


@check
def wires_end_at_ports(drawing: Drawing) -> Iterator[Problem]:
    for edge in drawing.graph.edges:
        for id, port, side in (
            (edge.source, edge.source_port, "output"),
            (edge.target, edge.target_port, "input"),
        ):
            node = drawing.graph.node(id)
            component = drawing.catalogue.get(node.component) if node else None
            if not node or not component:
                continue
            ports = component.outputs if side == "output" else component.inputs
            if port not in {candidate.name for candidate in ports}:
                yield Problem(
                    "unknown-port",
                    f"“{node.title}” has no {side} “{port}”. Remove the wire and draw it anew.",
                    node=id,
                    port=port,
                )


@check
def wires_carry_what_is_taken(drawing: Drawing) -> Iterator[Problem]:
    graph, catalogue = drawing.graph, drawing.catalogue
    for edge in graph.edges:
        source, target = graph.node(edge.source), graph.node(edge.target)
        giver = catalogue.get(source.component) if source else None
        taker = catalogue.get(target.component) if target else None
        leaving = giver.output(edge.source_port) if giver else None
        entering = taker.input(edge.target_port) if taker else None
        if source and target and leaving and entering and not types.fits(leaving.type, entering.type):
            yield Problem(
                "wrong-type",
                f"“{target.title}” takes {_a(entering.type)} at {entering.title}; “{source.title}” gives "
                f"{_a(leaving.type)} there.",
                node=target.id,
                port=entering.name,
            )


@check
def inputs_take_one_wire(drawing: Drawing) -> Iterator[Problem]:
    for node, component in drawing.known():
        for port in component.inputs:
            if len(drawing.graph.into(node.id, port.name)) > 1:
                yield Problem(
                    "port-taken",
                    f"{port.title} of “{node.title}” is wired more than once. Keep one of the wires.",
                    node=node.id,
                    port=port.name,
                )


@check
def required_inputs_are_wired(drawing: Drawing) -> Iterator[Problem]:
    for node, component in drawing.known():
        for port in component.inputs:
            if port.required and not drawing.graph.into(node.id, port.name):
                yield Problem(
                    "input-missing",
                    f"“{node.title}” needs {port.title}: wire {_a(port.type)} to it.",
                    node=node.id,
                    port=port.name,
                )


@check
def settings_are_legal(drawing: Drawing) -> Iterator[Problem]:
    """First the schema of the parameters; only if they are sound, what the component itself has to say."""
    for node, component in drawing.known():
        arriving = drawing.foreseen[node.id].inputs
        complaints = list(validate.complaints(component, node.params, arriving))
        if not any(complaint.severity == ERROR for complaint in complaints):
            complaints += _own_complaints(node, component, drawing)
        for complaint in complaints:
            yield Problem(
                complaint.code,
                f"“{node.title}”: {complaint.message}",
                complaint.severity,
                node=node.id,
                port=complaint.port,
                param=complaint.param,
            )


@check
def data_is_there(drawing: Drawing) -> Iterator[Problem]:
    for node, _ in drawing.known():
        ref = data.ref(node, drawing.catalogue)
        param = data.asset_param(node, drawing.catalogue)
        if ref is None or param is None:
            continue
        asset = drawing.assets.get(ref)
        if asset is None:
            yield Problem(
                "asset-missing",
                f"“{node.title}”: {_no_asset(ref, drawing.assets)}",
                node=node.id,
                param=param.name,
            )
        elif asset.status != data.READY:
            what = NOT_READY.get(asset.status, NOT_READY["failed"])
            yield Problem(
                "asset-not-ready",
                f"“{node.title}”: version {asset.version} of “{asset.name}” {what}.",
                node=node.id,
                param=param.name,
            )


@check
def results_are_used(drawing: Drawing) -> Iterator[Problem]:
    """A source that feeds nothing was probably forgotten. The last node of a pipeline is none: it has inputs."""
    if len(drawing.graph.nodes) < 2:
        return
    for node, component in drawing.known():
        if component.outputs and not component.inputs and not drawing.graph.out_of(node.id):
            yield Problem(
                "nothing-downstream",
                f"“{node.title}” leads nowhere: nothing uses what it gives.",
                WARNING,
                node=node.id,
            )


def _own_complaints(node: Node, component: Component, drawing: Drawing) -> list[Complaint]:
    foreseen = drawing.foreseen[node.id]
    try:
        found = list(component.check(validate.filled(component, node.params), foreseen.inputs))
    except StudioError as error:
        return [Complaint(error.message, code=error.code)]
    except Exception:  # noqa: BLE001 — a mistake in one component's check must not hide the other problems
        logger.exception("The check of component %s failed", component.id)
        return []
    if foreseen.trouble and not any(complaint.severity == ERROR for complaint in found):
        found.append(Complaint(foreseen.trouble))
    return found


def _no_asset(ref: data.AssetRef, assets: Assets) -> str:
    if ref.version is not None and ref.name in assets.names:
        return f"“{ref.name}” has no version {ref.version}. Choose one that it has, or the latest."
    if ref.name in assets.names:
        return f"“{ref.name}” has no version yet. Upload a file to it first."
    hint = closest(ref.name, assets.names)
    return f"there is no data asset “{ref.name}” in this workspace." + (
        f" Did you mean “{hint}”?" if hint else ""
    )


def _a(type: str) -> str:
    title = types.TITLES.get(type, type).lower()
    return title if type == types.ANY else f"{'an' if title[0] in 'aeiou' else 'a'} {title}"
