"""Registered models over REST."""

import io
import zipfile

import pytest

from registry.mlmodels import services
from tests.registry import make

pytestmark = pytest.mark.django_db
BASE = "/api/v1/w/lab/models"


@pytest.fixture
def register(workspace, tmp_path):
    def one(name="Income", run=None, **details):
        folder = make.model_folder(tmp_path / "model")
        return services.register(
            workspace=workspace, name=name, folder=folder, run=run,
            details={"task": "binary", "algorithm": "Two-Class Forest", "metrics": {"auc": 0.9}, **details},
        )  # fmt: skip

    return one


def test_the_list_shows_models_with_their_newest_version(register, alice, api_for):
    register("Income")
    register("Prices", task="regression")
    register("Income")

    results = api_for(alice).get(BASE).json()["results"]

    assert [(m["name"], m["versions"], m["newest"], m["task"]) for m in results] == [
        ("Income", 2, 2, "binary"),
        ("Prices", 1, 1, "regression"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=inc", ["Income"]),
        ("q=inc blue", ["Income"]),
        ("q=nothing", []),
        ("tag=blue", ["Income"]),
        ("tag=blu", []),
        ("q=größe", ["Income"]),
        ("q=%25", []),
    ],
)
def test_models_are_found_by_name_description_and_tags(register, alice, api_for, query, expected):
    income = register("Income").model
    register("Prices")
    services.describe_model(model=income, by=alice, tags=["blue", "größe"])

    assert [m["name"] for m in api_for(alice).get(f"{BASE}?{query}").json()["results"]] == expected


def test_the_list_costs_the_same_for_many_models(register, alice, api_for, django_assert_num_queries):
    for count in (2, 10):
        for n in range(count):
            register(f"Model {count} {n}")
        with django_assert_num_queries(5):
            api_for(alice).get(BASE)


def test_the_list_is_paged(register, alice, api_for):
    for n in range(3):
        register(f"Model {n}")

    page = api_for(alice).get(f"{BASE}?page_size=2").json()

    assert [m["name"] for m in page["results"]] == ["Model 2", "Model 1"]
    assert [m["name"] for m in api_for(alice).get(page["next"]).json()["results"]] == ["Model 0"]


def test_a_version_names_the_run_and_the_data_it_came_from(workspace, register, alice, api_for):
    run = make.run(workspace, alice)
    make.data_read(run, make.data_version(workspace, "adult", 3))
    step = make.step(run, name="Train Model", created_by=alice)
    register(run=step)

    seen = api_for(alice).get(f"{BASE}/Income/versions/1").json()

    assert (seen["run"], seen["root_run"]) == (step.run_id, run.run_id)
    assert seen["data"] == [{"data": "adult", "version": 3}]
    assert seen["details"]["metrics"] == {"auc": 0.9}
    assert seen["created_by"] == "alice"  # who submitted the run


def test_versions_cost_the_same_however_many(workspace, register, alice, api_for, django_assert_num_queries):
    for count in (2, 8):
        for _ in range(count):
            run = make.run(workspace, alice)
            make.data_read(run, make.data_version(workspace, f"d{run.pk}"))
            register(run=make.step(run))
        with django_assert_num_queries(9):
            api_for(alice).get(f"{BASE}/Income/versions")


def test_a_model_is_described(register, carl, api_for):
    register()

    answer = api_for(carl).patch(f"{BASE}/Income", {"description": "Who earns more", "tags": ["a"]}, format="json")

    assert answer.json()["description"] == "Who earns more"
    assert answer.json()["tags"] == ["a"]


def test_a_version_is_downloaded_as_a_zip(register, rita, api_for):
    register()

    answer = api_for(rita).get(f"{BASE}/Income/versions/1/download")

    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    assert "Income 1/MLmodel" in archive.namelist()


@pytest.mark.parametrize("path", ["/Nothing", "/Income/versions/9", "/Income/versions/9/download", "/Nothing/versions"])
def test_what_is_not_there_is_named(register, alice, api_for, path):
    register()

    answer = api_for(alice).get(BASE + path)

    assert answer.status_code == 404
    assert "Nothing" in answer.json()["message"] or "9" in answer.json()["message"]


def test_a_version_and_a_model_are_deleted(register, carl, api_for):
    register()
    register()
    api = api_for(carl)

    assert api.delete(f"{BASE}/Income/versions/2").status_code == 204
    assert [v["number"] for v in api.get(f"{BASE}/Income/versions").json()["results"]] == [1]
    assert api.delete(f"{BASE}/Income").status_code == 204
    assert api.get(BASE).json()["results"] == []


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize("path", ["/Income", "/Income/versions/1"])
def test_a_reader_changes_nothing_and_an_outsider_sees_nothing(register, rita, oscar, api_for, method, path):
    register()

    assert getattr(api_for(rita), method)(BASE + path, {"description": "x"}, format="json").status_code == 403
    assert getattr(api_for(oscar), method)(BASE + path, {"description": "x"}, format="json").status_code == 404
    assert api_for(oscar).get(BASE + path).status_code == 404


def test_only_a_models_output_can_be_registered(workspace, alice, carl, api_for):
    step = make.step(make.run(workspace, alice))
    make.table(step)

    answer = api_for(carl).post(f"/api/v1/w/lab/runs/{step.run_id}/outputs/table/register", {"name": "X"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "not-a-model")


def test_a_version_shows_what_was_said_of_its_own_algorithm(workspace, register, alice):
    from registry.mlmodels import selectors

    run = make.run(workspace, alice)
    models = [{"name": name, "metrics": {"auc": auc}} for name, auc in (("Two-Class Decision Forest", 0.8), ("Another", 0.7))]
    make.evaluation(make.step(run), document={"format": 1, "task": "binary", "models": models, "figures": []})
    forest = register(run=make.step(run), algorithm="two-class-forest")
    other = register("Other", run=make.step(run), algorithm="nameless")

    found = selectors.evaluations_behind([forest, other])

    assert [one["name"] for one in found[forest.pk]] == ["Two-Class Decision Forest"]
    assert [one["name"] for one in found[other.pk]] == ["Two-Class Decision Forest", "Another"]
