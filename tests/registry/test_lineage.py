"""Where things come from and what became of them, one step at a time."""

import pytest

from registry.lineage import selectors
from registry.mlmodels.models import LoggedModel, ModelUse, ModelVersion, RegisteredModel
from registry.runs.models import Dataset, DatasetUse
from tests.registry import make

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/w/lab/lineage"


def titles(picture):
    """["cause -words-> effect"], by titles."""
    nodes = {node["id"]: node["title"] for node in picture["nodes"]}
    return sorted(f"{nodes[e['source']]} -{e['words']}-> {nodes[e['target']]}" for e in picture["edges"])


@pytest.fixture
def story(workspace, alice):
    """Data, read by a run in a run, that made a model, which was registered, and which another run read."""
    outer = make.tracked(workspace, alice, name="Sweep")
    run = make.tracked(workspace, alice, name="Trial", nested_in=outer)
    make.data_read(run, make.data_version(workspace, "adult", 2))
    dataset = Dataset.objects.create(experiment=run.experiment, name="wine", digest="1a", source_type="http", source="{}")
    DatasetUse.objects.create(run=run, dataset=dataset)
    model = LoggedModel.objects.create(experiment=run.experiment, name="forest", run=run)
    ModelUse.objects.create(run=run, model_id=model.model_id, direction="output")
    registered = RegisteredModel.objects.create(workspace=workspace, name="income")
    ModelVersion.objects.create(model=registered, number=3, run=run, logged_model_id=model.model_id)
    judge = make.tracked(workspace, alice, name="Evaluation")
    ModelUse.objects.create(run=judge, model_id=model.model_id, direction="input")
    make.tracked(workspace, alice, name="Grandchild", nested_in=run)
    return {"run": run, "model": model, "dataset": dataset, "judge": judge}


def test_a_run_stands_between_its_data_and_its_models(story, rita, api_for):
    picture = api_for(rita).get(f"{ADDRESS}?node=run:{story['run'].run_id}").json()

    assert titles(picture) == [
        "Sweep -contains-> Trial", "Trial -contains-> Grandchild", "Trial -made-> forest", "adult -read by-> Trial",
        "forest -registered as-> income", "wine -read by-> Trial",
    ]  # fmt: skip
    assert picture["root"] == f"run:{story['run'].run_id}"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("data:adult/2", ["adult -read by-> Trial"]),
        ("dataset:{dataset.pk}", ["wine -read by-> Trial"]),
        ("model:{model.model_id}", ["Trial -made-> forest", "forest -read by-> Evaluation", "forest -registered as-> income"]),
        ("version:income/3", ["Trial -made-> forest", "forest -registered as-> income"]),
        ("run:{judge.run_id}", ["forest -read by-> Evaluation"]),
    ],
)
def test_every_thing_leads_on(story, rita, api_for, node, expected):
    picture = api_for(rita).get(ADDRESS, {"node": node.format(**story)}).json()

    assert titles(picture) == expected


def test_runs_that_took_over_what_others_had_done_are_joined(workspace, alice):
    first, second, third = (make.run(workspace, alice, name=name) for name in ("First", "Second", "Third"))
    done = make.step(first, "a")
    make.step(second, "a", reused_from=done)
    make.step(second, "b", reused_from=done)
    second.resumed_from = first
    second.save()
    make.step(third, "a", reused_from=done)

    assert titles(selectors.around(workspace, f"run:{second.run_id}")) == ["First -gone on from by-> Second", "First -reused by-> Second"]
    assert "First -reused by-> Third" in titles(selectors.around(workspace, f"run:{first.run_id}"))
    # A step is shown as its run.
    assert selectors.around(workspace, f"run:{done.run_id}")["root"] == f"run:{first.run_id}"


def test_of_many_some_are_shown_and_it_says_so(workspace, alice):
    outer = make.tracked(workspace, alice)
    for _ in range(selectors.MOST + 1):
        make.tracked(workspace, alice, nested_in=outer)

    picture = selectors.around(workspace, f"run:{outer.run_id}")

    assert len(picture["edges"]) == selectors.MOST
    assert picture["nodes"][0]["more"] == ["nested runs"]


def test_what_lies_in_the_bin_is_left_out(story, workspace, alice):
    story["judge"].deleted_at = story["judge"].created_at
    story["judge"].save()

    assert "forest -read by-> Evaluation" not in titles(selectors.around(workspace, f"model:{story['model'].model_id}"))


@pytest.mark.parametrize("node", ["", "run", "run:", "thing:1", "run:\0", "user:1"])
def test_nonsense_is_refused(rita, api_for, node):
    assert api_for(rita).get(ADDRESS, {"node": node}).status_code == 422


@pytest.mark.parametrize("node", ["run:nothing", "data:adult/x", "data:adult/99999999999", "dataset:-1", "model:m-1", "version:income/1"])
def test_what_is_not_there_is_not_found(rita, api_for, node):
    assert api_for(rita).get(ADDRESS, {"node": node}).status_code == 404


def test_nobody_looks_into_another_workspace(story, oscar, api_for):
    from registry.workspaces.models import Membership, Workspace

    Membership.objects.create(workspace=Workspace.objects.create(name="Else", slug="else"), user=oscar, role="owner")

    for node in (f"run:{story['run'].run_id}", f"model:{story['model'].model_id}", "data:adult/2", f"dataset:{story['dataset'].pk}"):
        assert api_for(oscar).get("/api/v1/w/else/lineage", {"node": node}).status_code == 404
    assert api_for(oscar).get(ADDRESS, {"node": "data:adult/2"}).status_code == 404
