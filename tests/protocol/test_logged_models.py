"""Logged models, told by hand."""

import pytest

from registry.mlmodels.models import LoggedModelMetric
from tests.protocol.program import Program, bearer, invalid, missing


def made(program, **more):
    answer = program.post("logged-models", experiment_id="0", **more)
    assert answer.status_code == 200, answer.content
    return answer.json()["model"]


@pytest.fixture
def model(program, run):
    return made(program, name="forest", model_type="Classifier", source_run_id=run)["info"]["model_id"]


def got(program, model_id):
    return program.get(f"logged-models/{model_id}").json()["model"]


def test_a_model_is_told_back(program, run):
    params, tags = [{"key": "depth", "value": "3"}], [{"key": "team", "value": "risk"}]

    model = made(program, name="forest", model_type="Classifier", source_run_id=run, params=params, tags=tags)

    info = model["info"]
    assert info["model_id"].startswith("m-")
    assert (info["name"], info["model_type"], info["source_run_id"]) == ("forest", "Classifier", run)
    assert (info["status"], info["experiment_id"], info["tags"]) == ("LOGGED_MODEL_PENDING", "0", tags)
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/models/{info['model_id']}/artifacts"
    assert model["data"] == {"metrics": [], "params": params}
    assert got(program, info["model_id"]) == model


def test_a_model_without_a_name_gets_one(program, db):
    assert made(program)["info"]["name"]


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "x" * 501])
def test_a_name_that_cannot_be_is_refused(program, db, name):
    invalid(program.post("logged-models", experiment_id="0", name=name))


@pytest.mark.parametrize("status", ["LOGGED_MODEL_READY", 2])
def test_a_model_is_finished(program, model, status):
    assert program.patch(f"logged-models/{model}", status=status).json()["model"]["info"]["status"] == "LOGGED_MODEL_READY"


@pytest.mark.parametrize("status", ["GONE", 9, None, [1], {}])
def test_a_status_that_there_is_not_is_refused(program, model, status):
    invalid(program.patch(f"logged-models/{model}", status=status))


def test_tags_and_params(program, model):
    program.patch(f"logged-models/{model}/tags", tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])
    program.patch(f"logged-models/{model}/tags", tags=[{"key": "b/c", "value": ""}])
    program.post(f"logged-models/{model}/params", params=[{"key": "p", "value": "1"}])

    told = got(program, model)
    assert told["info"]["tags"] == [{"key": "a", "value": "2"}, {"key": "b/c", "value": ""}]
    assert told["data"]["params"] == [{"key": "p", "value": "1"}]
    assert program.delete(f"logged-models/{model}/tags/b/c").status_code == 200
    missing(program.delete(f"logged-models/{model}/tags/b/c"))
    invalid(program.post(f"logged-models/{model}/params", params=[{"key": "p", "value": "2"}]))


def test_metrics_measured_on_a_model(program, run, model):
    data = {"dataset_name": "test", "dataset_digest": "d1"}
    one = {"key": "auc", "value": 0.5, "timestamp": 10, "step": 1, "model_id": model}
    program.post("runs/log-metric", run_id=run, **one)
    program.post("runs/log-batch", run_id=run, metrics=[one, {**one, "value": 0.75, "step": 2, **data}])
    program.post("runs/log-batch", run_id=run, metrics=[{**one, "key": "loss", "value": "NaN"}])

    assert got(program, model)["data"]["metrics"] == [
        {**one, "run_id": run},
        {**one, "value": 0.75, "step": 2, "run_id": run, **data},
        {**one, "key": "loss", "value": "NaN", "run_id": run},
    ]
    # The run has them too.
    metrics = program.get("runs/get", run_id=run).json()["run"]["data"]["metrics"]
    assert {m["key"]: m["value"] for m in metrics} == {"auc": 0.75, "loss": "NaN"}


def test_metrics_of_a_model_that_there_is_not(program, run):
    missing(program.post("runs/log-metric", run_id=run, key="auc", value=1, timestamp=1, model_id="m-" + "0" * 32))
    assert not LoggedModelMetric.objects.exists()


def test_a_deleted_model_is_found_only_by_who_asks_for_it(program, model):
    assert program.delete(f"logged-models/{model}").status_code == 200

    missing(program.get(f"logged-models/{model}"))
    assert program.get(f"logged-models/{model}", allow_deleted="true").status_code == 200
    assert program.post("logged-models/search", experiment_ids=["0"]).json()["models"] == []


def test_files_come_and_go_through_the_proxy(program, model):
    base = f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model}/artifacts"
    assert program.put(f"{base}/MLmodel", b"flavors: {}\n").status_code == 200
    program.put(f"{base}/data/größe.bin", b"123")

    listed = program.get(f"logged-models/{model}/artifacts/directories").json()
    assert listed["files"] == [
        {"path": "MLmodel", "is_dir": False, "file_size": 12},
        {"path": "data", "is_dir": True},
    ]
    inside = program.get(f"logged-models/{model}/artifacts/directories", artifact_directory_path="data").json()["files"]
    assert inside == [{"path": "data/größe.bin", "is_dir": False, "file_size": 3}]
    invalid(program.get(f"logged-models/{model}/artifacts/directories", artifact_directory_path="../.."))
    file = program.get(f"logged-models/{model}/artifacts/files", artifact_file_path="MLmodel")
    assert b"".join(file.streaming_content) == b"flavors: {}\n"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_version_is_registered_of_a_logged_model(program, run, model):
    program.put(f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model}/artifacts/MLmodel", b"flavors: {}\n")
    program.post("registered-models/create", name="income")

    told = program.post("model-versions/create", name="income", source=f"models:/{model}", model_id=model).json()

    version = told["model_version"]
    assert (version["source"], version["run_id"], version["model_id"]) == (f"models:/{model}", run, model)
    tags = {tag["key"]: tag["value"] for tag in got(program, model)["info"]["tags"]}
    assert tags["mlflow.modelVersions"] == '[{"name": "income", "version": 1}]'
    program.delete(f"logged-models/{model}")
    address = program.get("model-versions/get-download-uri", name="income", version="1").json()["artifact_uri"]
    below = address.removeprefix("mlflow-artifacts:/")
    assert program.get(f"/api/2.0/mlflow-artifacts/artifacts/{below}/MLmodel").status_code == 200


@pytest.fixture
def models(program, run):
    """best on test: b, then a; c was never measured."""
    ids = {}
    for name, values in (("a", [("train", 0.9), ("test", 0.6)]), ("b", [("train", 0.7), ("test", 0.8)]), ("c", [])):
        ids[name] = made(program, name=name, params=[{"key": "depth", "value": name * 2}])["info"]["model_id"]
        for n, (data, value) in enumerate(values):
            program.post(
                "runs/log-metric", run_id=run, key="auc", value=value, timestamp=n, step=0, model_id=ids[name],
                dataset_name=data, dataset_digest="d",
            )  # fmt: skip
    program.patch(f"logged-models/{ids['a']}", status="LOGGED_MODEL_READY")
    return ids


def found(program, **query):
    answer = program.post("logged-models/search", experiment_ids=["0"], **query)
    assert answer.status_code == 200, answer.content
    return [model["info"]["name"] for model in answer.json()["models"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"a", "b", "c"}),
        ({"filter": "name = 'a'"}, {"a"}),
        ({"filter": "name IN ('a', 'c')"}, {"a", "c"}),
        ({"filter": "status = 'READY'"}, {"a"}),
        ({"filter": "params.depth = 'bb'"}, {"b"}),
        ({"filter": "params.depth LIKE '%a'"}, {"a"}),
        ({"filter": "metrics.auc > 0.75"}, {"a", "b"}),
        ({"filter": "metrics.auc > 0.75", "datasets": [{"dataset_name": "test"}]}, {"b"}),
        ({"filter": "metrics.auc > 0.75", "datasets": [{"dataset_name": "test", "dataset_digest": "other"}]}, set()),
        ({"datasets": [{"dataset_name": "train"}]}, {"a", "b"}),
        ({"filter": "creation_timestamp > 0 AND metrics.auc <= 0.6"}, {"a"}),
        ({"filter": "tags.nothing != 'x'"}, set()),
    ],
)
def test_models_by_filter(program, models, query, expected):
    assert set(found(program, **query)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"field_name": "metrics.auc", "ascending": False, "dataset_name": "test"}, ["b", "a", "c"]),
        ({"field_name": "metrics.auc", "ascending": True, "dataset_name": "train"}, ["b", "a", "c"]),
        ({"field_name": "name", "ascending": False}, ["c", "b", "a"]),
        ({"field_name": "creation_timestamp"}, ["a", "b", "c"]),
    ],
)
def test_models_in_order(program, models, order, expected):
    assert found(program, order_by=[order]) == expected


def test_models_page_by_page(program, models):
    ask = {"experiment_ids": ["0"], "max_results": 2, "order_by": [{"field_name": "name"}]}
    first = program.post("logged-models/search", **ask).json()
    second = program.post("logged-models/search", **ask, page_token=first["next_page_token"]).json()

    assert [m["info"]["name"] for m in first["models"] + second["models"]] == ["a", "b", "c"]
    assert "next_page_token" not in second
    # A token goes on with its own question only.
    invalid(program.post("logged-models/search", **{**ask, "filter": "name = 'a'"}, page_token=first["next_page_token"]))
    invalid(program.post("logged-models/search", **ask, page_token="nonsense"))


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "nothing = 1"}, {"filter": "metrics.auc > 'x'"}, {"order_by": [{"field_name": "params.depth"}]},
        {"order_by": [{"field_name": "color"}]}, {"order_by": [{}]}, {"datasets": [{}]}, {"max_results": -1},
        {"order_by": ["name"]}, {"experiment_ids": ["x"]}, {"experiment_ids": "0", "max_results": "many"},
    ],
)  # fmt: skip
def test_questions_that_make_no_sense(program, db, query):
    invalid(program.post("logged-models/search", **{"experiment_ids": ["0"], **query}))


def test_an_outsider_finds_no_models(program, model, oscar, readers_program):
    missing(Program(bearer(oscar)).get(f"logged-models/{model}"))
    assert readers_program.get(f"logged-models/{model}").status_code == 200
    assert readers_program.delete(f"logged-models/{model}").status_code == 403
