"""A catalogue of a few components, so that tests of graphs and plans do not depend on the real ones."""

import time
from typing import Any

from designer.catalogue.catalogue import Catalogue
from designer.catalogue.component import Complaint, Component, Port
from designer.catalogue.params import Param
from designer.catalogue.schema import Column, ModelSchema, TableSchema, table
from designer.catalogue.types import ANY, MODEL, TABLE, UNTRAINED
from designer.compiler.assets import Asset, AssetRef, Assets
from designer.graph.graph import Edge, Graph, Node

PEOPLE = table([("age", "integer"), ("income", "number"), ("city", "category")])
ENVIRONMENT = {"python": "3.11", "pandas": "3.1.1"}


def run_source(**values: Any) -> dict[str, Any]:
    return {"table": None}


def run_share(**values: Any) -> dict[str, Any]:
    return {"table": None}


def _same(params: Any, inputs: Any) -> dict[str, Any]:
    return {"table": inputs["rows"]} if "rows" in inputs else {}


def _named(params: Any, inputs: Any) -> dict[str, Any]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema):
        return {}
    return {"table": TableSchema((*rows.columns, Column(params["name"], "number")), rows.known)}


def _trained(params: Any, inputs: Any) -> dict[str, Any]:
    return {"model": ModelSchema("binary", "tiny", params["label"])}


def _no_age(params: Any, inputs: Any) -> Any:
    if params["label"] == "age":
        yield Complaint("Nobody foretells an age.", param="label")


def _broken(params: Any, inputs: Any) -> Any:
    raise RuntimeError("a mistake in a component")


ROWS = Port("rows", TABLE, "Rows")
OUT = Port("table", TABLE, "Table")

DATA = Component(
    "data", 1, "Data", "Data", "", run_source, outputs=(OUT,), params=(Param("asset", "asset", "Data"),)
)
SOURCE = Component(
    "source", 1, "Source", "Data", "", run_source, outputs=(OUT,), infer=lambda params, inputs: {"table": PEOPLE}
)
SHARE = Component(
    "share", 2, "Share", "Tiny", "", run_share, (ROWS,), (OUT,),
    (
        Param("share", "number", "Share", default=0.7, least=0, most=1),
        Param("seeded", "boolean", "Seeded", default=False),
        Param("seed", "integer", "Seed", default=0, least=0, when={"seeded": [True]}),
    ),
    infer=_same,
)  # fmt: skip
NAMED = Component(
    "named", 1, "Named", "Tiny", "", run_share, (ROWS,), (OUT,), (Param("name", "text", "Name", default="more"),),
    infer=_named,
)  # fmt: skip
PICK = Component(
    "pick", 1, "Pick", "Tiny", "", run_share, (ROWS,), (OUT,),
    (
        Param("columns", "columns", "Columns", port="rows"),
        Param("number", "column", "Number", port="rows", kinds=("integer", "number"), required=False),
        Param("how", "choice", "How", default="one", choices=(("one", "One way"), ("other", "Another way"))),
    ),
    infer=_same,
)  # fmt: skip
LEARNER = Component("learner", 1, "Learner", "Tiny", "", run_share, outputs=(Port("untrained", UNTRAINED, "U"),))
TRAIN = Component(
    "train", 1, "Train", "Tiny", "", run_share, (Port("untrained", UNTRAINED, "Untrained model"), ROWS),
    (Port("model", MODEL, "Model"),), (Param("label", "column", "Label column", port="rows"),),
    infer=_trained, check=_no_age,
)  # fmt: skip
SINK = Component("sink", 1, "Sink", "Tiny", "", run_share, (Port("in", ANY, "In", required=False),), reusable=False)
RANDOM = Component("random", 1, "Random", "Tiny", "", run_share, outputs=(OUT,), reusable=False)
BROKEN = Component("broken", 1, "Broken", "Tiny", "", run_share, (ROWS,), (OUT,), infer=_broken, check=_broken)

CATALOGUE = Catalogue((DATA, SOURCE, SHARE, NAMED, PICK, LEARNER, TRAIN, SINK, RANDOM, BROKEN))

ADULT = Asset("Adult", 3, "ready", PEOPLE, "/store/data/1/3", "hash-of-adult", id=7)
ASSETS = Assets({AssetRef("Adult"): ADULT, AssetRef("Adult", 3): ADULT}, ("Adult", "Automobile"))


def node(id: str, component: str, **params: Any) -> Node:
    known = CATALOGUE.get(component)
    return Node(id, component, known.version if known else 1, id.title(), params=params)


def graph(*nodes: Node, wires: str = "") -> Graph:
    """`wires` such as "a -> b, b.table -> c.rows": the first port of either side where none is named."""
    by_id = {n.id: n for n in nodes}
    edges = []
    for wire in filter(None, (part.strip() for part in wires.split(","))):
        source, target = (end.strip().partition(".") for end in wire.split("->"))
        outputs = CATALOGUE[by_id[source[0]].component].outputs
        inputs = CATALOGUE[by_id[target[0]].component].inputs
        edges.append(
            Edge(source[0], source[2] or outputs[0].name, target[0], target[2] or inputs[0].name)
        )
    return Graph(nodes, tuple(edges))


def chain(length: int) -> Graph:
    """source -> share -> share -> … as long as asked for."""
    nodes = (node("n0", "source"), *(node(f"n{i}", "share") for i in range(1, length)))
    return Graph(nodes, tuple(Edge(f"n{i}", "table", f"n{i + 1}", "rows") for i in range(length - 1)))


def seconds(function: Any) -> float:
    """Computing time, the best of three: what other processes do meanwhile must not count."""
    times = []
    for _ in range(3):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)
