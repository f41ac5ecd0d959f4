"""The real client against a live studio: models, prompts, logged models, traces, evaluation data sets."""

import pytest

pytestmark = pytest.mark.live


@pytest.fixture
def logged(mlflow):
    """A fitted classifier, logged and registered within a run."""
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"age": [0.0, 1.0, 2.0, 3.0], "hours per week": [1.0, 0.0, 1.0, 0.0]})
    model = LogisticRegression().fit(rows, [0, 0, 1, 1])
    mlflow.set_experiment("Churn")
    with mlflow.start_run() as run:
        signature = mlflow.models.infer_signature(rows, model.predict(rows))
        info = mlflow.sklearn.log_model(
            model, name="model", signature=signature, input_example=rows, serialization_format="cloudpickle",
            registered_model_name="Churn",
        )  # fmt: skip
        mlflow.log_metric("auc", 0.9, model_id=info.model_id, dataset=mlflow.data.from_pandas(rows, name="holdout"))
    return rows, run.info.run_id, info.model_id


def test_a_model_is_logged_registered_and_loaded_in_every_way(mlflow, client, logged):
    rows, run_id, model_id = logged
    client.set_registered_model_alias("Churn", "champion", 1)
    client.transition_model_version_stage("Churn", 1, "Production")

    for address in ("models:/Churn/1", "models:/Churn@champion", "models:/Churn/Production", "models:/Churn/latest",
                    f"models:/{model_id}", f"runs:/{run_id}/model"):  # fmt: skip
        assert list(mlflow.pyfunc.load_model(address).predict(rows)) == [0, 0, 1, 1], address

    version = client.get_model_version("Churn", 1)
    assert (version.run_id, version.aliases, version.current_stage, version.status) == (run_id, ["champion"], "Production", "READY")
    found = mlflow.search_logged_models(filter_string="metrics.auc > 0.8", output_format="list")
    assert [(m.model_id, m.metrics[0].dataset_name) for m in found] == [(model_id, "holdout")]
    assert client.get_run(run_id).outputs.model_outputs[0].model_id == model_id


def test_a_version_outlives_its_run_and_its_logged_model(mlflow, client, logged):
    rows, run_id, model_id = logged
    client.create_registered_model("Kept")
    client.copy_model_version("models:/Churn/1", "Kept")
    mlflow.register_model(f"runs:/{run_id}/model", "Again")

    client.delete_run(run_id)
    client.delete_logged_model(model_id)
    client.delete_registered_model("Churn")

    assert list(mlflow.pyfunc.load_model("models:/Kept/1").predict(rows)) == [0, 0, 1, 1]
    assert list(mlflow.pyfunc.load_model("models:/Again/1").predict(rows)) == [0, 0, 1, 1]


def test_the_registry_of_a_client(client):
    client.create_registered_model("m", tags={"team": "risk"}, description="first")
    for n in range(3):
        client.create_model_version("m", f"s3://bucket/{n}", run_id=f"r{n}", tags={"n": str(n)})
    client.update_model_version("m", "2", "second")
    client.delete_model_version("m", "1")

    assert [v.version for v in client.search_model_versions("name = 'm'", order_by=["version_number ASC"])] == ["2", "3"]
    assert [v.version for v in client.search_model_versions("tags.n = '2' AND run_id = 'r2'")] == ["3"]
    assert [m.name for m in client.search_registered_models("tags.team LIKE 'ri%'")] == ["m"]
    assert client.get_model_version_download_uri("m", "3") == "s3://bucket/2"
    client.rename_registered_model("m", "n")
    assert client.get_registered_model("n").latest_versions[0].version == "3"


def test_prompts(mlflow):
    mlflow.genai.register_prompt(name="greet", template="Hello {{who}}", tags={"tone": "kind"})
    second = mlflow.genai.register_prompt(
        name="greet", template=[{"role": "user", "content": "Hi {{who}}"}], commit_message="as a chat"
    )
    mlflow.genai.set_prompt_alias("greet", "prod", 1)

    assert mlflow.genai.load_prompt("prompts:/greet@prod").format(who="Ann") == "Hello Ann"
    assert second.version == 2
    assert mlflow.genai.load_prompt("prompts:/greet/2").template[0]["content"] == "Hi {{who}}"
    assert [prompt.name for prompt in mlflow.genai.search_prompts()] == ["greet"]


def test_traces(mlflow, client, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
    mlflow.set_experiment("Answers")

    @mlflow.trace(span_type="CHAIN", attributes={"model": "gpt"})
    def answer(question):
        with mlflow.start_span("look up") as span:
            span.set_inputs({"q": question})
            span.set_outputs([1, {"größe": None}])
        if question == "bad":
            raise ValueError("no")
        return {"answer": 42}

    with mlflow.start_run() as run:
        answer("why?")
    with pytest.raises(ValueError, match="no"):
        answer("bad")

    traces = mlflow.search_traces(return_type="list")
    assert [(t.info.state.value, len(t.data.spans)) for t in traces] == [("ERROR", 2), ("OK", 2)]
    (good,) = mlflow.search_traces(run_id=run.info.run_id, return_type="list")
    assert good.data.response == '{"answer": 42}'
    assert good.data.spans[1].outputs == [1, {"größe": None}]
    assert len(mlflow.search_traces(filter_string="span.attributes.model = 'gpt' AND status = 'OK'", return_type="list")) == 1
    feedback = mlflow.log_feedback(trace_id=good.info.trace_id, name="right", value=0.5, rationale="nearly")
    mlflow.set_trace_tag(good.info.trace_id, "seen", "yes")
    again = mlflow.get_trace(good.info.trace_id)
    assert (again.info.tags["seen"], again.info.assessments[0].value) == ("yes", 0.5)
    mlflow.delete_assessment(trace_id=good.info.trace_id, assessment_id=feedback.assessment_id)
    assert client.delete_traces(good.info.experiment_id, trace_ids=[good.info.trace_id]) == 1


def test_evaluation_data_sets(client, mlflow):
    from mlflow.tracking._tracking_service.utils import _get_store

    store = _get_store()  # the entities above it want the whole of mlflow, and its server's libraries
    experiment = mlflow.set_experiment("Answers").experiment_id
    made = store.create_dataset("questions", tags={"team": "risk"}, experiment_ids=[experiment])

    told = [{"inputs": {"q": n}, "expectations": {"a": n * 2}} for n in range(3)]
    assert store.upsert_dataset_records(made.dataset_id, told) == {"inserted": 3, "updated": 0}
    changed = store.upsert_dataset_records(made.dataset_id, [{"inputs": {"q": 1}, "expectations": {"b": True}}])

    assert changed == {"inserted": 0, "updated": 1}
    records, _ = store._load_dataset_records(made.dataset_id)
    assert [r.expectations for r in records] == [{"a": 0}, {"a": 2, "b": True}, {"a": 4}]
    assert [d.name for d in store.search_datasets(filter_string="tags.team = 'risk'")] == ["questions"]
    assert store.get_dataset_experiment_ids(made.dataset_id) == [experiment]
    store.delete_dataset(made.dataset_id)
    assert list(store.search_datasets()) == []
