"""The pages of runs and models: what they show, to whom, and what their buttons do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from designer.pipelines.models import Pipeline, PipelineRun
from registry.mlmodels import services as mlmodels
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs.models import Comment, Run, Tag
from tests.registry import make

pytestmark = pytest.mark.django_db
LONG = "A name of eighty characters without any space_in_its_last_part_that_could_break!"


@pytest.fixture
def drawn(workspace, alice):
    """A finished pipeline run with a drawing."""
    run = make.run(workspace, alice, name=LONG, spec=True)
    pipeline = Pipeline.objects.create(workspace=workspace, name="Income")
    nodes = [{"id": "n1", "component": "split-data", "version": 1, "title": "Split", "x": 0, "y": 0, "params": {}}]
    PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph={"format": 1, "nodes": nodes, "edges": []})
    make.table(make.step(run, "n1", name="Split"))
    return run


@pytest.fixture
def version(workspace, alice, tmp_path):
    run = make.run(workspace, alice, name="Income run")
    make.data_read(run, make.data_version(workspace, "adult", 2))
    make.evaluation(make.step(run, "eval"))
    made = mlmodels.register(
        workspace=workspace, name=LONG, folder=make.model_folder(tmp_path / "m"), run=make.step(run, "train"), by=alice,
        details={
            "task": "binary", "algorithm": "Two-Class Forest", "label": "income", "classes": ["<=50K", ">50K"],
            "features": [{"name": "age", "kind": "integer"}],
            "signature": {"inputs": [{"name": "age", "type": "long", "required": True}]},
        },
    )  # fmt: skip
    mlmodels.describe_model(model=made.model, by=alice, tags=[f"tag number {n}" for n in range(30)])
    return made


def test_a_run_is_shown_with_its_drawing_and_its_components(drawn, rita, client_for):
    answer = client_for(rita).get(f"/w/lab/runs/{drawn.run_id}/")

    page = answer.context["page"]
    assert page["graph"]["nodes"][0]["id"] == "n1"
    assert page["components"]["split-data"]["outputs"] == ["first", "second"]
    assert page["detail"]["steps"][0]["name"] == "Split"
    assert "Run again" not in answer.content.decode()


def test_what_a_run_says_cannot_become_markup(workspace, alice, client_for):
    evil = "</script><script>alert(1)</script>"
    run = make.run(workspace, alice, name=evil, status="failed", error={"code": "x", "message": evil, "traceback": evil})

    page = client_for(alice).get(f"/w/lab/runs/{run.run_id}/").content.decode()

    assert "<script>alert" not in page


def test_a_component_that_is_gone_does_not_break_the_page(drawn, alice, client_for):
    drawing = drawn.pipeline_run
    drawing.graph["nodes"][0]["component"] = "long-gone"
    drawing.save()

    assert client_for(alice).get(f"/w/lab/runs/{drawn.run_id}/").status_code == 200


def test_the_address_of_a_step_leads_to_its_run(drawn, alice, client_for):
    step = drawn.steps.get()

    answer = client_for(alice).get(f"/w/lab/runs/{step.run_id}/")

    assert answer.headers["Location"] == f"/w/lab/runs/{drawn.run_id}/?step=n1"


def test_the_buttons_of_a_run_do_what_they_say(drawn, carl, client_for):
    client = client_for(carl)

    again = client.post(f"/w/lab/runs/{drawn.run_id}/rerun/", {"reuse": "no"})
    new = Run.objects.get(resumed_from=None, status="queued")
    assert again.headers["Location"] == f"/w/lab/runs/{new.run_id}/"
    assert new.spec["reuse"] is False

    client.post(f"/w/lab/runs/{new.run_id}/cancel/")
    new.refresh_from_db()
    assert new.status == "cancelled"

    resumed = client.post(f"/w/lab/runs/{new.run_id}/resume/")
    assert Run.objects.get(resumed_from=new).run_id in resumed.headers["Location"]

    client.post(f"/w/lab/runs/{new.run_id}/archive/")
    new.refresh_from_db()
    assert new.archived_at


@pytest.mark.parametrize("verb", ["cancel", "rerun", "resume", "archive"])
def test_a_reader_presses_nothing(drawn, rita, oscar, client_for, verb):
    assert client_for(rita).post(f"/w/lab/runs/{drawn.run_id}/{verb}/").status_code == 403
    assert client_for(oscar).post(f"/w/lab/runs/{drawn.run_id}/{verb}/").status_code == 404
    assert client_for(rita).get(f"/w/lab/runs/{drawn.run_id}/{verb}/").url == f"/w/lab/runs/{drawn.run_id}/"


def test_an_import_is_shown_by_its_name_not_by_a_key_of_the_engine(workspace, alice, client_for):
    run = make.run(workspace, alice, kind="data-import", name="Import Cars, version 2", source="data version 16")

    shown = client_for(alice).get(f"/w/lab/runs/{run.run_id}/").content.decode()

    assert "Import Cars, version 2" in shown
    assert ">data version 16" not in shown and "· data version 16" not in shown


def test_a_tracked_run_comes_with_its_notes_files_and_rights(workspace, alice, rita, client_for):
    run = make.tracked(workspace, alice, name="Trial")
    make.artifact(run, "plots/roc.png", b"x")
    Tag.objects.create(run=run, key="mlflow.note.content", value="# Why </script><script>alert(1)</script>")

    answer = client_for(rita).get(f"/w/lab/runs/{run.run_id}/")

    page = answer.context["page"]
    assert page["artifacts"]["image"] == 1
    assert page["about"]["description"].startswith("# Why") and page["about"]["experiment"]["name"] == "Default"
    assert (page["mayEdit"], page["mayRegister"], page["mayTidy"]) == (False, False, False)
    assert "<script>alert" not in answer.content.decode()
    assert client_for(alice).get(f"/w/lab/runs/{run.run_id}/").context["page"]["mayTidy"] is True


def test_who_cancels_a_tracked_run_is_told_what_that_means(workspace, alice, drawn, client_for):
    tracked = make.tracked(workspace, alice, status="running")

    assert "Mark as cancelled" in client_for(alice).get(f"/w/lab/runs/{tracked.run_id}/").content.decode()
    assert "Mark as cancelled" not in client_for(alice).get(f"/w/lab/runs/{drawn.run_id}/").content.decode()


def test_the_page_of_a_run_costs_the_same_however_much_hangs_on_it(workspace, alice, client_for):
    def queries(run):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/w/lab/runs/{run.run_id}/").status_code == 200
        return len(asked)

    client = client_for(alice)
    run = make.tracked(workspace, alice)
    make.metric(run, "loss", 1)
    client.get(f"/w/lab/runs/{run.run_id}/")
    few = queries(run)
    for n in range(20):
        make.metric(run, f"loss {n}", 1)
        make.param(run, f"depth {n}", "1")
        make.tracked(workspace, alice, nested_in=run)
        Tag.objects.create(run=run, key=f"tag {n}", value="x")
        Comment.objects.create(run=run, author=alice, text="x")
        make.artifact(run, f"{n}/a.png", "x")

    assert queries(run) == few


def test_models_are_listed_with_their_tags(version, rita, client_for):
    page = client_for(rita).get("/w/lab/models/").content.decode()

    assert LONG in page and "tag number 29" in page and "26 more" in page


def test_models_are_found(version, rita, client_for):
    client = client_for(rita)

    assert LONG in client.get("/w/lab/models/?q=eighty").content.decode()
    assert LONG in client.get("/w/lab/models/?tag=tag number 3").content.decode()
    assert LONG not in client.get("/w/lab/models/?q=%00nothing").content.decode()


def test_a_model_shows_its_versions_and_where_they_came_from(version, rita, client_for):
    page = client_for(rita).get(f"/w/lab/models/{LONG}/").content.decode()

    assert "Income run" in page and "adult" in page and "version 2" in page
    assert "AUC" in page and "0.9" in page
    assert "Delete" not in page


def test_a_version_shows_signature_requirements_and_origin(version, rita, client_for):
    page = client_for(rita).get(f"/w/lab/models/{LONG}/versions/1/").content.decode()

    assert "scikit-learn==1.9.0" in page
    assert "age" in page and "long" in page and "integer" in page
    assert "Made by the run" in page and "adult" in page
    assert "&lt;=50K" in page


def test_a_version_whose_files_are_gone_is_still_shown(version, rita, client_for, settings):
    import shutil

    shutil.rmtree(settings.STORE_DIR / version.path)

    assert "no longer in the store" in client_for(rita).get(f"/w/lab/models/{LONG}/versions/1/").content.decode()


def test_a_model_is_described_and_deleted(version, carl, client_for):
    client = client_for(carl)

    client.post(f"/w/lab/models/{LONG}/describe/", {"description": "Better", "tags": "a, b,,a"})
    client.post(f"/w/lab/models/{LONG}/versions/1/describe/", {"description": "First"})
    model = RegisteredModel.objects.get()
    assert (model.description, [str(tag) for tag in model.tags.all()], model.versions.get().description) == ("Better", ["a", "b"], "First")

    client.post(f"/w/lab/models/{LONG}/versions/1/delete/")
    assert not ModelVersion.objects.exists()
    assert client.get(f"/w/lab/models/{LONG}/").status_code == 200
    client.post(f"/w/lab/models/{LONG}/delete/")
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize("path", ["describe/", "delete/", "versions/1/describe/", "versions/1/delete/"])
def test_a_reader_changes_no_model(version, rita, oscar, client_for, path):
    assert client_for(rita).post(f"/w/lab/models/{LONG}/{path}").status_code == 403
    assert client_for(oscar).post(f"/w/lab/models/{LONG}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["runs/", "models/", "runs/abc/", "models/x/", "models/x/versions/1/"])
def test_an_outsider_sees_no_page(drawn, version, oscar, client_for, path):
    assert client_for(oscar).get(f"/w/lab/{path}").status_code == 404
