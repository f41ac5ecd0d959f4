"""Two pipeline runs over one graph, read from the records of the runs."""

import pytest

from designer.compiler import reuse
from designer.graph import document
from designer.graph.graph import Edge, Graph, Node
from designer.pipelines import planning
from designer.pipelines.models import Pipeline, PipelineRun
from registry.workspaces.models import Workspace
from tests.registry import make

GRAPHS = "/api/v1/w/lab/runs/compare/graphs"

# sql -> split
DRAWN = Graph(
    (
        Node("sql", "python-script", 1, "Prepare", params={"script": "def azureml_main(first):\n    return first\n"}),
        Node("split", "split-data", 1, "Split", x=0, y=150, params={"fraction": 0.7}),
    ),
    (Edge("sql", "first", "split", "rows"),),
)


def pipeline_run(workspace, by, drawn=DRAWN, status="completed", reused=None, **fields):
    """As the engine leaves it: a run, its drawing, a step for every node with the parts of its key."""
    pipeline, _ = Pipeline.objects.get_or_create(workspace=workspace, name="Income")
    run = make.run(workspace, by, **fields)
    PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph=document.write(drawn))
    parts = reuse.parts(drawn, planning.catalogue(), planning.assets_of(workspace, drawn), planning.environment())
    steps = {}
    for node in drawn.nodes:
        steps[node.id] = make.step(
            run, node.id, name=node.title, component=node.component, status=status,
            key=reuse.key(parts[node.id]) or "", key_parts=parts[node.id], reused_from=(reused or {}).get(node.id),
        )  # fmt: skip
    return run, steps


def changed(id, **params):
    nodes = tuple(Node(n.id, n.component, n.version, n.title, n.x, n.y, {**n.params, **params}) if n.id == id else n for n in DRAWN.nodes)
    return Graph(nodes, DRAWN.edges)


@pytest.fixture
def compared(alice, api_for):
    def ask(base, other):
        answer = api_for(alice).get(f"{GRAPHS}?base={base.run_id}&other={other.run_id}")
        assert answer.status_code == 200, answer.content
        found = answer.json()
        return found, {node["id"]: node for node in found["nodes"]}

    return ask


@pytest.mark.django_db
def test_a_changed_parameter_is_where_two_runs_part(workspace, alice, compared):
    a, _ = pipeline_run(workspace, alice)
    b, _ = pipeline_run(workspace, alice, changed("split", fraction=0.8))

    found, nodes = compared(a, b)

    assert {id: node["mark"] for id, node in nodes.items()} == {"sql": "same", "split": "params"}
    assert found["first"] == "split"
    assert nodes["split"]["changes"] == [{"kind": "param", "name": "fraction", "left": 0.7, "right": 0.8, "text": ""}]
    assert [side["params"]["fraction"] for side in nodes["split"]["sides"]] == [0.7, 0.8]
    assert found["components"]["split-data"]["params"]["fraction"]["title"]
    assert (found["left"]["run_id"], found["right"]["pipeline"]) == (a.run_id, "Income")


@pytest.mark.django_db
def test_a_changed_script_is_changed_code_and_what_follows_has_other_input(workspace, alice, compared):
    a, _ = pipeline_run(workspace, alice)
    b, _ = pipeline_run(workspace, alice, changed("sql", script="def azureml_main(first):\n    return first.head()\n"))

    found, nodes = compared(a, b)

    assert {id: node["mark"] for id, node in nodes.items()} == {"sql": "code", "split": "input"}
    assert found["first"] == "sql"


@pytest.mark.django_db
def test_what_a_run_took_from_the_other_is_cached(workspace, alice, compared):
    a, steps = pipeline_run(workspace, alice)
    b, _ = pipeline_run(workspace, alice, reused=steps)

    assert {node["mark"] for node in compared(a, b)[1].values()} == {"cached"}


@pytest.mark.django_db
def test_tables_with_other_contents_under_one_key_are_another_result(workspace, alice, compared):
    a, left = pipeline_run(workspace, alice)
    b, right = pipeline_run(workspace, alice)
    make.table(left["split"], "first", {"age": [1, 2, 3]})
    make.table(right["split"], "first", {"age": [1, 2, 4]})

    found, nodes = compared(a, b)

    assert (nodes["split"]["mark"], found["first"]) == ("result", "split")
    assert nodes["split"]["changes"][0]["kind"] == "output"


@pytest.mark.django_db
def test_the_same_contents_computed_twice_are_the_same(workspace, alice, compared):
    a, left = pipeline_run(workspace, alice)
    b, right = pipeline_run(workspace, alice)
    for steps in (left, right):
        make.table(steps["split"], "first")
        make.metric(steps["split"], "rows", 3.0)

    assert compared(a, b)[1]["split"]["mark"] == "same"


@pytest.mark.django_db
def test_a_component_that_is_gone_is_compared_by_its_drawing(workspace, alice, compared):
    def drawn(value):
        return Graph((Node("x", "no-such-component", 1, "Gone", params={"a": value}),))

    runs = []
    for value in (1, 2):
        pipeline, _ = Pipeline.objects.get_or_create(workspace=workspace, name="Old")
        run = make.run(workspace, alice)
        PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph=document.write(drawn(value)))
        make.step(run, "x", name="Gone", component="no-such-component")
        runs.append(run)

    assert compared(*runs)[1]["x"]["mark"] == "params"


@pytest.mark.django_db
def test_a_run_that_is_no_pipeline_or_of_elsewhere_has_no_graph(workspace, alice, api_for):
    a, _ = pipeline_run(workspace, alice)
    tracked = make.run(workspace, alice, kind="tracked")
    foreign, _ = pipeline_run(Workspace.objects.create(name="Other", slug="other"), None)

    for other in (tracked.run_id, foreign.run_id, "nothing", ""):
        assert api_for(alice).get(f"{GRAPHS}?base={a.run_id}&other={other}").status_code == 404


@pytest.mark.django_db
def test_the_scripts_of_runs_are_told_with_the_same_hash_where_they_are_the_same(workspace, alice, api_for):
    a, _ = pipeline_run(workspace, alice)
    b, _ = pipeline_run(workspace, alice)

    found = api_for(alice).get(f"/api/v1/w/lab/runs/compare/scripts?runs={a.run_id},{b.run_id}").json()["runs"]

    assert found[a.run_id] == found[b.run_id]
    (script,) = found[a.run_id]
    assert script["language"] == "python"
    assert script["path"].startswith("Prepare · ")
    assert "return first" in script["text"]
