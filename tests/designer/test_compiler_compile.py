"""From a drawing to a RunSpec: whole specs compared, for each mode."""

from dataclasses import replace

import pytest

from designer.compiler import check, reuse
from designer.compiler.compile import compile
from registry.errors import Invalid, NotFound
from registry.runs.spec import RunSpec, Source, Step
from tests.designer import tiny
from tests.designer.tiny import ASSETS, CATALOGUE, ENVIRONMENT, graph, node

# data --> share --> train --> sink
#            |         ^
#            v      learner      other (stands apart, and is wrong)
#           pick
DRAWN = graph(
    node("sink", "sink"),
    node("data", "data", asset={"name": "Adult"}),
    node("share", "share", share=1, seeded=False, seed=9),
    node("learner", "learner"),
    node("train", "train", label="income"),
    node("pick", "pick", columns={"all": True}),
    wires="data -> share, share -> train.rows, learner -> train.untrained, train -> sink, share -> pick",
)


def compiled(drawn=DRAWN, **options):
    return compile(drawn, CATALOGUE, ASSETS, ENVIRONMENT, **options)


def bare(spec):
    """The steps without what the tests of keys are about."""
    return [replace(step, key=None, key_parts={}) for step in spec.steps]


DATA = Step(
    "data", "Data", "data", 1, {"asset": {"name": "Adult", "version": 3}, "path": "/store/data/1/3"}, {},
    {"table": "table"},
)  # fmt: skip
SHARE = Step(
    "share", "Share", "share", 2, {"share": 1.0, "seeded": False, "seed": 0}, {"rows": Source("data", "table")},
    {"table": "table"},
)  # fmt: skip
LEARNER = Step("learner", "Learner", "learner", 1, {}, {}, {"untrained": "untrained-model"})
TRAIN = Step(
    "train", "Train", "train", 1, {"label": "income"},
    {"rows": Source("share", "table"), "untrained": Source("learner", "untrained")}, {"model": "model"},
)  # fmt: skip
SINK = Step("sink", "Sink", "sink", 1, {}, {"in": Source("train", "model")}, {})
PICK = Step(
    "pick", "Pick", "pick", 1,
    {"columns": {"all": True, "kinds": [], "names": [], "except": []}, "number": None, "how": "one"},
    {"rows": Source("share", "table")}, {"table": "table"},
)  # fmt: skip


def test_everything_is_compiled_in_an_order_in_which_it_may_run():
    plan = compiled()

    assert bare(plan.spec) == [DATA, SHARE, LEARNER, TRAIN, SINK, PICK]
    assert plan.assets == {"data": tiny.ADULT}
    assert (plan.spec.kind, plan.spec.reuse, plan.spec.task) == ("pipeline", True, "")


def test_a_spec_survives_json():
    spec = compiled().spec

    assert RunSpec.from_json(spec.to_json()) == spec


def test_up_to_a_node_takes_only_what_it_needs():
    assert bare(compiled(mode="to", node="train").spec) == [DATA, SHARE, LEARNER, TRAIN]
    assert bare(compiled(mode="to", node="data").spec) == [DATA]


def test_only_a_node_takes_what_feeds_it_from_earlier_runs():
    spec = compiled(mode="only", node="train").spec

    assert bare(spec) == [
        replace(SHARE, inputs={}, reuse_only=True), replace(LEARNER, reuse_only=True), TRAIN,
    ]  # fmt: skip
    whole = {step.id: step.key for step in compiled().spec.steps}
    assert [step.key for step in spec.steps] == [whole["share"], whole["learner"], whole["train"]]


def test_a_part_runs_although_another_part_is_wrong():
    drawn = replace(DRAWN, nodes=(*DRAWN.nodes, node("other", "share")))

    with pytest.raises(Invalid):
        compiled(drawn)
    assert bare(compiled(drawn, mode="to", node="share").spec) == [DATA, SHARE]


def test_what_is_refused_is_the_list_that_check_gives():
    drawn = replace(DRAWN, nodes=(*DRAWN.nodes, node("a", "share"), node("b", "share", share=7), node("c", "source")))

    with pytest.raises(Invalid) as refused:
        compiled(drawn)

    problems = [problem.to_json() for problem in check.problems(drawn, CATALOGUE, ASSETS)]
    assert refused.value.code == "problems"
    assert refused.value.fields == {"problems": problems}
    assert [p["severity"] for p in problems] == ["error", "error", "error", "warning"]
    assert refused.value.message.startswith("The pipeline cannot run yet: 3 problems are marked on it.")


def test_warnings_refuse_nothing():
    plan = compiled(replace(DRAWN, nodes=(*DRAWN.nodes, node("idle", "source"))))

    assert [problem.code for problem in plan.warnings] == ["nothing-downstream"]


def test_a_node_that_is_not_there_and_a_mode_that_is_none():
    with pytest.raises(NotFound):
        compiled(mode="to", node="gone")
    with pytest.raises(Invalid):
        compiled(mode="from", node="data")


def test_nothing_runs_alone_on_what_is_never_kept():
    drawn = graph(node("random", "random"), node("share", "share"), wires="random -> share")

    with pytest.raises(Invalid) as refused:
        compiled(drawn, mode="only", node="share")

    assert [p["code"] for p in refused.value.fields["problems"]] == ["not-reusable"]
    assert "Run up to this node instead." in refused.value.message


def test_only_what_may_be_reused_has_a_key():
    drawn = graph(
        node("source", "source"), node("share", "share"), node("sink", "sink"),
        node("random", "random"), node("after", "share"),
        wires="source -> share, share -> sink, random -> after",
    )  # fmt: skip

    keys = {step.id: step.key for step in compiled(drawn).spec.steps}

    assert [id for id, key in keys.items() if key] == ["source", "share"]
    never = {step.id: step.key_parts["never"] for step in compiled(drawn).spec.steps}
    assert never["sink"] == "Sink always runs anew"
    assert never["after"] == "“Random” always runs anew, and this needs it"


def test_an_older_node_runs_with_the_version_that_is_here():
    drawn = replace(DRAWN, nodes=tuple(replace(n, version=1) for n in DRAWN.nodes))

    assert bare(compiled(drawn).spec)[1] == SHARE


def test_a_thousand_nodes_compile_well_within_a_second():
    drawn = tiny.chain(1_000)

    assert len(compiled(drawn).spec.steps) == 1_000
    assert tiny.seconds(lambda: compiled(replace(drawn))) < 0.9


def test_a_thousand_nodes_get_their_keys_quickly():
    drawn = tiny.chain(1_000)

    assert tiny.seconds(lambda: reuse.parts(replace(drawn), CATALOGUE, ASSETS, ENVIRONMENT)) < 0.4
