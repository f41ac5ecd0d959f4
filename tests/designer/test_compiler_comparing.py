"""Two runs over one graph: each node is marked for what became of it, and the first that differs is found."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.compiler import reuse
from designer.compiler.assets import AssetRef, Assets
from designer.compiler.changes import Outcome
from designer.compiler.comparing import AGREE, Mark, Side, compare
from designer.compiler.matching import match
from designer.graph import edits
from designer.graph.graph import Edge, Graph
from designer.graph.order import ancestors
from tests.designer.tiny import ADULT, ASSETS, CATALOGUE, ENVIRONMENT, chain, graph, node

# data --> a --> b --> train
#                 learner ^
DRAWN = graph(
    node("data", "data", asset={"name": "Adult"}),
    node("a", "share", share=0.7),
    node("b", "share"),
    node("learner", "learner"),
    node("train", "train", label="income"),
    wires="data -> a, a -> b, b -> train.rows, learner -> train.untrained",
)


def side(drawn=DRAWN, label="A", assets=ASSETS, environment=ENVIRONMENT, cached=(), **told):
    """A run of everything that is drawn. `told` changes what came of a node: train={"metrics": {"auc": 0.9}}."""
    parts = reuse.parts(drawn, CATALOGUE, assets, environment)
    outcomes = {}
    for id, known in parts.items():
        origin = f"first {id}" if id in cached else f"{label} {id}"
        made = {"status": "completed", "origin": origin, "parts": known, "outputs": {"table": {"rows": 10}}}
        outcomes[id] = Outcome(**{**made, **told.get(id, {})})
    return Side(label, drawn, outcomes)


def marks(left, right, **options):
    return {one.id: str(one.mark) for one in compare(left, right, **options).nodes}


def changed(id, **params):
    return edits.set_params(DRAWN, id, params)


def test_two_runs_of_the_same_are_the_same_and_part_nowhere():
    found = compare(side(), side(label="B"))

    assert {one.mark for one in found.nodes} == {Mark.SAME}
    assert found.first is None
    assert {who for _, who in found.edges} == {"both"}


def test_what_one_run_took_from_the_other_is_cached():
    assert marks(side(cached=("data", "a")), side(label="B", cached=("data", "a"))) == {
        "data": "cached", "a": "cached", "b": "same", "learner": "same", "train": "same",
    }  # fmt: skip


def test_a_changed_setting_is_named_and_what_needs_it_has_other_input():
    found = compare(side(), side(changed("a", share=0.8), "B"))

    assert {one.id: str(one.mark) for one in found.nodes} == {
        "data": "same", "a": "params", "b": "input", "learner": "same", "train": "input",
    }  # fmt: skip
    assert found.first == "a"
    assert [one.id for one in found.nodes if one.parts_here] == ["a"]
    (change,) = next(one.changes for one in found.nodes if one.id == "a")
    assert (change.kind, change.name, change.left, change.right) == ("param", "share", 0.7, 0.8)


def test_two_changes_side_by_side_are_both_where_the_runs_part_and_the_first_is_first():
    both = edits.set_params(edits.set_params(DRAWN, "data", {"asset": {"name": "Adult", "version": 3}}), "a", {"share": 0.1})
    found = compare(side(), side(edits.change(both, "learner", component="source", version=1), "B"))

    assert [one.id for one in found.nodes if one.parts_here] == ["a", "learner"]
    assert found.first == "a"


def test_a_setting_that_holds_code_is_code():
    left, right = side(), side(changed("b", share=0.2), "B")

    assert marks(left, right, scripts={"share": frozenset({"share"})})["b"] == "code"


def test_other_data_is_another_input_where_it_enters():
    other = Assets({AssetRef("Adult"): replace(ADULT, content_hash="other", version=4)}, ASSETS.names)
    found = compare(side(), side(label="B", assets=other))

    assert found.first == "data"
    (change,) = found.nodes[0].changes
    assert (found.nodes[0].mark, change.left, change.right) == ("input", "Adult version 3", "Adult version 4")


def test_other_libraries_are_named_at_every_node():
    found = compare(side(), side(label="B", environment={**ENVIRONMENT, "pandas": "3.2.0"}))

    assert {str(one.mark) for one in found.nodes} == {"libraries"}
    assert [one.id for one in found.nodes if one.parts_here] == ["data", "learner"]


def test_another_component_under_the_same_id_is_other_code():
    found = compare(side(), side(edits.change(DRAWN, "b", component="named", version=1, params={}), "B"))

    assert marks(side(), side(edits.change(DRAWN, "b", component="named", version=1, params={}), "B"))["b"] == "code"
    assert found.first == "b"


def test_a_node_put_in_between_is_only_in_one_and_is_where_they_part():
    more = edits.insert(DRAWN, Edge("data", "table", "a", "rows"), node("m", "share"), input="rows", output="table")
    found = compare(side(), side(more, "B"))

    assert {one.id: str(one.mark) for one in found.nodes} == {
        "data": "same", "m": "only-right", "a": "input", "b": "input", "learner": "same", "train": "input",
    }  # fmt: skip
    assert found.first == "m"
    assert {(e.source, e.target): who for e, who in found.edges if who != "both"} == {
        ("data", "m"): "right", ("m", "a"): "right", ("data", "a"): "left",
    }  # fmt: skip
    assert marks(side(more), side(label="B"))["m"] == "only-left"


def test_a_wire_from_elsewhere_is_another_input_of_its_own():
    rewired = edits.connect(edits.disconnect(DRAWN, Edge("a", "table", "b", "rows")), Edge("data", "table", "b", "rows"))
    found = compare(side(), side(rewired, "B"))

    assert marks(side(), side(rewired, "B")) == {
        "data": "same", "a": "same", "b": "input", "learner": "same", "train": "input",
    }  # fmt: skip
    assert found.first == "b"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"outputs": {"table": {"rows": 11}}}, "output"),
        ({"metrics": {"auc": 0.91}}, "metric"),
        ({"status": "failed"}, "status"),
        ({"status": "skipped"}, "status"),
    ],
)
def test_the_same_key_with_another_result_differs_in_its_result(told, kind):
    found = compare(side(), side(label="B", b=told))
    by_id = {one.id: one for one in found.nodes}

    assert (by_id["b"].mark, by_id["b"].changes[0].kind, found.first) == ("result", kind, "b")
    assert by_id["train"].mark == "same"


def test_the_last_digits_of_a_metric_are_no_other_result():
    left = side(b={"metrics": {"auc": 0.9, "odd": float("nan")}})
    right = side(label="B", b={"metrics": {"auc": 0.9 + 1e-13, "odd": float("nan")}})

    assert marks(left, right)["b"] == "same"


def test_what_still_runs_is_not_known_yet_and_parts_nothing():
    found = compare(side(), side(label="B", b={"status": "running"}, train={"status": "queued"}))

    assert [str(one.mark) for one in found.nodes if one.id in ("b", "train")] == ["pending", "pending"]
    assert found.first is None


def test_a_changed_node_is_known_to_be_changed_before_it_runs():
    assert marks(side(), side(changed("a", share=0.1), "B", a={"status": "queued"}))["a"] == "params"


def test_what_was_not_part_of_a_run_is_idle():
    left, right = side(), side(label="B")
    right = Side("B", right.graph, {id: seen for id, seen in right.outcomes.items() if id in ("data", "a")})

    assert marks(left, right) == {"data": "same", "a": "same", "b": "idle", "learner": "idle", "train": "idle"}


def test_without_parts_the_drawings_are_compared():
    def bare(one):
        return Side(one.label, one.graph, {id: replace(seen, parts=None) for id, seen in one.outcomes.items()})

    found = compare(bare(side()), bare(side(changed("a", share=0.8), "B")))

    assert {one.id: str(one.mark) for one in found.nodes}["a"] == "params"
    assert found.first == "a"


def test_a_copy_with_other_ids_is_matched_by_what_it_computes():
    copied, renamed = edits.paste(DRAWN, DRAWN)
    only_copy = edits.subgraph(copied, set(renamed.values()))

    assert match(DRAWN, only_copy) == renamed
    assert set(marks(side(), side(only_copy, "B")).values()) == {"same"}


def test_a_copy_that_was_changed_and_renamed_is_matched_by_its_place():
    copied, renamed = edits.paste(DRAWN, DRAWN)
    other = edits.subgraph(copied, set(renamed.values()))
    for id in renamed.values():
        other = edits.change(other, id, title=f"Renamed {id}")
    other = edits.set_params(other, renamed["data"], {"asset": {"name": "Adult", "version": 9}})
    other = edits.set_params(other, renamed["a"], {"share": 0.2})
    keys = [{id: f"{label} {id}" for id in (n.id for n in drawn.nodes)} for label, drawn in (("A", DRAWN), ("B", other))]
    other = edits.change(other, renamed["train"], title="Train")

    assert match(DRAWN, other, *keys) == renamed


def test_wires_that_run_both_ways_end_nowhere():
    left = graph(node("x", "share"), node("y", "share"), wires="x -> y")
    right = graph(node("x", "share"), node("y", "share"), wires="y -> x")
    found = compare(side(left), side(right, "B"))

    assert {one.id for one in found.nodes} == {"x", "y"}
    assert found.first == "x"


def test_the_same_id_on_two_unlike_nodes_keeps_both():
    # One id, two components, and the partner of each has another id.
    left = graph(node("n", "source"), node("m", "share"), wires="n -> m")
    right = graph(node("m", "source"), node("n", "share"), wires="m -> n")
    found = compare(side(left), side(right, "B"))

    assert {(one.left, one.right) for one in found.nodes} == {("n", "m"), ("m", "n")}


def test_a_long_chain_is_compared_at_once():
    long = chain(2000)
    other = edits.set_params(long, "n1", {"share": 0.1})
    left, right = side(long), side(other, "B")

    found = compare(left, right)

    assert found.first == "n1"
    assert sum(one.mark == Mark.INPUT for one in found.nodes) == 1998


@st.composite
def two_drawings(draw):
    """A chain with branches, and the same after a few random edits."""
    length = draw(st.integers(2, 8))
    drawn = chain(length)
    for number in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, length - 1))
        drawn = edits.connect(edits.add(drawn, node(f"k{number}", "share")), Edge(f"n{at}", "table", f"k{number}", "rows"))
    other = drawn
    for number in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from([n.id for n in other.nodes]))
        match draw(st.integers(0, 2)):
            case 0:
                other = edits.set_params(other, target, {"share": draw(st.sampled_from([0.1, 0.2]))})
            case 1 if len(other.nodes) > 1:
                other = edits.remove(other, [target])
            case _:
                other = edits.connect(
                    edits.add(other, node(f"new{number}", "share")), Edge(target, "table", f"new{number}", "rows")
                )
    return drawn, other


@given(two_drawings())
def test_every_node_is_marked_once_and_before_the_first_nothing_differs(pair):
    left, right = side(pair[0]), side(pair[1], "B")
    found = compare(left, right)
    union = Graph(edges=tuple(edge for edge, _ in found.edges))
    differing = {one.id for one in found.nodes if one.mark not in AGREE}

    assert sorted(one.left for one in found.nodes if one.left) == sorted(n.id for n in pair[0].nodes)
    assert sorted(one.right for one in found.nodes if one.right) == sorted(n.id for n in pair[1].nodes)
    assert (found.first is None) == (not differing)
    for one in found.nodes:
        assert one.parts_here == (one.id in differing and not ancestors(union, [one.id]) & differing)


@given(two_drawings())
def test_seen_from_the_other_side_it_is_the_same_picture(pair):
    turned = {"only-left": "only-right", "only-right": "only-left"}
    one = compare(side(pair[0]), side(pair[1], "B"))
    other = compare(side(pair[1]), side(pair[0], "B"))

    assert {(n.left, n.right): str(n.mark) for n in one.nodes} == {
        (n.right, n.left): turned.get(str(n.mark), str(n.mark)) for n in other.nodes
    }


def test_nothing_that_was_given_is_changed():
    left, right = side(), side(changed("a", share=0.8), "B")
    before = copy.deepcopy((left, right))

    compare(left, right)

    assert (left, right) == before
