"""A node's key changes exactly when its result may, and a miss says what changed."""

import copy
import importlib
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.catalogue.catalogue import Catalogue
from designer.compiler import code, reuse
from designer.compiler.assets import AssetRef, Assets
from designer.graph import edits
from designer.graph.graph import Edge, Graph
from tests.designer.tiny import ADULT, ASSETS, CATALOGUE, ENVIRONMENT, SHARE, graph, node

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
ALL = {"data", "a", "b", "learner", "train"}


def keys(drawn=DRAWN, catalogue=CATALOGUE, assets=ASSETS, environment=ENVIRONMENT):
    return {id: reuse.key(parts) for id, parts in reuse.parts(drawn, catalogue, assets, environment).items()}


def changed(**options):
    before, after = keys(), keys(**options)
    return {id for id in ALL if before[id] != after.get(id)}


def with_params(id, **params):
    return edits.set_params(DRAWN, id, params)


def test_keys_are_the_same_each_time():
    assert keys() == keys()
    assert len(set(keys().values())) == 5


@pytest.mark.parametrize(
    "drawn",
    [
        edits.change(DRAWN, "a", title="Another title", comment="why", x=400.0, y=-20.0),
        edits.change(DRAWN, "a", version=1),
        with_params("a", seed=5),  # does not apply while "seeded" is off
        with_params("b", share=0.7),  # the default, said aloud
        with_params("b", seeded=False, nonsense=1),
        Graph(DRAWN.nodes[::-1], DRAWN.edges[::-1]),
        edits.add(DRAWN, node("elsewhere", "source")),
        edits.connect(edits.add(DRAWN, node("more", "share")), Edge("a", "table", "more", "rows")),
    ],
    ids=["place and words", "drawn before", "idle setting", "default", "ignored", "order", "beside", "branch"],
)
def test_what_changes_no_result_changes_no_key(drawn):
    assert changed(drawn=drawn) == set()


def test_numbers_are_compared_by_value():
    assert keys(with_params("a", share=1)) == keys(with_params("a", share=1.0))


def test_ids_do_not_count_so_a_copy_is_reused():
    copied, renamed = edits.paste(DRAWN, DRAWN)
    known = keys(copied)

    assert all(known[renamed[id]] == known[id] for id in ALL)


@pytest.mark.parametrize(
    ("drawn", "hit"),
    [
        (with_params("a", share=0.8), {"a", "b", "train"}),
        (with_params("a", seeded=True), {"a", "b", "train"}),
        (with_params("train", label="age"), {"train"}),
        (with_params("data", asset={"name": "Adult", "version": 3}), set()),  # which is the latest
        (edits.disconnect(DRAWN, Edge("a", "table", "b", "rows")), {"b", "train"}),
        (edits.disconnect(DRAWN, Edge("learner", "untrained", "train", "untrained")), {"train"}),
        (edits.change(DRAWN, "b", component="named", version=1, params={}), {"b", "train"}),
        (
            edits.insert(DRAWN, Edge("data", "table", "a", "rows"), node("m", "share"), input="rows", output="table"),
            {"a", "b", "train"},
        ),
    ],
)
def test_a_change_reaches_the_node_and_all_that_needs_it(drawn, hit):
    assert changed(drawn=drawn) == hit


def test_other_content_changes_the_key_and_the_same_content_elsewhere_does_not():
    other = Assets({AssetRef("Adult"): replace(ADULT, content_hash="other")}, ASSETS.names)
    moved = Assets({AssetRef("Adult"): replace(ADULT, version=4, path="/elsewhere", id=99)}, ASSETS.names)

    assert changed(assets=other) == {"data", "a", "b", "train"}
    assert changed(assets=moved) == set()


def test_another_version_of_a_component_changes_its_key():
    newer = Catalogue(replace(c, version=3) if c is SHARE else c for c in CATALOGUE)

    assert changed(catalogue=newer) == {"a", "b", "train"}


def test_another_library_changes_every_key():
    assert changed(environment={**ENVIRONMENT, "pandas": "3.2.0"}) == ALL


def test_the_code_of_a_component_and_of_what_it_computes_with_counts(tmp_path, monkeypatch):
    package = tmp_path / "sandbox"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "part.py").write_text("from sandbox import used, idle\ndef run(**values):\n    return {}\n")
    (package / "used.py").write_text("X = 1\n")
    (package / "idle.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(code, "FOLLOWED", ("sandbox.used",))
    part = importlib.import_module("sandbox.part")
    component = replace(SHARE, run=part.run)

    def now():
        code._hash.cache_clear()
        return code.code_hash(component)

    before = now()
    (package / "idle.py").write_text("X = 2\n")
    assert now() == before
    (package / "used.py").write_text("X = 2\n")
    assert now() != before
    before = now()
    (package / "part.py").write_text((package / "part.py").read_text() + "# another line\n")
    assert now() != before
    code._hash.cache_clear()
    for name in [name for name in sys.modules if name.startswith("sandbox")]:
        del sys.modules[name]


def reason(drawn=DRAWN, id="a", catalogue=CATALOGUE, assets=ASSETS, environment=ENVIRONMENT, before=DRAWN):
    old = reuse.parts(before, CATALOGUE, ASSETS, ENVIRONMENT)[id]
    return reuse.why_missed(old, reuse.parts(drawn, catalogue, assets, environment)[id])


def test_a_miss_says_what_changed():
    assert reason(with_params("a", share=0.8)) == "share 0.7 → 0.8"
    assert reason(with_params("a", seeded=True)) == "seeded off → on; seed none → 0"
    assert reason(with_params("train", label="age"), "train") == "label income → age"
    assert reason(with_params("a", share=0.8), "b") == "input rows changed: A"
    assert reason(edits.disconnect(DRAWN, Edge("a", "table", "b", "rows")), "b") == "input rows disconnected"
    assert reason(before=edits.disconnect(DRAWN, Edge("data", "table", "a", "rows"))) == "input rows connected"
    assert reason(edits.change(DRAWN, "a", component="named", params={})) == "component share → named"
    assert reason(environment={"python": "3.11", "pandas": "3.2.0"}) == "pandas 3.1.1 → 3.2.0"
    assert reason(environment={"python": "3.11"}) == "pandas 3.1.1 → absent"
    other = Assets({AssetRef("Adult"): replace(ADULT, version=4, content_hash="new")}, ASSETS.names)
    assert reason(assets=other, id="data") == "data Adult version 3 → Adult version 4"
    newer = Catalogue(replace(c, version=3) if c is SHARE else c for c in CATALOGUE)
    assert reason(catalogue=newer) == "version 2 → 3 of the component"


def test_a_miss_for_other_reasons_says_so_too():
    old = reuse.parts(DRAWN, CATALOGUE, ASSETS, ENVIRONMENT)
    sink = reuse.parts(graph(node("s", "sink")), CATALOGUE, ASSETS, ENVIRONMENT)["s"]

    assert reuse.why_missed(None, old["a"]) == "no earlier result"
    assert reuse.why_missed(old["a"], old["a"]) == "the earlier result is no longer there"
    assert reuse.why_missed(old["a"], {**old["a"], "code": "x"}) == "the component's code changed"
    assert reuse.why_missed(sink, sink) == "Sink always runs anew"


def test_long_and_many_changes_are_told_briefly():
    old = copy.deepcopy(reuse.parts(DRAWN, CATALOGUE, ASSETS, ENVIRONMENT)["a"])
    new = copy.deepcopy(old)
    old["params"] = {"script": "a = 1\nb = 2", **{f"p{i}": i for i in range(9)}}
    new["params"] = {"script": "a = 1\nb = 3", **{f"p{i}": i + 1 for i in range(9)}}

    assert reuse.why_missed(old, new) == "script changed; p0 0 → 1; p1 1 → 2; and 7 more"
    old["params"], new["params"] = {"columns": _columns(all=True)}, {"columns": _columns(names=["age", "sex"])}
    assert reuse.why_missed(old, new) == "columns all columns → age, sex"
    for parts, names in ((old, "a"), (new, "b")):
        parts["inputs"] = {f"{i}": {"key": names, "port": "t", "title": "x" * 200} for i in range(3)}
    assert len(reuse.why_missed(old, new)) <= reuse.LONGEST_REASON


def _columns(**selection):
    return {"all": False, "kinds": [], "names": [], "except": [], **selection}


def test_parts_from_before_a_change_of_their_form_do_not_break_the_reason():
    new = reuse.parts(DRAWN, CATALOGUE, ASSETS, ENVIRONMENT)["a"]

    assert reuse.why_missed({}, new) == "no earlier result"
    assert reuse.why_missed({"component": "share"}, new) == "the earlier result is of another release of the studio"


settings = st.fixed_dictionaries(
    {}, optional={"share": st.sampled_from([0, 0.5, 0.7, 1.0]), "seeded": st.booleans(), "seed": st.integers(0, 2)}
)


@given(settings, settings)
def test_equal_keys_mean_equal_effective_settings_and_the_reason_agrees(one, other):
    def effective(params):
        share, seeded = float(params.get("share", 0.7)), params.get("seeded", False)
        return share, seeded, params.get("seed", 0) if seeded else None

    first = reuse.parts(graph(node("n", "share", **one)), CATALOGUE, ASSETS, ENVIRONMENT)["n"]
    second = reuse.parts(graph(node("n", "share", **other)), CATALOGUE, ASSETS, ENVIRONMENT)["n"]

    same = effective(one) == effective(other)
    assert (reuse.key(first) == reuse.key(second)) == same
    assert (reuse.why_missed(first, second) == "the earlier result is no longer there") == same
