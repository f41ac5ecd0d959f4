"""Runs over REST: lists, one run, and what may be done with it."""

import pytest

from registry.runs.models import Run
from tests.registry import make

pytestmark = pytest.mark.django_db
BASE = "/api/v1/w/lab/runs"


def test_the_list_shows_root_runs_newest_first(workspace, alice, api_for):
    first = make.run(workspace, alice, name="First")
    make.step(first)
    make.run(workspace, alice, name="Second", status="failed", error={"code": "bad", "message": "No rows.", "traceback": "T"})

    results = api_for(alice).get(BASE).json()["results"]

    assert [run["name"] for run in results] == ["Second", "First"]
    assert results[0]["error"] == {"code": "bad", "message": "No rows."}
    assert results[1]["created_by"] == "alice" and results[1]["seconds"] == 1.5


def test_the_list_is_paged_by_a_cursor(workspace, alice, api_for):
    for n in range(5):
        make.run(workspace, alice, name=f"Run {n}")
    api = api_for(alice)

    page = api.get(f"{BASE}?page_size=2").json()
    names = [run["name"] for run in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        names += [run["name"] for run in page["results"]]

    assert names == ["Run 4", "Run 3", "Run 2", "Run 1", "Run 0"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=failed", ["Broken"]),
        ("status=unfinished", ["Broken"]),
        ("status=active", ["Busy"]),
        ("kind=data-import", ["Import"]),
        ("person=carl", ["Import"]),
        ("q=brok", ["Broken"]),
        ("q=revision 7", ["Busy"]),
        ("status=completed&kind=pipeline", []),
    ],
)
def test_the_list_is_filtered(workspace, alice, carl, api_for, query, expected):
    make.run(workspace, alice, name="Broken", status="failed")
    make.run(workspace, carl, name="Import", kind="data-import", source="")
    make.run(workspace, alice, name="Busy", status="running", source="Income, revision 7")

    assert [run["name"] for run in api_for(alice).get(f"{BASE}?{query}").json()["results"]] == expected


@pytest.mark.parametrize("query", ["q=%00", "person=a%00", "kind=%00"])
def test_a_nul_character_finds_nothing_by_accident(workspace, alice, api_for, query):
    assert api_for(alice).get(f"{BASE}?{query}").status_code == 422


def test_a_state_that_does_not_exist_is_refused_with_those_that_do(workspace, alice, api_for):
    answer = api_for(alice).get(f"{BASE}?status=sleeping")

    assert answer.status_code == 422
    assert "completed" in answer.json()["message"]


def test_the_list_costs_the_same_for_many_runs(workspace, alice, api_for, django_assert_num_queries):
    def listing(count):
        for n in range(count):
            make.step(make.run(workspace, alice, name=f"Run {n}"))
        # Workspace, membership, the page.
        with django_assert_num_queries(3):
            api_for(alice).get(BASE)

    listing(2)
    listing(20)


def test_a_run_tells_all_it_left(workspace, alice, api_for):
    run = make.run(workspace, alice, environment={"python": "3.11.9", "packages": {"pandas": "3.1"}})
    split = make.step(run, "n1")
    make.param(split, "share", "0.7")
    make.metric(split, "rows", 10, 7)
    make.table(split, "first")
    make.data_read(run, make.data_version(workspace, "adult", 2), "data")

    seen = api_for(alice).get(f"{BASE}/{run.run_id}").json()

    assert [step["node_id"] for step in seen["steps"]] == ["n1"]
    assert seen["steps"][0]["outputs"][0]["summary"]["rows"] == 3
    assert seen["params"] == [{"run_id": split.run_id, "node_id": "n1", "key": "share", "value": "0.7"}]
    assert [(m["key"], m["last"], m["minimum"], m["maximum"], m["count"]) for m in seen["metrics"]] == [("rows", 7, 7, 10, 2)]
    assert seen["inputs"] == [{"data": "adult", "version": 2, "port": "data"}]
    assert [(o["node_id"], o["port"], o["type"]) for o in seen["outputs"]] == [("n1", "first", "table")]
    assert seen["environment"]["python"] == "3.11.9"
    assert seen["more"] == []
    assert seen["last_event"] == run.events.last().pk


def test_a_run_costs_the_same_for_many_steps(workspace, alice, api_for, django_assert_num_queries):
    run = make.run(workspace, alice)

    def look():
        with django_assert_num_queries(11):
            assert api_for(alice).get(f"{BASE}/{run.run_id}").status_code == 200

    for _ in range(2):
        make.table(make.step(run))
    look()
    for _ in range(20):
        step = make.step(run, reused_from=run.steps.first())
        make.table(step)
        make.metric(step, "rows", 1)
    look()


def test_a_reused_step_names_where_it_was_taken_from(workspace, alice, api_for):
    earlier = make.step(make.run(workspace, alice), "n1")
    make.lines(earlier, "made here")
    run = make.run(workspace, alice)
    step = make.step(run, "n1", reused_from=earlier, reuse_reason="Nothing changed.")

    seen = api_for(alice).get(f"{BASE}/{run.run_id}").json()["steps"][0]
    logs = api_for(alice).get(f"{BASE}/{step.run_id}/logs").json()["lines"]

    assert seen["reused"] is True
    assert seen["reused_from"] == {"run_id": earlier.run_id, "root": earlier.parent.run_id}
    assert [line["text"] for line in logs] == ["made here"]


def test_a_queued_run_is_cancelled_at_once(workspace, carl, api_for):
    run = make.run(workspace, carl, status="queued")

    answer = api_for(carl).post(f"{BASE}/{run.run_id}/cancel")

    assert (answer.status_code, answer.json()) == (202, {"run_id": run.run_id, "status": "cancelled"})


def test_a_run_that_is_over_cannot_be_cancelled(workspace, carl, api_for):
    run = make.run(workspace, carl)

    answer = api_for(carl).post(f"{BASE}/{run.run_id}/cancel")

    assert answer.status_code == 409
    assert answer.json()["code"] == "run-is-over"


def test_a_run_is_repeated_as_a_new_run(workspace, carl, api_for):
    run = make.run(workspace, carl, spec=True)

    answer = api_for(carl).post(f"{BASE}/{run.run_id}/rerun", {"reuse": False}, format="json")

    again = Run.objects.get(run_id=answer.json()["run_id"])
    assert answer.status_code == 201
    assert (again.name, again.status, again.spec["reuse"]) == ("Income", "queued", False)


def test_a_failed_run_is_resumed(workspace, carl, api_for):
    run = make.run(workspace, carl, status="failed", spec=True)

    answer = api_for(carl).post(f"{BASE}/{run.run_id}/resume")

    assert answer.status_code == 201
    assert Run.objects.get(run_id=answer.json()["run_id"]).resumed_from == run


def test_a_completed_run_cannot_be_resumed(workspace, carl, api_for):
    run = make.run(workspace, carl, spec=True)

    assert api_for(carl).post(f"{BASE}/{run.run_id}/resume").status_code == 409


def test_an_archived_run_leaves_the_list_and_keeps_its_address(workspace, carl, api_for):
    run = make.run(workspace, carl)
    api = api_for(carl)

    assert api.post(f"{BASE}/{run.run_id}/archive").status_code == 204
    assert api.get(BASE).json()["results"] == []
    assert api.get(f"{BASE}/{run.run_id}").json()["archived_at"]


@pytest.mark.parametrize("verb", ["cancel", "rerun", "resume", "archive"])
def test_a_reader_may_look_but_not_touch(workspace, alice, rita, api_for, verb):
    run = make.run(workspace, alice, status="failed", spec=True)

    assert api_for(rita).get(f"{BASE}/{run.run_id}").status_code == 200
    assert api_for(rita).post(f"{BASE}/{run.run_id}/{verb}").status_code == 403


@pytest.mark.parametrize("path", ["", "/events", "/logs", "/logs/text", "/metrics", "/metrics/auc", "/params", "/outputs"])
def test_an_outsider_learns_nothing(workspace, alice, oscar, api_for, path):
    run = make.run(workspace, alice)

    answer = api_for(oscar).get(f"{BASE}/{run.run_id}{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_run_of_another_workspace_is_not_found_here(workspace, alice, api_for):
    from registry.workspaces.models import Workspace

    other = make.run(Workspace.objects.create(name="Other", slug="other"))

    assert api_for(alice).get(f"{BASE}/{other.run_id}").status_code == 404


def test_the_list_is_filtered_by_pipeline(workspace, alice, api_for):
    from designer.pipelines.models import Pipeline, PipelineRun

    pipeline = Pipeline.objects.create(workspace=workspace, name="Income")
    run = make.run(workspace, alice, name="Ours")
    make.run(workspace, alice, name="Another's")
    PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph={})

    def names(value):
        return [found["name"] for found in api_for(alice).get(f"{BASE}?pipeline={value}").json()["results"]]

    assert names(pipeline.pk) == ["Ours"]
    assert names(pipeline.pk + 1) == names("x") == names("9" * 40) == []
