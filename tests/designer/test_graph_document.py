"""Documents: what is written is read again, and what is malformed is refused with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.graph import document
from designer.graph.graph import Edge, Graph, Node
from registry.errors import Invalid
from tests.designer import tiny

WHOLE = {
    "format": 1,
    "nodes": [
        {
            "id": "n1", "component": "data", "version": 1, "title": "Adult", "x": 10.5, "y": -3,
            "params": {"asset": {"name": "Adult", "version": None}}, "comment": "as of 1994",
        },
        {"id": "n2", "component": "no-such-component", "version": 7},
    ],
    "edges": [{"source": "n1", "source_port": "table", "target": "n2", "target_port": "rows"}],
}  # fmt: skip


def test_a_document_is_read_with_its_defaults_and_unknown_components():
    assert document.read(WHOLE) == Graph(
        (
            Node("n1", "data", 1, "Adult", 10.5, -3.0, {"asset": {"name": "Adult", "version": None}}, "as of 1994"),
            Node("n2", "no-such-component", 7, "no-such-component"),
        ),
        (Edge("n1", "table", "n2", "rows"),),
    )


def test_an_empty_document_is_an_empty_graph():
    assert document.read(document.empty()) == Graph()


def change(path, value):
    """WHOLE with one thing changed; `path` as in "nodes.0.x"; `...` takes the key away."""
    changed = json.loads(json.dumps(WHOLE))
    place = changed
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if value is ...:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return changed


def nested(depth):
    value = "deep"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("format", 2, "format"),
        ("format", True, "format"),
        ("format", ..., "format"),
        ("nodes", {}, "nodes"),
        ("nodes", [1], "nodes[0]"),
        ("nodes.0.id", "", "nodes[0].id"),
        ("nodes.0.id", "a/b", "nodes[0].id"),
        ("nodes.0.id", 7, "nodes[0].id"),
        ("nodes.1.id", "n1", "nodes[1].id"),
        ("nodes.0.component", None, "nodes[0].component"),
        ("nodes.0.component", "", "nodes[0].component"),
        ("nodes.0.version", 0, "nodes[0].version"),
        ("nodes.0.version", 1.0, "nodes[0].version"),
        ("nodes.0.version", ..., "nodes[0].version"),
        ("nodes.0.title", "x" * 201, "nodes[0].title"),
        ("nodes.0.title", 5, "nodes[0].title"),
        ("nodes.0.x", "12", "nodes[0].x"),
        ("nodes.0.x", True, "nodes[0].x"),
        ("nodes.0.x", float("nan"), "nodes[0].x"),
        ("nodes.0.y", float("inf"), "nodes[0].y"),
        ("nodes.0.y", 10**400, "nodes[0].y"),
        ("nodes.0.params", [], "nodes[0].params"),
        ("nodes.0.params", {"a": float("nan")}, "nodes[0].params.'a'"),
        ("nodes.0.params", {"a": {"b": [0, float("-inf")]}}, "nodes[0].params.'a'.'b'[1]"),
        ("nodes.0.params", {"a": 2**53 + 1}, "nodes[0].params.'a'"),
        ("nodes.0.params", {"a": 10**5000}, "nodes[0].params.'a'"),
        ("nodes.0.params", {"a": "nul\x00"}, "nodes[0].params.'a'"),
        ("nodes.0.params", {"a": "\ud800"}, "nodes[0].params.'a'"),
        ("nodes.0.params", {"a": "x" * 200_001}, "nodes[0].params.'a'"),
        ("nodes.0.comment", None, "nodes[0].comment"),
        ("nodes.0.colour", "red", "nodes[0]"),
        ("edges.0.source", "n9", "edges[0].source"),
        ("edges.0.target", ["n2"], "edges[0].target"),
        ("edges.0.target_port", "", "edges[0].target_port"),
        ("edges.0.target_port", ..., "edges[0].target_port"),
        ("edges.0.weight", 1, "edges[0]"),
        ("edges", [WHOLE["edges"][0]] * 2, "edges[1]"),
        ("extra", 1, "document"),
    ],
)
def test_a_malformed_document_is_refused_with_its_place(path, value, place):
    with pytest.raises(Invalid) as refused:
        document.read(change(path, value))

    assert refused.value.fields == {"place": place}
    assert refused.value.code == "bad-document"


@pytest.mark.parametrize("body", [None, 5, "graph", [], [WHOLE], {}, {"format": 1}])
def test_what_is_no_document_is_refused(body):
    with pytest.raises(Invalid):
        document.read(body)


def test_deep_nesting_is_refused_without_exhausting_the_stack():
    for depth in (20, 5_000):
        with pytest.raises(Invalid, match="nested deeper"):
            document.read(change("nodes.0.params", {"a": nested(depth)}))


def test_too_much_is_refused():
    many = [{"id": f"n{i}", "component": "x", "version": 1} for i in range(document.MOST_NODES + 1)]
    with pytest.raises(Invalid, match="5,001 entries"):
        document.read({"format": 1, "nodes": many, "edges": []})
    with pytest.raises(Invalid, match="at most 200,000 parameter values"):
        document.read(change("nodes.0.params", {"a": [0] * 200_000}))


def test_a_thousand_nodes_are_read_and_written_quickly():
    written = document.write(tiny.chain(1_000))

    assert tiny.seconds(lambda: document.read(written)) < 0.3
    assert tiny.seconds(lambda: document.write(document.read(written))) < 0.3


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)
titles = text.map(str.strip).filter(bool)
nodes = st.lists(
    st.builds(
        Node,
        id=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
        component=text.filter(bool),
        version=st.integers(1, 1000),
        title=titles,
        x=st.floats(-1e6, 1e6),
        y=st.floats(-1e6, 1e6),
        params=st.dictionaries(text, values, max_size=4),
        comment=text,
    ),
    max_size=6,
    unique_by=lambda node: node.id,
)


@st.composite
def graphs(draw):
    drawn = draw(nodes)
    if not drawn:
        return Graph()
    ends = st.sampled_from([node.id for node in drawn])
    port = text.filter(bool)
    edges = draw(st.lists(st.builds(Edge, ends, port, ends, port), max_size=8, unique=True))
    return Graph(tuple(drawn), tuple(edges))


@given(graphs())
def test_what_is_written_is_read_again(graph):
    through_json = json.loads(json.dumps(document.write(graph), allow_nan=False))

    assert document.read(through_json) == graph
    assert document.write(document.read(through_json)) == through_json


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["format", "nodes", "edges", "id", "component", "version", "title", "x", "y", "params", "comment", "source"]
        )
        | st.text(max_size=5),
        inner,
        max_size=8,
    ),
    max_leaves=30,
)


@given(anything)
def test_anything_at_all_is_read_or_refused_in_a_sentence(body):
    try:
        document.read(body)
    except Invalid as refused:
        assert refused.message.endswith(".")
        assert refused.fields["place"]


@given(
    st.sampled_from([
        "format", "nodes", "edges", "nodes.0", "nodes.0.id", "nodes.0.component", "nodes.0.version", "nodes.0.title",
        "nodes.0.x", "nodes.0.params", "nodes.0.params.asset", "nodes.0.comment", "edges.0", "edges.0.source",
    ]),
    anything,
)  # fmt: skip
def test_one_hostile_value_anywhere_is_read_or_refused(path, value):
    try:
        graph = document.read(change(path, value) if not isinstance(value, float) else _raw(path, value))
    except Invalid:
        return
    json.dumps(document.write(graph), allow_nan=False).encode()


def _raw(path, value):
    # JSON text cannot hold these; a caller within Python can.
    return change(path, value)
