"""What stands before what. Edge (u, v) means that v needs u; ties keep the order of the document, so that
the same drawing always runs in the same order."""

import heapq
from collections.abc import Callable, Iterable

from designer.graph.graph import Edge, Graph
from registry.errors import Invalid


def order(graph: Graph) -> list[str]:
    """All nodes, each after everything it needs. Raises `Invalid` where a cycle forbids it."""
    ordered = acyclic(graph)
    if len(ordered) < len(graph.nodes):
        way = " → ".join(graph.node(id).title for id in one_round(graph, cycles(graph)[0]))
        raise Invalid(f"These nodes wait for one another: {way}.", code="cycle")
    return ordered


def acyclic(graph: Graph) -> list[str]:
    """The nodes that no cycle holds up, each after everything it needs."""
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    waiting = {node.id: len(graph.into(node.id)) for node in graph.nodes}
    ready = [place[id] for id, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    ordered: list[str] = []
    while ready:
        id = graph.nodes[heapq.heappop(ready)].id
        ordered.append(id)
        for edge in graph.out_of(id):
            waiting[edge.target] -= 1
            if waiting[edge.target] == 0:
                heapq.heappush(ready, place[edge.target])
    return ordered


def cycles(graph: Graph) -> list[list[str]]:
    """Groups of nodes that wait for one another, in the order of the document.

    Tarjan's strongly connected components, without recursion: a drawing may be deeper than Python's stack.
    """
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    found: list[list[str]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph.nodes:
        if root.id in number:
            continue
        work = [(root.id, iter(graph.out_of(root.id)))]
        number[root.id] = lowest[root.id] = len(number)
        stack.append(root.id)
        on_stack.add(root.id)
        while work:
            id, edges = work[-1]
            for edge in edges:
                target = edge.target
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph.out_of(target))))
                    break
                if target in on_stack:
                    lowest[id] = min(lowest[id], number[target])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[id])
                if lowest[id] == number[id]:
                    group = [stack.pop()]
                    while group[-1] != id:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    if len(group) > 1 or any(edge.target == id for edge in graph.out_of(id)):
                        found.append(sorted(group, key=place.__getitem__))
    return sorted(found, key=lambda group: place[group[0]])


def one_round(graph: Graph, group: list[str]) -> list[str]:
    """One way round a group that `cycles` found, along the wires; it ends where it began."""
    members = set(group)
    path: dict[str, None] = {}
    id = group[0]
    while id not in path:
        path[id] = None
        onward = [edge.target for edge in graph.out_of(id) if edge.target in members]
        id = next((target for target in onward if target != id), onward[0])
    walked = list(path)
    return [*walked[walked.index(id) :], id]


def ancestors(graph: Graph, ids: Iterable[str]) -> set[str]:
    """Everything that `ids` need, directly or not, without themselves (but for those that need one another)."""
    return _reach(ids, lambda id: graph.into(id), lambda edge: edge.source)


def descendants(graph: Graph, ids: Iterable[str]) -> set[str]:
    """Everything that needs one of `ids`, directly or not."""
    return _reach(ids, lambda id: graph.out_of(id), lambda edge: edge.target)


def _reach(ids: Iterable[str], edges: Callable[[str], list[Edge]], end: Callable[[Edge], str]) -> set[str]:
    reached: set[str] = set()
    todo = list(ids)
    while todo:
        for edge in edges(todo.pop()):
            if end(edge) not in reached:
                reached.add(end(edge))
                todo.append(end(edge))
    return reached
