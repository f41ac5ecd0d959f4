"""One action on many runs, and taking it back."""

import pytest

from registry.runs.models import Experiment, Run, RunEvent, RunField, Star, Tag
from registry.runs.search import runs
from tests.registry.test_search_runs import add


@pytest.fixture
def experiment(workspace):
    return Experiment.objects.create(workspace=workspace, name="Income")


@pytest.fixture
def bulk(api_for, carl):
    def bulk(by=None, **body):
        answer = api_for(by or carl).post("/api/v1/w/lab/runs/bulk", body, format="json")
        return answer.status_code, answer.json()

    return bulk


def test_deleted_runs_leave_all_lists_and_come_back(experiment, bulk, api_for, client_for, carl, workspace):
    kept, gone = add(experiment, "kept one"), add(experiment, "gone one")
    status, told = bulk(action="delete", runs=[gone.run_id])
    assert (status, told["done"], told["changed"]) == (200, 1, [gone.run_id])
    api, page = api_for(carl), client_for(carl)
    assert [r["run_id"] for r in api.get("/api/v1/w/lab/runs").json()["results"]] == [kept.run_id]
    assert api.post("/api/v1/w/lab/runs/query", {}, format="json").json()["total"] == 1
    assert "gone one" not in page.get("/w/lab/").content.decode()
    deleted = api.post("/api/v1/w/lab/runs/query", {"lifecycle": "deleted"}, format="json").json()
    assert [r["name"] for r in deleted["rows"]] == ["gone one"]
    # Asking twice is no mistake, and changes nothing.
    assert bulk(action="delete", runs=[gone.run_id])[1]["changed"] == []
    assert bulk(action="restore", runs=told["changed"])[1]["done"] == 1
    assert runs.count(runs.Scope(workspace)) == (2, True)


def test_what_the_engine_executes_must_be_cancelled_first(experiment, bulk):
    ours = add(experiment, "ours", status="running", spec={"kind": "pipeline"})
    Run.objects.filter(pk=ours.pk).update(kind="pipeline")
    tracked = add(experiment, "tracked", status="running")
    for action in ("delete", "archive"):
        _, told = bulk(action=action, runs=[ours.run_id, tracked.run_id])
        assert told["changed"] == [tracked.run_id]
        assert told["refused"] == [{"run_id": ours.run_id, "message": "ours is still at work. Cancel it first."}]
    _, told = bulk(action="cancel", runs=[ours.run_id, tracked.run_id])
    assert told["done"] == 2
    assert set(Run.objects.values_list("name", "status")) == {("ours", "cancelling"), ("tracked", "cancelled")}
    over = add(experiment, "over")
    assert "is over already" in bulk(action="cancel", runs=[over.run_id])[1]["refused"][0]["message"]


def test_tags_are_set_and_the_answer_holds_what_undoes_it(experiment, bulk):
    old, bare, same = add(experiment, "old", tags={"team": "a"}), add(experiment, "bare"), add(experiment, "same", tags={"team": "b"})
    _, told = bulk(action="tag", runs=[old.run_id, bare.run_id, same.run_id], key=" team ", value="b")
    assert told["before"] == {old.run_id: "a", bare.run_id: None}
    assert set(Tag.objects.filter(key="team").values_list("value", flat=True)) == {"b"}
    assert RunField.objects.filter(experiment=experiment, kind="tag", key="team").exists()
    assert RunEvent.objects.filter(run=old, type="note").exists()
    _, told = bulk(action="untag", runs=[old.run_id, bare.run_id], key="team")
    assert (told["done"], told["before"]) == (2, {old.run_id: "b", bare.run_id: "b"})


@pytest.mark.parametrize("body", [{"key": ""}, {"key": "x" * 251}, {"key": "a", "value": "y" * 8001}, {"key": 3}])
def test_tags_that_cannot_be(experiment, bulk, body):
    assert bulk(action="tag", runs=[add(experiment, "a").run_id], **body)[0] == 422
    assert bulk(action="tag", runs=[], key="mlflow.user", value="x")[0] == 409


def test_a_filter_names_the_runs(experiment, bulk):
    for number in range(30):
        add(experiment, f"r{number}", metrics={"auc": number / 10})
    _, told = bulk(action="archive", query={"filter": "metrics.auc >= 1", "experiments": [experiment.pk]})
    assert told["done"] == 20
    assert Run.objects.filter(archived_at=None).count() == 10
    _, told = bulk(action="unarchive", query={"lifecycle": "archived"})
    assert told["done"] == 20


def test_a_thousand_runs_cost_as_many_queries_as_ten(experiment, bulk, django_assert_max_num_queries):
    Run.objects.bulk_create(
        Run(workspace=experiment.workspace, experiment=experiment, kind="tracked", name=f"r{n}", status="completed") for n in range(1000)
    )
    ids = list(Run.objects.values_list("run_id", flat=True))
    with django_assert_max_num_queries(40):
        assert bulk(action="tag", runs=ids, key="team", value="x")[1]["done"] == 1000


def test_stars_are_ones_own_and_readers_may_set_them(experiment, bulk, rita, carl):
    run = add(experiment, "a")
    assert bulk(by=rita, action="star", runs=[run.run_id])[1]["done"] == 1
    assert Star.objects.get().user == rita
    assert bulk(by=rita, action="archive", runs=[run.run_id])[0] == 403
    assert bulk(by=carl, action="unstar", runs=[run.run_id])[1]["done"] == 0
    assert bulk(by=rita, action="unstar", runs=[run.run_id])[1]["done"] == 1


def test_what_makes_no_sense_is_refused_in_words(experiment, bulk, oscar):
    for body in (
        {"action": "explode", "runs": []}, {"action": "delete"}, {"action": "delete", "runs": "all"},
        {"action": "delete", "runs": [1]}, {"action": "delete", "query": 3}, {"action": "delete", "runs": ["a\0"]},
        {"action": "delete", "runs": [str(n) for n in range(10_001)]},
    ):  # fmt: skip
        status, told = bulk(**body)
        assert (status, bool(told["message"])) == (422, True), body
    assert bulk(action="delete", query={"filter": "x ="})[0] == 400
    assert bulk(action="delete", runs=["nobody"])[1]["refused"] == [
        {"run_id": "nobody", "message": "There is no such run in this workspace."}
    ]
    assert bulk(by=oscar, action="delete", runs=[])[0] == 404
