"""Aliases, stages and tags of models, over the API, on the pages, and from before they were."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registry.errors import Invalid, Refused
from registry.mlmodels import marking, services
from registry.mlmodels.models import ModelAlias, ModelVersion, RegisteredModel
from tests.registry import make

BASE = "/api/v1/w/lab/models"


@pytest.fixture
def versions(workspace, alice, tmp_path):
    folder = make.model_folder(tmp_path / "model")
    return [
        services.register(workspace=workspace, name="Income", folder=folder, details={}, run=None, by=alice)
        for _ in range(3)
    ]


def aliases(model="Income"):
    return {alias.name: alias.version.number for alias in ModelAlias.objects.filter(model__name=model)}


def test_an_alias_means_one_version(versions, carl):
    marking.set_alias(version=versions[0], by=carl, name="champion")
    marking.set_alias(version=versions[1], by=carl, name="champion")

    assert aliases() == {"champion": 2}


def test_the_aliases_of_a_version_are_written_in_one_go(versions, carl):
    marking.set_aliases(version=versions[0], by=carl, names=["champion", "old"])
    marking.set_aliases(version=versions[1], by=carl, names=[" champion", "", "gold", "gold"])

    assert aliases() == {"old": 1, "champion": 2, "gold": 2}
    with pytest.raises(Invalid):
        marking.set_aliases(version=versions[0], by=carl, names=["fine", "not fine"])
    assert aliases() == {"old": 1, "champion": 2, "gold": 2}


def test_archiving_in_favour_of_a_version(versions, carl):
    for version in versions:
        marking.move_to_stage(version=version, by=carl, stage="production", archive_others=True)

    assert list(ModelVersion.objects.order_by("number").values_list("stage", flat=True)) == ["Archived", "Archived", "Production"]
    with pytest.raises(Invalid):
        marking.move_to_stage(version=versions[0], by=carl, stage="None", archive_others=True)
    with pytest.raises(Invalid):
        marking.move_to_stage(version=versions[0], by=carl, stage="gone")


def test_a_reader_marks_nothing(versions, rita):
    with pytest.raises(Refused):
        marking.set_alias(version=versions[0], by=rita, name="mine")
    with pytest.raises(Refused):
        marking.move_to_stage(version=versions[0], by=rita, stage="Staging")


def test_aliases_over_the_api(versions, carl, api_for):
    api = api_for(carl)

    assert api.put(f"{BASE}/Income/aliases/champion", {"version": 2}, format="json").json() == {"alias": "champion", "version": 2}
    assert api.get(f"{BASE}/Income").json()["aliases"] == {"champion": 2}
    assert api.get(f"{BASE}/Income/versions/2").json()["aliases"] == ["champion"]
    assert [m["name"] for m in api.get(f"{BASE}?q=champ").json()["results"]] == ["Income"]
    assert api.put(f"{BASE}/Income/aliases/v2", {"version": 2}, format="json").status_code == 422
    assert api.put(f"{BASE}/Income/aliases/x", {"version": 9}, format="json").status_code == 404
    assert api.delete(f"{BASE}/Income/aliases/champion").status_code == 204
    assert api.delete(f"{BASE}/Income/aliases/champion").status_code == 404


def test_stage_and_tags_of_a_version_over_the_api(versions, carl, api_for):
    api = api_for(carl)

    changed = api.patch(f"{BASE}/Income/versions/1", {"stage": "staging", "tags": ["a", "b=1"]}, format="json").json()
    assert (changed["stage"], changed["tags"], changed["description"]) == ("Staging", ["a", "b=1"], "")
    assert api.patch(f"{BASE}/Income/versions/1", {"stage": "x", "description": "y"}, format="json").status_code == 422
    assert api.get(f"{BASE}/Income/versions/1").json()["description"] == ""


def test_a_model_is_renamed_over_the_api(versions, carl, api_for):
    api = api_for(carl)

    assert api.post(f"{BASE}/Income/rename", {"name": " Wages  2 "}, format="json").json()["name"] == "Wages 2"
    assert api.get(f"{BASE}/Income").status_code == 404
    RegisteredModel.objects.create(workspace=versions[0].model.workspace, name="Taken")
    assert api.post(f"{BASE}/Wages 2/rename", {"name": "Taken"}, format="json").status_code == 409
    assert api.post(f"{BASE}/Wages 2/rename", {"name": "a/b"}, format="json").status_code == 422


def test_the_form_of_a_version_changes_all_or_nothing(versions, carl, client_for):
    client = client_for(carl)
    address = "/w/lab/models/Income/versions/2/"
    form = {"description": "d", "tags": "a, team=risk", "aliases": "@champion, gold", "stage": "Production"}

    client.post(f"{address}describe/", form)
    page = client.get(address).content.decode()
    assert all(text in page for text in ("champion", "gold", "team=risk", "Production"))

    client.post(f"{address}describe/", {**form, "description": "other", "aliases": "latest"})
    assert ModelVersion.objects.get(number=2).description == "d"
    assert aliases() == {"champion": 2, "gold": 2}


def test_prompts_have_a_list_of_their_own(versions, carl, client_for):
    prompt = services.create(workspace=versions[0].model.workspace, name="Greeting", by=carl, tags={"mlflow.prompt.is_prompt": "true"})
    services.add_version(
        model=prompt, by=carl, folder=None, source="dummy-source",
        tags={"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Hello <b>{{who}}</b>"},
    )  # fmt: skip
    client = client_for(carl)

    assert "Greeting" not in client.get("/w/lab/models/").content.decode()
    assert "Greeting" in client.get("/w/lab/models/?kind=prompts").content.decode()
    page = client.get("/w/lab/models/Greeting/versions/1/").content.decode()
    assert "Hello &lt;b&gt;{{who}}&lt;/b&gt;" in page
    assert "mlflow.prompt.is_prompt" not in page


@pytest.mark.django_db(transaction=True)
def test_labels_of_before_are_tags_now():
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate([("mlmodels", "0001_initial")])
    old = executor.loader.project_state([("mlmodels", "0001_initial"), ("workspaces", "0001_initial")]).apps
    try:
        lab = old.get_model("workspaces", "Workspace").objects.create(name="Lab", slug="lab")
        model = old.get_model("mlmodels", "RegisteredModel").objects.create(workspace=lab, name="m", tags=["blue", "a=b", "größe", "=x"])
        old.get_model("mlmodels", "ModelVersion").objects.create(model=model, number=1, path="models/1/1")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)

    found = RegisteredModel.objects.get()
    assert [str(tag) for tag in found.tags.order_by("pk")] == ["blue", "a=b", "größe", "=x"]
    assert found.versions.get().stage == "None"
