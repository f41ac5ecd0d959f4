"""What stands before what, and what waits for itself."""

import graphlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.graph import order
from designer.graph.graph import Edge, Graph
from registry.errors import Invalid
from tests.designer.test_graph_edits import drawn, n


def test_ties_keep_the_order_of_the_document():
    # b --> a, c and d stand alone
    assert order.order(drawn("dcba", "b>a")) == ["d", "c", "b", "a"]


def test_a_cycle_is_named_in_the_order_of_its_wires():
    # a --> b --> c --> d --> b
    graph = drawn("abcd", "a>b b>c c>d d>bj")

    assert order.cycles(graph) == [["b", "c", "d"]]
    assert order.acyclic(graph) == ["a"]
    with pytest.raises(Invalid, match="B → C → D → B"):
        order.order(graph)


def test_a_node_that_feeds_itself_is_a_cycle():
    assert order.cycles(drawn("ab", "a>a a>b")) == [["a"]]


def test_what_lies_between_two_cycles_is_not_part_of_them():
    # a <-> b --> c --> d <-> e
    graph = drawn("abcde", "a>b b>a b>c c>d d>e e>dj")

    assert sorted(map(sorted, order.cycles(graph))) == [["a", "b"], ["d", "e"]]


def test_ancestors_and_descendants_are_found_at_any_depth():
    # a --> b --> d, c --> d --> e
    graph = drawn("abcde", "a>b b>d c>dj d>e")

    assert order.ancestors(graph, ["d"]) == {"a", "b", "c"}
    assert order.descendants(graph, ["b"]) == {"d", "e"}


def test_a_chain_deeper_than_the_stack_is_no_trouble():
    ids = [f"n{i}" for i in range(5_000)]
    nodes = tuple(n(id) for id in ids)
    edges = tuple(Edge(a, "o", b, "i") for a, b in zip(ids, ids[1:], strict=False))

    assert order.order(Graph(nodes, edges)) == ids
    assert order.ancestors(Graph(nodes, edges), [ids[-1]]) == set(ids[:-1])
    (group,) = order.cycles(Graph(nodes, (*edges, Edge(ids[-1], "o", ids[0], "i"))))
    assert group == ids


edges = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40)


@given(edges)
def test_the_order_agrees_with_the_standard_library(pairs):
    ids = "abcdefghijkl"
    graph = Graph(tuple(n(id) for id in ids), tuple({Edge(ids[a], "o", ids[b], f"i{a}") for a, b in pairs}))
    sorter = graphlib.TopologicalSorter({id: {edge.source for edge in graph.into(id)} for id in ids})
    try:
        list(sorter.static_order())
    except graphlib.CycleError:
        assert order.cycles(graph)
        with pytest.raises(Invalid):
            order.order(graph)
        return
    place = {id: index for index, id in enumerate(order.order(graph))}
    assert order.cycles(graph) == []
    assert set(place) == set(ids)
    assert all(place[edge.source] < place[edge.target] for edge in graph.edges)


@given(edges)
def test_a_node_is_on_a_cycle_exactly_if_it_needs_itself(pairs):
    ids = "abcdefghijkl"
    graph = Graph(tuple(n(id) for id in ids), tuple({Edge(ids[a], "o", ids[b], f"i{a}") for a, b in pairs}))

    on_cycles = {id for group in order.cycles(graph) for id in group}

    assert on_cycles == {id for id in ids if id in order.ancestors(graph, [id])}
    for group in order.cycles(graph):
        way = order.one_round(graph, group)
        assert way[0] == way[-1]
        assert set(way) <= set(group)
        assert all(b in {edge.target for edge in graph.out_of(a)} for a, b in zip(way, way[1:], strict=False))
