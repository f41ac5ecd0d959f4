"""What runs read and made."""

import pytest

from tests.protocol.program import invalid


def dataset(name="adult", digest="d1", context="training", **more):
    return {
        "dataset": {"name": name, "digest": digest, "source_type": "local", "source": "{}", **more},
        "tags": [{"key": "mlflow.data.context", "value": context}],
    }


def inputs(program, run):
    return program.get("runs/get", run_id=run).json()["run"]["inputs"]


def test_a_data_set_is_told_back(program, run):
    program.post("runs/log-inputs", run_id=run, datasets=[dataset(schema="[]", profile='{"rows": 3}')])

    assert inputs(program, run)["dataset_inputs"] == [dataset(schema="[]", profile='{"rows": 3}')]


def test_told_twice_it_is_one(program, run):
    program.post("runs/log-inputs", run_id=run, datasets=[dataset(), dataset(context="test"), dataset("other")])
    program.post("runs/log-inputs", run_id=run, datasets=[dataset(context="later")])

    assert inputs(program, run)["dataset_inputs"] == [dataset(), dataset("other")]


def test_models_read_and_made(program, run):
    model = program.post("logged-models", experiment_id="0", name="m").json()["model"]["info"]["model_id"]
    program.post("runs/log-inputs", run_id=run, models=[{"model_id": model}])
    program.post("runs/outputs", run_id=run, models=[{"model_id": model, "step": 7}])

    got = program.get("runs/get", run_id=run).json()["run"]
    assert got["inputs"]["model_inputs"] == [{"model_id": model}]
    assert got["outputs"]["model_outputs"] == [{"model_id": model, "step": 7}]


def test_data_sets_of_an_experiment(program, run):
    program.post("runs/log-inputs", run_id=run, datasets=[dataset(), dataset("other", context="test")])

    for address in ("experiments/search-datasets", "/api/2.0mlflow/experiments/search-datasets"):
        got = program.post(address, experiment_ids=["0"]).json()["dataset_summaries"]
        assert got == [
            {"experiment_id": "0", "name": "adult", "digest": "d1", "context": "training"},
            {"experiment_id": "0", "name": "other", "digest": "d1", "context": "test"},
        ]
    assert "at least one experiment_id" in invalid(program.post("experiments/search-datasets"))
    assert "more than 20 experiment_ids" in invalid(program.post("experiments/search-datasets", experiment_ids=["0"] * 21))


def test_runs_are_found_by_their_data(program, run):
    program.post("runs/log-inputs", run_id=run, datasets=[dataset()])

    def found(filter):
        return [r["info"]["run_id"] for r in program.post("runs/search", experiment_ids=["0"], filter=filter).json()["runs"]]

    assert found("dataset.name = 'adult'") == [run]
    assert found("datasets.context = 'training'") == [run]
    assert found("dataset.digest = 'd2'") == []


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"dataset": {"name": "a"}}, "Missing value for required parameter 'datasets[0].dataset.digest'"),
        ({}, "Missing value for required parameter 'datasets[0].dataset'"),
        (dataset(name="n" * 501), "'name' exceeds the maximum length of 500 characters"),
        (dataset(digest="d" * 37), "'digest' exceeds the maximum length of 36 characters"),
        (dataset() | {"tags": [{"value": "x"}]}, "Missing value for required parameter 'datasets[0].tags[0].key'"),
        (dataset() | {"tags": [{"key": "k" * 256, "value": "x"}]}, "'key' exceeds the maximum length of 255"),
        (dataset() | {"tags": [{"key": "k", "value": "x" * 501}]}, "'value' exceeds the maximum length of 500"),
    ],
)
def test_what_makes_no_sense(program, run, told, fault):
    assert fault in invalid(program.post("runs/log-inputs", run_id=run, datasets=[told]))
