"""Edits give new graphs and refuse what may not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.graph import edits, order
from designer.graph.graph import Edge, Graph, Node
from registry.errors import NotFound, Refused, StudioError


def n(id, **fields):
    return Node(id, "any", 1, id.upper(), **fields)


def wire(text):
    source, target = text.split(">")
    return Edge(source[0], source[1:] or "o", target[0], target[1:] or "i")


def drawn(ids, wires=""):
    return Graph(tuple(n(id) for id in ids), tuple(wire(text) for text in wires.split()))


def test_an_edit_leaves_the_graph_it_started_from_alone():
    before = drawn("ab", "a>b")

    after = edits.remove(before, ["a"])

    assert before == drawn("ab", "a>b")
    assert after == drawn("b")


def test_adding_refuses_a_taken_id_and_a_bad_one():
    with pytest.raises(Refused, match="already"):
        edits.add(drawn("a"), n("a"))
    for bad in ("", "a b", "ä", "a" * 65, "a\n"):
        with pytest.raises(Refused, match="cannot name a node"):
            edits.add(drawn("a"), n(bad))


def test_removing_takes_the_wires_along():
    # a --> b --> c, a --> c
    assert edits.remove(drawn("abc", "a>b b>c a>cj"), ["b"]) == drawn("ac", "a>cj")


@pytest.mark.parametrize(
    ("wires", "new", "code"),
    [
        ("", "a>a", "self"),
        ("a>b", "a>b", "duplicate"),
        ("a>b", "c>b", "port-taken"),
        ("a>b", "ap>b", "port-taken"),
        ("a>b", "b>a", "cycle"),
        ("a>b b>c", "c>a", "cycle"),
        ("", "a>z", "unknown-node"),
        ("", "z>a", "unknown-node"),
    ],
)
def test_a_wire_that_may_not_be_is_refused(wires, new, code):
    before = drawn("abc", wires)

    with pytest.raises(StudioError) as refused:
        edits.connect(before, wire(new))

    assert refused.value.code == code
    assert before == drawn("abc", wires)


def test_one_output_feeds_many_inputs():
    assert edits.connect(drawn("abc", "a>b"), wire("a>c")) == drawn("abc", "a>b a>c")
    assert edits.connect(drawn("ab", "a>b"), wire("a>bj")) == drawn("ab", "a>b a>bj")


def test_disconnecting_asks_for_a_wire_that_is_there():
    assert edits.disconnect(drawn("ab", "a>b"), wire("a>b")) == drawn("ab")
    with pytest.raises(NotFound):
        edits.disconnect(drawn("ab", "a>b"), wire("a>bj"))


def test_parameters_are_merged_and_none_clears_one():
    before = Graph((n("a", params={"one": 1, "two": 2}),))

    after = edits.set_params(before, "a", {"two": None, "three": 3})

    assert after.node("a").params == {"one": 1, "three": 3}


def test_a_node_keeps_its_id():
    assert edits.change(drawn("a"), "a", title="Other", x=4.0).node("a").title == "Other"
    with pytest.raises(Refused):
        edits.change(drawn("a"), "a", id="b")


def test_a_node_is_put_onto_a_wire():
    # a --> b   becomes   a --> m --> b
    assert edits.insert(drawn("ab", "a>b"), wire("a>b"), n("m"), input="i", output="o") == Graph(
        (n("a"), n("b"), n("m")), (wire("a>m"), wire("m>b"))
    )


def test_a_copy_takes_the_wires_among_its_nodes():
    # a --> b --> c
    assert edits.subgraph(drawn("abc", "a>b b>c"), ["b", "c"]) == drawn("bc", "b>c")


def test_pasting_gives_new_ids_and_moves():
    clip = Graph((n("a", x=1, y=2), n("n1", x=3, y=4)), (Edge("a", "o", "n1", "i"),))

    after, renamed = edits.paste(Graph((n("n1"), n("n3"))), clip, dx=10, dy=20)

    assert renamed == {"a": "n2", "n1": "n4"}
    assert after.edges == (Edge("n2", "o", "n4", "i"),)
    assert [(node.id, node.x, node.y) for node in after.nodes[2:]] == [("n2", 11, 22), ("n4", 13, 24)]


ids = st.sampled_from("abcdef")
ports = st.sampled_from("ijk")
wishes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ids),
        st.tuples(st.just("remove"), ids),
        st.tuples(st.just("connect"), ids, ids, ports),
        st.tuples(st.just("insert"), ids, ids, ports, ids),
        st.tuples(st.just("paste"), st.sets(ids)),
    ),
    max_size=40,
)


@given(wishes)
def test_whatever_is_done_the_graph_stays_whole(wishes):
    graph = Graph()
    for wish in wishes:
        try:
            match wish:
                case "add", id:
                    graph = edits.add(graph, n(id))
                case "remove", id:
                    graph = edits.remove(graph, [id])
                case "connect", source, target, port:
                    graph = edits.connect(graph, Edge(source, "o", target, port))
                case "insert", source, target, port, id:
                    graph = edits.insert(graph, Edge(source, "o", target, port), n(id), input="i", output="o")
                case "paste", chosen:
                    graph, _ = edits.paste(graph, edits.subgraph(graph, chosen))
        except StudioError:
            continue
    known = {node.id for node in graph.nodes}
    assert len(known) == len(graph.nodes)
    assert all(edge.source in known and edge.target in known for edge in graph.edges)
    assert len({(edge.target, edge.target_port) for edge in graph.edges}) == len(graph.edges)
    assert len(order.order(graph)) == len(graph.nodes)
