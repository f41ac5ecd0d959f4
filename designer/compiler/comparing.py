"""Two runs laid over one graph: what became of each node, and the first one where they part.

Keys prove it: equal keys were computed in the same way, and a changed key is taken apart to say what changed. Where the
keys agree and the results do not, something outside the key plays in: chance, time, a race.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from designer.compiler import changes, reuse
from designer.compiler.changes import Change, Outcome
from designer.compiler.matching import match
from designer.graph.graph import Edge, Graph, Node
from designer.graph.order import acyclic

OPEN = frozenset({"queued", "running", "cancelling"})
COMPLETED = "completed"
Scripts = Mapping[str, frozenset[str]]  # by component: the parameters that hold code


class Mark(StrEnum):
    SAME = "same"
    CACHED = "cached"
    PARAMS = "params"
    CODE = "code"
    LIBRARIES = "libraries"
    INPUT = "input"
    RESULT = "result"
    ONLY_LEFT = "only-left"
    ONLY_RIGHT = "only-right"
    PENDING = "pending"
    IDLE = "idle"


AGREE = frozenset({Mark.SAME, Mark.CACHED, Mark.PENDING, Mark.IDLE})
# Of several reasons the first names the mark: what a person did to the node comes before what reached it.
MARKS = {
    "component": Mark.CODE,
    "param": Mark.PARAMS,
    "code": Mark.CODE,
    "data": Mark.INPUT,
    "wire": Mark.INPUT,
    "library": Mark.LIBRARIES,
    "input": Mark.INPUT,
    "status": Mark.RESULT,
    "output": Mark.RESULT,
    "metric": Mark.RESULT,
}


@dataclass(frozen=True, slots=True)
class Side:
    """A run: what was drawn, and what came of the nodes that were part of it. `label` is what sentences call it."""

    label: str
    graph: Graph
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """A node of the common graph. `id` is the right's, else the left's; `left` and `right` are the node's own ids.
    The runs part here if the node differs and nothing that it needs does."""

    id: str
    left: str | None
    right: str | None
    mark: Mark
    changes: tuple[Change, ...] = ()
    reason: str = ""
    parts_here: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Nodes in the order in which they run; wires between them with who has them: "both", "left", "right"."""

    nodes: tuple[Compared, ...]
    edges: tuple[tuple[Edge, str], ...]
    first: str | None  # the first node where the runs part


def compare(left: Side, right: Side, scripts: Scripts = MappingProxyType({})) -> Comparison:
    partners = match(left.graph, right.graph, _prints(left), _prints(right))
    union, names, edges = _union(left.graph, right.graph, partners)
    judge = _Judge(left, right, partners, scripts)
    lefts, rights = ({id: node for node, id in renaming.items()} for renaming in names)
    found = [judge.judged(id, lefts.get(id), rights.get(id)) for id in _order(union)]
    nodes = _with_roots(found, union)
    return Comparison(nodes, edges, next((one.id for one in nodes if one.parts_here), None))


@dataclass(frozen=True, slots=True)
class _Judge:
    left: Side
    right: Side
    partners: Mapping[str, str]
    scripts: Scripts

    def judged(self, id: str, a: str | None, b: str | None) -> Compared:
        if a is None or b is None:
            mark, side = (Mark.ONLY_LEFT, self.left) if b is None else (Mark.ONLY_RIGHT, self.right)
            return Compared(id, a, b, mark, reason=f"Only {side.label} has it.")
        same_node = Compared(id, a, b, Mark.SAME)
        one, other = self.left.outcomes.get(a), self.right.outcomes.get(b)
        if one is None or other is None:
            absent = [side.label for side, seen in ((self.left, one), (self.right, other)) if seen is None]
            reason = "Not part of either run." if len(absent) == 2 else f"Not part of {absent[0]}."
            return replace(same_node, mark=Mark.IDLE, reason=reason)
        if made := tuple(self._of_making(a, b, one, other)):
            return replace(same_node, mark=_mark_of(made), changes=made)
        return self._by_results(same_node, one, other)

    def _of_making(self, a: str, b: str, one: Outcome, other: Outcome) -> Iterable[Change]:
        node = self.right.graph.node(b)
        scripts = self.scripts.get(node.component if node else "", frozenset())
        if (
            one.parts is not None
            and other.parts is not None
            and changes.is_whole(one.parts)
            and changes.is_whole(other.parts)
        ):
            return changes.of_making(one.parts, other.parts, self.partners, scripts)
        return changes.of_drawing(self.left.graph, self.right.graph, (a, b), self.partners, scripts)

    def _by_results(self, node: Compared, one: Outcome, other: Outcome) -> Compared:
        """Of two nodes that were computed in the same way, as far as the key knows."""
        if one.status in OPEN or other.status in OPEN:
            return replace(node, mark=Mark.PENDING, reason="Not known until both runs are done with it.")
        if one.status != other.status:
            change = Change("status", "State", one.status, other.status)
            return replace(
                node,
                mark=Mark.RESULT,
                changes=(change,),
                reason="Made in the same way; it ended differently.",
            )
        if one.status != COMPLETED:
            return replace(node, reason="Made in the same way; it did not finish in either run.")
        if one.origin and one.origin == other.origin:
            return replace(node, mark=Mark.CACHED, reason="Computed once: one result serves both runs.")
        if found := tuple(changes.of_results(one, other)):
            reason = "Made in the same way, and yet the results differ."
            return replace(node, mark=Mark.RESULT, changes=found, reason=reason)
        return replace(node, reason="Computed in both runs, in the same way and with the same result.")


def _mark_of(found: tuple[Change, ...]) -> Mark:
    kinds = {change.kind for change in found}
    return next(mark for kind, mark in MARKS.items() if kind in kinds)


def _with_roots(found: Iterable[Compared], union: Graph) -> tuple[Compared, ...]:
    """Which of the nodes differ by themselves, and not for what came before. (Where the wires run one way in one
    drawing and back in the other, the node that stands first counts as before.)"""
    differs: set[str] = set()  # the nodes that part, and all that needs one of them
    nodes = []
    for one in found:
        after = any(edge.source in differs for edge in union.into(one.id))
        parts = one.mark not in AGREE
        if parts or after:
            differs.add(one.id)
        nodes.append(replace(one, parts_here=parts and not after))
    return tuple(nodes)


def _prints(side: Side) -> dict[str, str]:
    return {
        id: reuse.fingerprint(seen.parts)
        for id, seen in side.outcomes.items()
        if seen.parts is not None and changes.is_whole(seen.parts)
    }


Names = tuple[dict[str, str], dict[str, str]]  # of each side: what its nodes are called in the common graph


def _union(
    left: Graph, right: Graph, partners: Mapping[str, str]
) -> tuple[Graph, Names, tuple[tuple[Edge, str], ...]]:
    names = _names(left, right, partners)
    nodes = {node.id: node for node in right.nodes}
    for node in left.nodes:
        nodes.setdefault(names[0][node.id], node)
    lefts, rights = (
        dict.fromkeys(_renamed(edge, renaming) for edge in graph.edges)
        for graph, renaming in zip((left, right), names, strict=True)
    )
    edges = tuple(
        (edge, "both" if edge in lefts and edge in rights else "left" if edge in lefts else "right")
        for edge in rights | lefts
    )
    placed = tuple(Node(id, node.component, node.version, node.title) for id, node in nodes.items())
    return Graph(placed, tuple(edge for edge, _ in edges)), names, edges


def _names(left: Graph, right: Graph, partners: Mapping[str, str]) -> Names:
    rights = {node.id: node.id for node in right.nodes}
    lefts = {node.id: partners.get(node.id, node.id) for node in left.nodes}
    taken = set(rights) | set(lefts.values())
    for id in lefts.keys() - partners.keys():
        while lefts[id] in rights:
            # The same id on both sides, and yet not the same node.
            lefts[id] = next(
                name for n in range(1, len(taken) + 2) if (name := f"{id}-left-{n}") not in taken
            )
            taken.add(lefts[id])
    return lefts, rights


def _renamed(edge: Edge, names: Mapping[str, str]) -> Edge:
    return Edge(names[edge.source], edge.source_port, names[edge.target], edge.target_port)


def _order(graph: Graph) -> list[str]:
    """As they run; what wires that go both ways hold up comes last."""
    ids = acyclic(graph)
    known = set(ids)
    return ids + [node.id for node in graph.nodes if node.id not in known]
