"""From the stored drawing to a queued run, and what the canvas is told of runs afterwards."""

import pytest
from django.utils import timezone

from designer.graph import document, edits
from designer.pipelines import planning, selectors, services
from designer.pipelines.models import Pipeline, PipelineRun
from registry.errors import Conflict, Invalid, NotFound
from registry.runs import services as runs
from registry.runs.models import Run, RunInput, RunOutput
from registry.runs.spec import RunSpec
from tests.designer import tiny
from tests.designer.tiny import graph, node

pytestmark = pytest.mark.django_db

# data --> share --> train <-- learner
DRAWN = graph(
    node("data", "data", asset={"name": "People", "version": None}),
    node("share", "share", share=0.7),
    node("learner", "learner"),
    node("train", "train", label="income"),
    wires="data -> share, share -> train.rows, learner -> train.untrained",
)


@pytest.fixture(autouse=True)
def tiny_catalogue(monkeypatch):
    monkeypatch.setattr(planning, "catalogue", lambda: tiny.CATALOGUE)


@pytest.fixture
def pipeline(workspace, alice):
    return services.create(workspace=workspace, by=alice, name="Income", graph=document.write(DRAWN))


def save(pipeline, by, drawn):
    services.save_graph(pipeline=pipeline, by=by, revision=pipeline.revision, graph=document.write(drawn))


def execute(run, status="completed", only=()):
    """As the engine would: a step for each node of the spec, with an output."""
    steps = {}
    for step in RunSpec.from_json(run.spec).steps:
        if only and step.id not in only:
            continue
        steps[step.id] = Run.objects.create(
            workspace=run.workspace, parent=run, kind="step", name=step.title, status=status, node_id=step.id,
            component=step.component, key=step.key or "", key_parts=dict(step.key_parts), seconds=1.5,
            started_at=timezone.now(),
        )  # fmt: skip
        for port, type in step.outputs.items():
            RunOutput.objects.create(run=steps[step.id], port=port, type=type, path="x", summary={"rows": 3})
    Run.objects.filter(pk=run.pk).update(status=status)
    return steps


def test_a_run_is_queued_with_its_spec_its_data_and_its_drawing(pipeline, alice, data_version, settings):
    version = data_version()

    run = services.submit(pipeline=pipeline, by=alice, revision=1)

    run.refresh_from_db()
    assert (run.kind, run.name, run.source, run.status) == ("pipeline", "Income", "Income, revision 1", "queued")
    spec = RunSpec.from_json(run.spec)
    assert [step.id for step in spec.steps] == ["data", "share", "learner", "train"]
    assert spec.steps[0].params == {
        "asset": {"name": "People", "version": 1},
        "path": str(settings.STORE_DIR / f"data/{version.asset_id}/1"),
    }
    assert [(row.data_version, row.port) for row in RunInput.objects.all()] == [(version, "data")]
    drawing = PipelineRun.objects.get()
    assert (drawing.run, drawing.revision, drawing.graph, drawing.mode) == (run, 1, pipeline.graph, "all")


def test_the_latest_ready_version_is_meant_while_a_newer_one_is_being_imported(pipeline, alice, data_version):
    data_version(number=1)
    second = data_version(number=2)
    data_version(number=3, status="importing", path="", columns=())

    services.submit(pipeline=pipeline, by=alice, revision=1)

    assert RunInput.objects.get().data_version == second


def test_a_drawing_with_problems_is_refused_with_the_list_of_the_check(pipeline, alice, workspace):
    problems = planning.check_graph(workspace, DRAWN)["problems"]

    with pytest.raises(Invalid) as refused:
        services.submit(pipeline=pipeline, by=alice, revision=1)

    assert refused.value.code == "problems"
    assert refused.value.fields["problems"] == problems
    assert [problem["code"] for problem in problems] == ["asset-missing"]
    assert not Run.objects.exists()
    assert not PipelineRun.objects.exists()


def test_data_whose_file_is_gone_is_a_problem_and_no_crash(pipeline, alice, data_version, settings):
    version = data_version()
    (settings.STORE_DIR / version.path).unlink()
    (settings.STORE_DIR / version.path).parent.rmdir()

    with pytest.raises(Invalid, match="no longer in the studio's store"):
        services.submit(pipeline=pipeline, by=alice, revision=1)


def test_data_of_another_workspace_is_not_there(pipeline, alice, data_version):
    from registry.workspaces.models import Workspace

    version = data_version()
    version.asset.workspace = Workspace.objects.create(name="Other", slug="other")
    version.asset.save()

    with pytest.raises(Invalid, match="no data asset “People”"):
        services.submit(pipeline=pipeline, by=alice, revision=1)


def test_only_the_revision_one_has_seen_is_run(pipeline, alice, carl, data_version):
    data_version()
    save(Pipeline.objects.get(), carl, edits.set_params(DRAWN, "share", {"share": 0.9}))

    with pytest.raises(Conflict) as refused:
        services.submit(pipeline=pipeline, by=alice, revision=1)

    assert (refused.value.code, refused.value.fields["revision"]) == ("revision-conflict", 2)


def test_what_was_run_stays_in_the_history_while_editing_goes_on(pipeline, alice, data_version):
    data_version()
    save(pipeline, alice, edits.set_params(DRAWN, "share", {"share": 0.8}))
    services.submit(pipeline=pipeline, by=alice, revision=2)
    save(pipeline, alice, edits.set_params(DRAWN, "share", {"share": 0.9}))

    assert list(pipeline.versions.order_by("revision").values_list("revision", "reason")) == [
        (1, "created"), (2, "run"), (3, "edit"),
    ]  # fmt: skip


def test_a_part_is_run(pipeline, alice, data_version):
    data_version()

    run = services.submit(pipeline=pipeline, by=alice, revision=1, mode="to", node="share", reuse=False)

    spec = RunSpec.from_json(run.spec)
    assert ([step.id for step in spec.steps], spec.reuse) == (["data", "share"], False)
    drawing = PipelineRun.objects.get()
    assert (drawing.mode, drawing.node_id, len(drawing.graph["nodes"])) == ("to", "share", 4)
    with pytest.raises(NotFound):
        services.submit(pipeline=pipeline, by=alice, revision=1, mode="to", node="gone")


def test_one_node_runs_alone_once_what_it_needs_is_there(pipeline, alice, data_version):
    data_version()
    with pytest.raises(Invalid) as refused:
        services.submit(pipeline=pipeline, by=alice, revision=1, mode="only", node="train")
    assert [(p["code"], p["node"]) for p in refused.value.fields["problems"]] == [
        ("no-earlier-result", "share"), ("no-earlier-result", "learner"),
    ]  # fmt: skip

    execute(services.submit(pipeline=pipeline, by=alice, revision=1))
    run = services.submit(pipeline=pipeline, by=alice, revision=1, mode="only", node="train")

    steps = RunSpec.from_json(run.spec).steps
    assert [(step.id, step.reuse_only) for step in steps] == [("share", True), ("learner", True), ("train", False)]


def test_a_repeated_run_keeps_the_drawing(pipeline, alice, data_version):
    data_version()
    first = services.submit(pipeline=pipeline, by=alice, revision=1, mode="to", node="share")
    execute(first, status="failed")

    for again in (runs.rerun(run=first, by=alice), runs.resume(run=Run.objects.get(pk=first.pk), by=alice)):
        drawing = selectors.drawing_of(pipeline.workspace, again.run_id)
        assert (drawing.graph, drawing.mode, drawing.node_id) == (pipeline.graph, "to", "share")


def test_the_state_of_a_pipeline_that_never_ran_is_empty(pipeline):
    assert selectors.state(pipeline) == {"run": None, "nodes": {}}


def test_the_state_is_the_newest_step_of_every_node(pipeline, alice, data_version):
    data_version()
    first = services.submit(pipeline=pipeline, by=alice, revision=1)
    earlier = execute(first)
    second = services.submit(pipeline=pipeline, by=alice, revision=1, mode="to", node="share")
    later = execute(second, status="failed", only=("share",))

    state = selectors.state(pipeline)

    assert state["run"] == {"run_id": second.run_id, "status": "failed"}
    assert {id: (known["run_id"], known["status"]) for id, known in state["nodes"].items()} == {
        "data": (earlier["data"].run_id, "completed"),
        "share": (later["share"].run_id, "failed"),
        "learner": (earlier["learner"].run_id, "completed"),
        "train": (earlier["train"].run_id, "completed"),
    }
    assert state["nodes"]["data"] == {
        "run_id": earlier["data"].run_id, "status": "completed", "seconds": 1.5, "peak_memory": None, "reused": False,
        "reuse_reason": "", "error": None, "outputs": [{"port": "table", "type": "table", "summary": {"rows": 3}}],
        "progress": {}, "stale": False,
    }  # fmt: skip


def stale(pipeline):
    return {id for id, known in selectors.state(pipeline)["nodes"].items() if known["stale"]}


def test_what_the_draft_has_moved_on_from_is_stale(pipeline, alice, data_version):
    data_version()
    execute(services.submit(pipeline=pipeline, by=alice, revision=1))
    assert stale(pipeline) == set()

    save(pipeline, alice, edits.change(DRAWN, "share", title="Other words", x=99.0))
    assert stale(pipeline) == set()

    save(pipeline, alice, edits.set_params(DRAWN, "share", {"share": 0.8}))
    assert stale(pipeline) == {"share", "train"}

    save(pipeline, alice, DRAWN)
    assert stale(pipeline) == set()

    data_version(number=2)
    assert stale(pipeline) == {"data", "share", "train"}


def test_a_node_that_is_never_reused_is_stale_only_when_something_changed(pipeline, alice, data_version):
    data_version()
    drawn = graph(
        *DRAWN.nodes, node("sink", "sink"),
        wires="data -> share, share -> train.rows, learner -> train.untrained, train -> sink",
    )  # fmt: skip
    save(pipeline, alice, drawn)
    execute(services.submit(pipeline=pipeline, by=alice, revision=2))
    assert stale(pipeline) == set()

    save(pipeline, alice, edits.set_params(drawn, "train", {"label": "city"}))
    assert stale(pipeline) == {"train", "sink"}


def test_a_reused_step_shows_what_the_original_left(pipeline, alice, data_version):
    data_version()
    original = execute(services.submit(pipeline=pipeline, by=alice, revision=1))["data"]
    again = services.submit(pipeline=pipeline, by=alice, revision=1)
    linked = Run.objects.create(
        workspace=pipeline.workspace, parent=again, kind="step", name="Data", status="completed", node_id="data",
        key=original.key, reused_from=original, reuse_reason="Nothing has changed.",
    )  # fmt: skip

    shown = selectors.state(pipeline)["nodes"]["data"]

    assert (shown["run_id"], shown["reused"], shown["stale"]) == (linked.run_id, True, False)
    assert shown["outputs"] == [{"port": "table", "type": "table", "summary": {"rows": 3}}]


def test_the_state_takes_few_queries_however_many_nodes_and_runs(
    pipeline, alice, data_version, django_assert_max_num_queries
):
    data_version()
    save(pipeline, alice, tiny.chain(200))
    for _ in range(3):
        execute(services.submit(pipeline=pipeline, by=alice, revision=2))

    with django_assert_max_num_queries(8):
        assert len(selectors.state(pipeline)["nodes"]) == 200


def test_a_thousand_nodes_are_saved_checked_submitted_and_looked_at_quickly(pipeline, alice, data_version):
    data_version()
    drawn = tiny.chain(1_000)
    save(pipeline, alice, drawn)
    changes = iter(range(100))

    def edit():
        save(pipeline, alice, edits.set_params(drawn, "n5", {"share": next(changes) / 200}))

    assert tiny.seconds(edit) < 1
    save(pipeline, alice, drawn)
    assert tiny.seconds(lambda: planning.check_graph(pipeline.workspace, document.read(pipeline.graph))) < 1
    assert tiny.seconds(lambda: services.submit(pipeline=pipeline, by=alice, revision=pipeline.revision)) < 1.5
    execute(Run.objects.order_by("-pk")[0])
    assert tiny.seconds(lambda: selectors.state(pipeline)) < 1.5
