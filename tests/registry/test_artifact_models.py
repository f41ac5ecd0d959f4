"""Models among the files of a run, and those that lie in folders of their own."""

import pytest
from django.conf import settings

from registry.mlmodels import logged
from registry.mlmodels.models import LoggedModel, ModelVersion
from tests.registry import make

pytestmark = pytest.mark.django_db

MLMODEL = """
artifact_path: model
flavors:
  python_function: {python_version: 3.11.7}
  sklearn: {sklearn_version: 1.9.0}
mlflow_version: 3.17.2
signature:
  inputs: '[{"name": "age", "type": "long", "required": true}]'
  outputs: '[{"type": "double"}]'
"""


@pytest.fixture
def run(workspace, alice):
    run = make.tracked(workspace, alice)
    make.artifact(run, "best model/MLmodel", MLMODEL)
    make.artifact(run, "best model/requirements.txt", "scikit-learn==1.9.0\n")
    make.artifact(run, "best model/input_example.json", '{"columns": ["age"], "data": [[1]]}')
    make.artifact(run, "notes.txt", "x")
    return run


@pytest.fixture
def model(run):
    made = LoggedModel.objects.create(experiment=run.experiment, name="forest", run=run)
    folder = settings.STORE_DIR / logged.root(made.model_id)
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text(MLMODEL)
    (folder / "model.html").write_text("<script>alert(1)</script>")
    return made


def at(run):
    return f"/api/v1/w/lab/runs/{run.run_id}/artifacts"


def test_a_folder_says_what_model_it_holds(run, rita, api_for):
    told = api_for(rita).get(f"{at(run)}/model", {"path": "best model"}).json()

    assert told["flavors"] == {"python_function": "3.11.7", "sklearn": "1.9.0"}
    assert told["signature"]["inputs"] == [{"name": "age", "type": "long", "required": True}]
    assert told["requirements"].startswith("scikit-learn") and "age" in told["example"]


def test_a_model_folder_is_registered_and_then_says_as_what(run, carl, rita, api_for):
    address = f"{at(run)}/model/register"
    assert api_for(rita).post(address, {"name": "income", "path": "best model"}, format="json").status_code == 403

    made = api_for(carl).post(address, {"name": "income", "path": "best model", "description": "Good."}, format="json")

    assert made.json() == {"model": "income", "number": 1}
    version = ModelVersion.objects.get()
    assert version.run == run and version.source == f"runs:/{run.run_id}/best model"
    assert (settings.STORE_DIR / version.path / "MLmodel").is_file()
    told = api_for(rita).get(f"{at(run)}/model", {"path": "best model"}).json()
    assert told["registered"] == [{"name": "income", "number": 1}]
    # Another folder of the same run is another version.
    make.artifact(run, "other/MLmodel", MLMODEL)
    again = api_for(carl).post(address, {"name": "income", "path": "other"}, format="json")
    assert again.json()["number"] == 2


@pytest.mark.parametrize("path", ["", "notes.txt", "nothing", "../x"])
def test_what_is_no_model_is_not_registered(run, carl, api_for, path):
    answer = api_for(carl).post(f"{at(run)}/model/register", {"name": "income", "path": path}, format="json")

    assert answer.status_code == 422


def test_a_logged_model_is_browsed_in_its_own_folder(run, model, rita, carl, api_for):
    base = f"/api/v1/w/lab/logged-models/{model.model_id}/artifacts"
    api = api_for(rita)

    assert [e["name"] for e in api.get(base).json()["entries"]] == ["MLmodel", "model.html"]
    assert "sandbox" in api.get(f"{base}/raw/model.html")["Content-Security-Policy"]
    assert api.get(f"{base}/preview", {"path": "MLmodel"}).json()["language"] == "yaml"
    made = api_for(carl).post(f"{base}/model/register", {"name": "forest"}, format="json").json()
    assert ModelVersion.objects.get(number=made["number"]).logged_model_id == model.model_id
    assert api.get(f"{base}/model").json()["registered"] == [{"name": "forest", "number": 1}]


def test_a_run_names_the_models_it_made_and_read(run, model, workspace, alice, rita, api_for):
    judge = make.tracked(workspace, alice)
    model.refresh_from_db()
    judge.model_uses.create(model_id=model.model_id, direction="input")

    def told(of):
        return [(m["name"], m["direction"]) for m in api_for(rita).get(f"/api/v1/w/lab/runs/{of.run_id}/logged-models").json()["results"]]

    assert told(run) == [("forest", "output")] and told(judge) == [("forest", "input")]


def test_a_model_of_another_workspace_is_not_there(model, oscar, api_for):
    assert api_for(oscar).get(f"/api/v1/w/lab/logged-models/{model.model_id}/artifacts").status_code == 404
