"""Which node of one drawing is which node of another: by id, else by what it computes, by name and by place.

A drawing that was edited keeps the ids of its nodes; one that was copied, or drawn anew, does not.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping

from designer.graph.graph import Graph, Node
from designer.graph.order import acyclic

Naming = Callable[[Node], Hashable | None]


def match(
    left: Graph,
    right: Graph,
    left_keys: Mapping[str, str] | None = None,
    right_keys: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Partners, from the left's id to the right's; each node has one at most. Equal keys are equal computations,
    which is why they are asked before titles."""
    pairing = _Pairing(left, right)
    keys = left_keys or {}, right_keys or {}
    pairing.pair(*(lambda node: (node.id, node.component),) * 2)
    pairing.pair(lambda node: keys[0].get(node.id), lambda node: keys[1].get(node.id))
    pairing.follow(by_name=True)
    pairing.pair(*(lambda node: (node.component, node.title),) * 2)
    pairing.follow_back()
    pairing.follow(by_name=False)
    # What is left under the same id was given another component.
    pairing.pair(*(lambda node: node.id,) * 2)
    return pairing.found


class _Pairing:
    def __init__(self, left: Graph, right: Graph) -> None:
        self.left, self.right = left, right
        self.found: dict[str, str] = {}
        self._back: dict[str, str] = {}
        self._orders = _ordered(left), _ordered(right)

    def pair(self, left: Naming, right: Naming) -> None:
        """Those that are called alike, in the order of the drawings."""
        waiting: dict[Hashable, deque[str]] = defaultdict(deque)
        for node in self._orders[1]:
            if node.id not in self._back and (name := right(node)) is not None:
                waiting[name].append(node.id)
        for node in self._orders[0]:
            if node.id not in self.found and (name := left(node)) is not None and waiting.get(name):
                self._join(node.id, waiting[name].popleft())

    def follow_back(self) -> None:
        """Against the wires: nodes of one component that feed the same port of the same node."""
        known = deque(self.found.items())
        while known:
            left, right = known.popleft()
            for edge in self.left.into(left):
                for other in self.right.into(right, edge.target_port):
                    one, candidate = self.left.node(edge.source), self.right.node(other.source)
                    if (
                        one is not None
                        and candidate is not None
                        and one.id not in self.found
                        and candidate.id not in self._back
                        and one.component == candidate.component
                        and edge.source_port == other.source_port
                    ):
                        self._join(one.id, candidate.id)
                        known.append((one.id, candidate.id))

    def follow(self, *, by_name: bool) -> None:
        """Along the wires: nodes of one component (and title) that are fed by the same ones. A pair reveals the next."""
        known = deque(self.found.items())
        while known:
            left, right = known.popleft()
            for edge in self.left.out_of(left):
                if edge.target in self.found:
                    continue
                node, place = (
                    self.left.node(edge.target),
                    self._fed(self.left, edge.target, self.found, mirrored=False),
                )
                for other in self.right.out_of(right):
                    candidate = self.right.node(other.target)
                    if (
                        place is not None
                        and node is not None
                        and candidate is not None
                        and candidate.id not in self._back
                        and candidate.component == node.component
                        and (candidate.title == node.title or not by_name)
                        and self._fed(self.right, candidate.id, self._back, mirrored=True) == place
                    ):
                        self._join(node.id, candidate.id)
                        known.append((node.id, candidate.id))
                        break

    def _fed(self, graph: Graph, id: str, partners: Mapping[str, str], *, mirrored: bool) -> Hashable | None:
        """What feeds the node, in the left's ids; None where some of it has no partner."""
        edges = graph.into(id)
        if any(edge.source not in partners for edge in edges):
            return None
        return frozenset(
            (partners[edge.source] if mirrored else edge.source, edge.source_port, edge.target_port)
            for edge in edges
        )

    def _join(self, left: str, right: str) -> None:
        self.found[left] = right
        self._back[right] = left


def _ordered(graph: Graph) -> list[Node]:
    """From the sources on; what a cycle holds up comes last."""
    ids = acyclic(graph)
    known = set(ids)
    ids += [node.id for node in graph.nodes if node.id not in known]
    return [node for id in ids if (node := graph.node(id))]
