"""Everything that can be wrong with a drawing, each with its place; and that finding it is quick."""

import re
from dataclasses import replace

import pytest

from designer.catalogue.schema import Column, TableSchema
from designer.compiler import check, schema
from designer.compiler.assets import Asset, AssetRef, Assets
from designer.compiler.problems import Problem
from designer.graph.graph import Edge, Graph, Node
from tests.designer import tiny
from tests.designer.tiny import ASSETS, CATALOGUE, graph, node


def found(drawn, assets=ASSETS):
    return check.problems(drawn, CATALOGUE, assets)


def brief(drawn, assets=ASSETS):
    return [(p.code, p.severity, p.node, p.port, p.param) for p in found(drawn, assets)]


def test_a_sound_drawing_has_no_problems():
    data = node("data", "data", asset={"name": "Adult", "version": None})
    drawn = graph(
        data, node("share", "share", share=0.8), node("learner", "learner"), node("train", "train", label="income"),
        wires="data -> share, share -> train.rows, learner -> train.untrained",
    )  # fmt: skip

    assert found(drawn) == []


def test_an_empty_graph_says_what_to_do():
    assert found(Graph()) == [
        Problem("empty-graph", "The pipeline is empty. Drag a component from the palette onto the canvas.")
    ]


def test_an_unknown_component_is_named_with_the_nearest_there_is():
    assert found(Graph((Node("a", "shar", 1, "Old"),))) == [
        Problem(
            "unknown-component", "“Old”: There is no component 'shar' in this studio. Did you mean Share?", node="a"
        )
    ]


def test_a_newer_version_is_refused_and_an_older_one_told():
    drawn = graph(node("source", "source"), node("share", "share"), wires="source -> share")
    newer = replace(drawn, nodes=(drawn.nodes[0], replace(drawn.nodes[1], version=3)))
    older = replace(drawn, nodes=(drawn.nodes[0], replace(drawn.nodes[1], version=1)))

    assert brief(newer) == [("unknown-version", "error", "share", None, None)]
    assert brief(older) == [("older-version", "warning", "share", None, None)]


def test_a_cycle_stands_on_each_of_its_nodes():
    drawn = graph(node("a", "share"), node("b", "share"), node("c", "share"), wires="a -> b, b -> a, b -> c")

    assert brief(drawn) == [("cycle", "error", "a", None, None), ("cycle", "error", "b", None, None)]
    assert found(drawn)[0].message == "These nodes wait for one another: A → B → A. Remove one of the wires."


def test_a_wire_to_nowhere_is_found_on_either_side():
    drawn = Graph(
        (node("source", "source"), node("share", "share")),
        (Edge("source", "table", "share", "rows"), Edge("source", "gone", "share", "lost")),
    )

    assert brief(drawn) == [
        ("unknown-port", "error", "source", "gone", None), ("unknown-port", "error", "share", "lost", None),
    ]  # fmt: skip


def test_a_wire_of_the_wrong_type_says_what_fits():
    drawn = graph(node("learner", "learner"), node("share", "share"), wires="learner -> share")

    (problem,) = found(drawn)

    assert (problem.code, problem.node, problem.port) == ("wrong-type", "share", "rows")
    assert problem.message == "“Share” takes a table at Rows; “Learner” gives an untrained model there."


def test_anything_fits_an_input_that_takes_anything():
    for component in ("source", "learner"):
        assert found(graph(node("a", component), node("sink", "sink"), wires="a -> sink")) == []


def test_an_input_takes_one_wire_and_needs_it_where_it_is_required():
    twice = graph(node("a", "source"), node("b", "source"), node("c", "share"), wires="a -> c, b -> c")
    never = graph(node("c", "share"))

    assert brief(twice) == [("port-taken", "error", "c", "rows", None)]
    assert found(never) == [
        Problem("input-missing", "“C” needs Rows: wire a table to it.", node="c", port="rows"),
    ]


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"share": 1.5}, "param-invalid", "“B”: Share must be between 0 and 1, not 1.5."),
        ({"share": "0.5"}, "param-invalid", "“B”: Share must be a number."),
        ({"share": True}, "param-invalid", "“B”: Share must be a number."),
        ({"share": 10**400}, "param-invalid", "“B”: Share is too large."),
        ({"seeded": "yes"}, "param-invalid", "“B”: Seeded must be yes or no."),
        ({"seeded": True, "seed": -1}, "param-invalid", "“B”: Seed must be at least 0, not -1."),
        ({"seeded": True, "seed": 1.5}, "param-invalid", "“B”: Seed must be a whole number."),
    ],
)
def test_a_wrong_value_is_named_with_what_is_right(params, code, message):
    drawn = graph(node("a", "source"), node("b", "share", **params), wires="a -> b")

    assert [(p.code, p.message) for p in found(drawn)] == [(code, message)]


def test_a_setting_that_does_not_apply_is_not_judged():
    assert found(graph(node("a", "source"), node("b", "share", seeded=False, seed=-1), wires="a -> b")) == []


def test_an_unknown_setting_is_a_warning():
    drawn = graph(node("a", "source"), node("b", "share", shar=0.5), wires="a -> b")

    assert [(p.severity, p.message) for p in found(drawn)] == [
        ("warning", "“B”: Share has no setting “shar”; it is ignored. Did you mean “share”?")
    ]


def pick(**params):
    return graph(node("a", "source"), node("b", "pick", **params), wires="a -> b")


def columns(**selection):
    return {"all": False, "kinds": [], "names": [], "except": [], **selection}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"columns": columns(all=True)}, []),
        ({"columns": {"names": ["age"]}}, []),
        ({}, [("param-missing", "error", "columns")]),
        ({"columns": columns()}, [("param-missing", "error", "columns")]),
        ({"columns": {"names": "age"}}, [("param-invalid", "error", "columns")]),
        ({"columns": {"name": ["age"]}}, [("param-invalid", "error", "columns")]),
        ({"columns": columns(kinds=["float"])}, [("param-invalid", "error", "columns")]),
        ({"columns": columns(names=["agee"])}, [("unknown-column", "error", "columns")]),
        ({"columns": columns(all=True, **{"except": ["agee"]})}, [("unknown-column", "warning", "columns")]),
        ({"columns": columns(kinds=["date"])}, [("no-columns", "warning", "columns")]),
        ({"columns": columns(all=True), "number": "age"}, []),
        ({"columns": columns(all=True), "number": "city"}, [("wrong-kind", "error", "number")]),
        ({"columns": columns(all=True), "number": ["age"]}, [("param-invalid", "error", "number")]),
        ({"columns": columns(all=True), "number": "Age"}, [("unknown-column", "error", "number")]),
        ({"columns": columns(all=True), "how": "third"}, [("param-invalid", "error", "how")]),
    ],
)
def test_columns_are_judged_by_what_arrives(params, expected):
    assert [(p.code, p.severity, p.param) for p in found(pick(**params))] == expected


def test_a_misspelt_column_gets_a_suggestion():
    (problem,) = found(pick(columns=columns(names=["incme"])))

    assert "incme" in problem.message
    assert re.search(r"Did you mean .income.\?", problem.message)


def test_columns_are_not_judged_where_they_cannot_be_known():
    unknown = Assets({AssetRef("Adult"): replace(tiny.ADULT, schema=TableSchema(known=False))}, ("Adult",))
    drawn = graph(
        node("data", "data", asset={"name": "Adult"}), node("b", "pick", columns=columns(names=["whatever"])),
        wires="data -> b",
    )  # fmt: skip

    assert found(drawn, unknown) == []


def test_columns_travel_along_the_wires():
    drawn = graph(
        node("a", "source"), node("b", "named", name="bonus"), node("c", "share"),
        node("d", "pick", columns=columns(names=["bonus"])),
        wires="a -> b, b -> c, c -> d",
    )  # fmt: skip

    assert found(drawn) == []
    foreseen = schema.propagate(drawn, CATALOGUE, ASSETS)
    assert foreseen["d"].inputs["rows"] == TableSchema((*tiny.PEOPLE.columns, Column("bonus", "number")))


def train(**params):
    return graph(
        node("a", "source"), node("b", "learner"), node("c", "train", **params),
        wires="a -> c.rows, b -> c.untrained",
    )  # fmt: skip


def test_a_missing_label_is_a_missing_setting():
    assert [(p.message, p.param) for p in found(train())] == [("“C”: Label column is required.", "label")]


def test_a_component_adds_its_own_complaints_once_the_values_are_sound():
    assert [p.message for p in found(train(label="age"))] == ["“C”: Nobody foretells an age."]
    assert [p.code for p in found(train(label="nothing"))] == ["unknown-column"]


def test_a_mistake_in_one_component_hides_nothing():
    drawn = graph(node("a", "source"), node("b", "broken"), node("c", "share", share=2), wires="a -> b, b -> c")

    assert brief(drawn) == [("param-invalid", "error", "c", None, "share")]


@pytest.mark.parametrize(
    ("asset", "assets", "code", "words"),
    [
        ({"name": "Adlt"}, ASSETS, "asset-missing", "no data asset “Adlt” in this workspace. Did you mean “Adult”?"),
        ({"name": "Adult", "version": 9}, ASSETS, "asset-missing", "“Adult” has no version 9"),
        ({"name": "Automobile"}, ASSETS, "asset-missing", "“Automobile” has no version yet"),
        (
            {"name": "New"},
            Assets({AssetRef("New"): Asset("New", 1, "importing", TableSchema(known=False))}, ("New",)),
            "asset-not-ready",
            "version 1 of “New” is still being imported",
        ),
        (
            {"name": "Bad"},
            Assets({AssetRef("Bad"): Asset("Bad", 2, "failed", TableSchema(known=False))}, ("Bad",)),
            "asset-not-ready",
            "version 2 of “Bad” could not be imported",
        ),
        ({"name": ""}, ASSETS, "param-missing", "Data is required"),
        ({"name": "Adult", "version": "3"}, ASSETS, "param-invalid", "must name a version by its number"),
        ("Adult", ASSETS, "param-invalid", "must be a data asset"),
    ],
)
def test_data_must_be_there_and_ready(asset, assets, code, words):
    (problem,) = found(graph(node("d", "data", asset=asset)), assets)

    assert (problem.code, problem.node, problem.param) == (code, "d", "asset")
    assert words in problem.message


def test_a_source_that_feeds_nothing_is_told_but_not_the_end_of_a_pipeline():
    drawn = graph(node("a", "source"), node("b", "share"), node("c", "source"), wires="a -> b")

    assert brief(drawn) == [("nothing-downstream", "warning", "c", None, None)]


def test_errors_come_before_warnings_in_the_order_of_the_nodes():
    drawn = graph(node("idle", "source"), node("a", "source"), node("c", "share", share=2), node("b", "sink"),
                  node("d", "share", share=3), wires="a -> c, c -> d, d -> b")  # fmt: skip

    assert [(p.severity, p.node) for p in found(drawn)] == [
        ("error", "c"), ("error", "d"), ("warning", "idle"),
    ]  # fmt: skip


def test_a_thousand_nodes_are_checked_well_within_a_second():
    drawn = tiny.chain(1_000)

    assert found(drawn) == []
    assert tiny.seconds(lambda: found(replace(drawn))) < 0.5


def test_a_thousand_broken_nodes_on_a_wide_table_are_checked_within_seconds():
    wide = replace(tiny.ADULT, schema=TableSchema(tuple(Column(f"measurement_{i:05}", "number") for i in range(5_000))))
    nodes = [node("data", "data", asset={"name": "Adult"})]
    nodes += [node(f"p{i}", "pick", columns=columns(names=[f"mesurement_{i:05}"])) for i in range(999)]
    drawn = Graph(tuple(nodes), tuple(Edge("data", "table", n.id, "rows") for n in nodes[1:]))
    assets = Assets({AssetRef("Adult"): wide}, ("Adult",))

    messages = [problem.message for problem in found(drawn, assets)]
    assert len(messages) == 999
    assert re.search(r"Did you mean .measurement_00500.\?", messages[500])
    assert tiny.seconds(lambda: found(replace(drawn), assets)) < 5


def test_one_node_that_feeds_a_thousand_is_no_slower():
    nodes = (node("a", "source"), *(node(f"n{i}", "share") for i in range(999)))
    drawn = Graph(nodes, tuple(Edge("a", "table", n.id, "rows") for n in nodes[1:]))

    assert tiny.seconds(lambda: found(replace(drawn))) < 0.5
