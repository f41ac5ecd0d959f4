"""Registered models and versions, told by hand."""

import pytest
from django.conf import settings

from registry.mlmodels.models import ModelVersion
from registry.runs import artifacts
from tests.conftest import person
from tests.protocol.program import Program, bearer
from tests.registry import make


@pytest.fixture
def model(program):
    program.post("registered-models/create", name="income", description="Who earns more")
    return "income"


def version_of(program, name="income", source="s3://bucket/model", **more):
    return program.post("model-versions/create", name=name, source=source, **more)


def told(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(answer, code="INVALID_PARAMETER_VALUE", status=400):
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content
    return answer.json()["message"]


def logged(run, path="model"):
    """A model folder among the files of a run, as a client uploaded it."""
    return make.model_folder(settings.STORE_DIR / artifacts.root_of(run) / path)


def test_a_model_is_made_once(program, model):
    got = told(program.get("registered-models/get", name=model))["registered_model"]

    assert (got["name"], got["description"], got["tags"], got["latest_versions"]) == (model, "Who earns more", [], [])
    assert refused(program.post("registered-models/create", name=model), "RESOURCE_ALREADY_EXISTS").startswith(
        "Registered Model (name=income) already exists"
    )


@pytest.mark.parametrize("name", ["a/b", "a:b", "", "  ", "..", "x" * 257, "a\\b", "a\nb", None, 7, ["a"]])
def test_a_name_that_cannot_be_is_refused(program, db, name):
    refused(program.post("registered-models/create", name=name))


@pytest.mark.parametrize("name", ["größe 模型", "a.b", "x" * 256, "<b>", "50%", "a?b#c", "a  b"])
def test_other_names_are_kept_and_have_a_page(program, carl, client_for, name):
    told(program.post("registered-models/create", name=name))

    assert told(program.get("registered-models/get", name=name))["registered_model"]["name"] == name
    from django.urls import reverse

    page = client_for(carl).get(reverse("model", kwargs={"workspace": "lab", "name": name}))
    assert page.status_code == 200


def test_renaming_takes_versions_and_aliases_along(program, model):
    version_of(program)
    program.post("registered-models/alias", name=model, alias="champion", version="1")
    program.post("registered-models/create", name="taken")

    told(program.post("registered-models/rename", name=model, new_name="wages"))

    assert told(program.get("registered-models/alias", name="wages", alias="champion"))["model_version"]["name"] == "wages"
    assert "income not found" in refused(program.get("registered-models/get", name=model), "RESOURCE_DOES_NOT_EXIST", 404)
    refused(program.post("registered-models/rename", name="wages", new_name="taken"), "RESOURCE_ALREADY_EXISTS")


def test_tags_of_models_and_versions(program, model):
    version_of(program, tags=[{"key": "a", "value": "1"}])
    program.post("registered-models/set-tag", name=model, key="team", value="risk")
    program.post("registered-models/set-tag", name=model, key="team", value="fraud")
    program.post("model-versions/set-tag", name=model, version="1", key="b", value="")
    program.delete("model-versions/delete-tag", name=model, version="1", key="a")

    assert told(program.get("registered-models/get", name=model))["registered_model"]["tags"] == [
        {"key": "team", "value": "fraud"}
    ]
    assert told(program.get("model-versions/get", name=model, version="1"))["model_version"]["tags"] == [
        {"key": "b", "value": ""}
    ]
    told(program.delete("registered-models/delete-tag", name=model, key="never there"))
    refused(program.post("registered-models/set-tag", name=model, key="x", value="v" * 100_001))


def test_an_alias_is_moved_from_version_to_version_and_goes_with_it(program, model):
    version_of(program)
    version_of(program)
    program.post("registered-models/alias", name=model, alias="champion", version="1")
    program.post("registered-models/alias", name=model, alias="champion", version="2")

    by_alias = told(program.get("registered-models/alias", name=model, alias="champion"))["model_version"]
    assert (by_alias["version"], by_alias["aliases"]) == ("2", ["champion"])
    assert told(program.get("registered-models/get", name=model))["registered_model"]["aliases"] == [
        {"alias": "champion", "version": "2"}
    ]
    program.delete("model-versions/delete", name=model, version="2")
    assert "alias champion not found" in refused(program.get("registered-models/alias", name=model, alias="champion"))


@pytest.mark.parametrize("alias", ["latest", "LATEST", "v1", "V20", "a b", "a/b", "", "x" * 256])
def test_an_alias_that_cannot_be_is_refused(program, model, alias):
    version_of(program)
    refused(program.post("registered-models/alias", name=model, alias=alias, version="1"))


def test_latest_is_the_newest_whatever_its_stage(program, model):
    version_of(program)
    version_of(program)
    program.post("model-versions/transition-stage", name=model, version="2", stage="Archived")

    assert told(program.get("registered-models/alias", name=model, alias="latest"))["model_version"]["version"] == "2"


def test_stages_of_old_clients(program, model):
    for _ in range(3):
        version_of(program)
    move = "model-versions/transition-stage"
    told(program.post(move, name=model, version="1", stage="production"))
    told(program.post(move, name=model, version="2", stage="Production", archive_existing_versions=True))

    latest = told(program.post("registered-models/get-latest-versions", name=model))["model_versions"]
    assert {v["current_stage"]: v["version"] for v in latest} == {"Archived": "1", "Production": "2", "None": "3"}
    only = told(program.get("registered-models/get-latest-versions", name=model, stages="Production"))["model_versions"]
    assert [v["version"] for v in only] == ["2"]
    assert "not an Active stage" in refused(
        program.post(move, name=model, version="3", stage="Archived", archive_existing_versions=True)
    )
    assert "Value must be one of" in refused(program.post(move, name=model, version="3", stage="gone"))


def test_a_version_outlives_its_run(program, model, run):
    folder = logged(run)

    got = told(version_of(program, source=f"runs:/{run}/model", run_id=run))["model_version"]

    assert (got["version"], got["run_id"], got["status"], got["user_id"]) == ("1", run, "READY", "carl")
    address = told(program.get("model-versions/get-download-uri", name=model, version="1"))["artifact_uri"]
    below = address.removeprefix("mlflow-artifacts:/")
    (folder / "MLmodel").unlink()
    listed = told(program.get("/api/2.0/mlflow-artifacts/artifacts", path=below))["files"]
    assert {file["path"] for file in listed} == {"MLmodel", "model.pkl", "requirements.txt"}
    file = program.get(f"/api/2.0/mlflow-artifacts/artifacts/{below}/MLmodel")
    assert b"flavors" in b"".join(file.streaming_content)


def test_the_files_of_a_version_never_change(program, model, run):
    logged(run)
    version_of(program, source=f"runs:/{run}/model", run_id=run)
    address = told(program.get("model-versions/get-download-uri", name=model, version="1"))["artifact_uri"]
    file = f"/api/2.0/mlflow-artifacts/artifacts/{address.removeprefix('mlflow-artifacts:/')}/MLmodel"

    refused(program.put(file, b"other"), "PERMISSION_DENIED", 403)
    refused(program.delete(file), "PERMISSION_DENIED", 403)


def test_a_version_made_before_its_upload_is_copied_when_it_is_asked_for(program, model, run):
    version_of(program, source=f"runs:/{run}/later", run_id=run)
    asked = {"name": model, "version": "1"}
    assert told(program.get("model-versions/get-download-uri", **asked)) == {"artifact_uri": f"runs:/{run}/later"}

    logged(run, "later")

    assert told(program.get("model-versions/get-download-uri", **asked))["artifact_uri"].startswith("mlflow-artifacts:/models/")
    assert ModelVersion.objects.get().bytes > 1000


def test_a_source_elsewhere_is_kept_as_text(program, model):
    got = told(version_of(program, source="s3://bucket/m", run_id="somebody-elses"))["model_version"]

    assert (got["source"], got["run_id"]) == ("s3://bucket/m", "somebody-elses")
    assert told(program.get("model-versions/get-download-uri", name=model, version="1"))["artifact_uri"] == "s3://bucket/m"


@pytest.mark.parametrize("source", ["/etc", "file:///etc", "relative/path", "file://localhost/etc", "", "FILE:/etc"])
def test_paths_of_the_server_are_refused(program, model, source):
    refused(version_of(program, source=source))
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize(
    "source",
    [
        "mlflow-artifacts:/models/../../etc", "mlflow-artifacts:/a/..%2f..%2fetc", "mlflow-artifacts:/a/%252e%252e/b",
        "s3://bucket/a/../b", "https://host/a/../../b", "mlflow-artifacts:/x%00y",
    ],
)  # fmt: skip
def test_sources_that_lead_elsewhere_are_refused(program, model, source):
    refused(version_of(program, source=source))


def test_nothing_of_another_workspace_becomes_a_version(program, model, db):
    from registry.runs import experiments, tracked
    from registry.workspaces.models import Workspace

    other = Workspace.objects.create(name="Other", slug="other")
    olga = person("olga", other, "owner")
    theirs = tracked.create(experiment=experiments.default(other), by=olga, name="secret").run_id
    logged(theirs)

    refused(version_of(program, source=f"mlflow-artifacts:/0/{theirs}/artifacts/model", run_id=theirs))
    told(version_of(program, source=f"runs:/{theirs}/model", run_id=theirs))
    assert ModelVersion.objects.get().path == ""
    address = told(program.get("model-versions/get-download-uri", name=model, version="1"))["artifact_uri"]
    assert address == f"runs:/{theirs}/model"


def test_a_run_that_does_not_hold_the_source_is_refused(program, model, run):
    logged(run)
    other = program.post("runs/create", experiment_id="0", start_time=1).json()["run"]["info"]["run_id"]

    assert "must identify the resource" in refused(version_of(program, source=f"runs:/{run}/model", run_id=other))


def test_a_version_of_a_version(program, model, run):
    logged(run)
    version_of(program, source=f"runs:/{run}/model", run_id=run)
    program.post("registered-models/create", name="copy")

    got = told(version_of(program, "copy", source="models:/income/1"))["model_version"]
    program.delete("registered-models/delete", name=model)

    assert (got["source"], got["run_id"]) == ("models:/income/1", run)
    assert ModelVersion.objects.get().bytes > 1000


def test_numbers_of_deleted_versions_never_come_back(program, model):
    version_of(program)
    version_of(program)
    program.delete("model-versions/delete", name=model, version="2")

    assert told(version_of(program))["model_version"]["version"] == "3"
    refused(program.get("model-versions/get", name=model, version="2"), "RESOURCE_DOES_NOT_EXIST", 404)
    refused(program.get("model-versions/get", name=model, version="two"))
    refused(program.get("model-versions/get", name=model, version=str(2**70)), "INVALID_PARAMETER_VALUE")


def test_prompts_share_the_names_but_not_the_lists(program, model):
    is_prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    program.post("registered-models/create", name="hello", tags=is_prompt)
    text = [*is_prompt, {"key": "mlflow.prompt.text", "value": "Hello {{who}}"}]
    told(version_of(program, "hello", source="dummy-source", tags=text))

    listed = told(program.get("registered-models/search"))["registered_models"]
    assert [m["name"] for m in listed] == ["income"]
    found = told(program.get("registered-models/search", filter="tags.`mlflow.prompt.is_prompt` = 'true'"))
    assert [m["name"] for m in found["registered_models"]] == ["hello"]
    assert "already taken by a prompt" in refused(
        program.post("registered-models/create", name="hello"), "RESOURCE_ALREADY_EXISTS"
    )


def test_who_may_only_read_changes_nothing(program, readers_program, model):
    version_of(program)

    refused(readers_program.post("registered-models/set-tag", name=model, key="a", value="b"), "PERMISSION_DENIED", 403)
    refused(readers_program.delete("model-versions/delete", name=model, version="1"), "PERMISSION_DENIED", 403)
    assert told(readers_program.get("model-versions/get", name=model, version="1"))


def test_an_outsider_finds_no_models(program, model, oscar):
    refused(Program(bearer(oscar)).get("registered-models/get", name=model), "RESOURCE_DOES_NOT_EXIST", 404)
