"""What people's scripts do with the real client. Run as `python flows.py FLOW=TITLE …` with MLFLOW_TRACKING_URI set; of each
flow a line is printed with what it saw, as JSON. Works with clients 2.x and 3.x, and imports nothing of the studio."""

import json
import math
import os
import sys
import tempfile
import threading
import traceback
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
# Otherwise each model that is logged is loaded once more in a fresh interpreter, to see what it imports.
os.environ["MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT"] = "1"
os.environ["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"] = "false"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"

import mlflow  # noqa: E402
import requests  # noqa: E402
from mlflow import MlflowClient  # noqa: E402

MARK = "seen: "
IS_3 = mlflow.__version__.startswith("3")


def iris():
    from sklearn.datasets import load_iris

    features, target = load_iris(return_X_y=True, as_frame=True)
    return features, target


def everything(name):
    """One run that logs one of each kind."""
    import matplotlib
    import numpy as np
    import pandas as pd

    matplotlib.use("agg")
    from matplotlib import pyplot

    mlflow.set_experiment(name)
    with mlflow.start_run(run_name="all of it", tags={"team": "risk"}, description="**bold**") as run:
        mlflow.log_param("depth", 6)
        mlflow.log_params({"rate": 0.1, "note": "ü" * 300})
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"auc": 0.9, "val/f1": 0.8}, step=3)
        mlflow.set_tags({"stage": "try", "odd key/ü": "x"})
        mlflow.log_text("hello", "notes/a b ü.txt")
        mlflow.log_dict({"a": [1, 2]}, "d.json")
        figure, axes = pyplot.subplots()
        axes.plot([1, 2])
        mlflow.log_figure(figure, "plots/line.png")
        for step in (0, 5):
            mlflow.log_image(np.full((8, 8, 3), step * 40, dtype=np.uint8), key="sample", step=step)
        mlflow.log_image(np.zeros((4, 4), dtype=np.uint8), "black.png")
        mlflow.log_table({"question": ["a", "b"], "answer": [1, 2]}, "answers.json")
        mlflow.log_table({"question": ["c"], "answer": [3]}, "answers.json")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "deep" / "er").mkdir(parents=True)
            (Path(folder) / "deep" / "er" / "x.bin").write_bytes(bytes(range(256)))
            mlflow.log_artifacts(folder, "folder")
        frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="tiny", targets="y"), context="training")
    read = mlflow.get_run(run.info.run_id)
    table = mlflow.load_table("answers.json", run_ids=[run.info.run_id])
    with tempfile.TemporaryDirectory() as folder:
        local = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="folder", dst_path=folder))
        same = (local / "deep" / "er" / "x.bin").read_bytes() == bytes(range(256))
    client = MlflowClient()
    return {
        "run_id": run.info.run_id,
        "status": read.info.status,
        "name": read.info.run_name,
        "params": read.data.params,
        "metrics": read.data.metrics,
        "tags": {k: v for k, v in read.data.tags.items() if not k.startswith("mlflow.") or k == "mlflow.note.content"},
        "history": [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, "loss")],
        "artifacts": sorted(a.path for a in client.list_artifacts(run.info.run_id)),
        "images": len(client.list_artifacts(run.info.run_id, "images")),
        "text": mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/a b ü.txt"),
        "dict": mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/d.json"),
        "table": sorted(table["question"]),
        "same_bytes": same,
        "datasets": [(d.dataset.name, [t.value for t in d.tags]) for d in read.inputs.dataset_inputs],
    }


def sklearn_autolog(name):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    features, target = iris()
    mlflow.set_experiment(name)
    mlflow.sklearn.autolog()
    with mlflow.start_run() as fit:
        LogisticRegression(max_iter=300).fit(features, target)
    with mlflow.start_run() as search:
        GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.1, 1.0, 10.0]}, cv=3).fit(features, target)
    mlflow.sklearn.autolog(disable=True)
    found = mlflow.get_run(fit.info.run_id)
    children = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{search.info.run_id}'", order_by=["metrics.mean_test_score DESC"]
    )
    model = mlflow.pyfunc.load_model(f"runs:/{fit.info.run_id}/model")
    return {
        "accuracy": found.data.metrics["training_accuracy_score"],
        "max_iter": found.data.params["max_iter"],
        "children": len(children),
        "best_first": list(children["metrics.mean_test_score"]) == sorted(children["metrics.mean_test_score"], reverse=True),
        "predicts": [int(x) for x in model.predict(features[:3])],
    }


def boosting_autolog(name):
    import lightgbm
    import xgboost

    features, target = iris()
    mlflow.set_experiment(name)
    seen = {}
    for flavour in ("lightgbm", "xgboost"):
        getattr(mlflow, flavour).autolog()
        with mlflow.start_run(run_name=flavour) as run:
            if flavour == "lightgbm":
                data = lightgbm.Dataset(features, target)
                settings = {"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1}
                lightgbm.train(settings, data, 10, valid_sets=[data])
            else:
                data = xgboost.DMatrix(features, target)
                settings = {"objective": "multi:softprob", "num_class": 3, "nthread": 1}
                xgboost.train(settings, data, 10, evals=[(data, "train")], verbose_eval=False)
        getattr(mlflow, flavour).autolog(disable=True)
        found = mlflow.get_run(run.info.run_id)
        model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
        history = max((MlflowClient().get_metric_history(run.info.run_id, key) for key in found.data.metrics), key=len)
        seen[flavour] = {
            "objective": found.data.params["objective"],
            "steps": [m.step for m in history],
            "falls": history[0].value > history[-1].value,
            "rows": len(model.predict(features[:5])),
        }
    return seen


def torch_loop(name):
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    mlflow.set_experiment(name)
    inputs = torch.linspace(-1, 1, 64).reshape(-1, 1)
    wanted = inputs * 3 + 1
    model = torch.nn.Linear(1, 1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    with mlflow.start_run() as run:
        mlflow.log_params({"lr": 0.3, "epochs": 30})
        for epoch in range(30):
            optimiser.zero_grad()
            loss = torch.nn.functional.mse_loss(model(inputs), wanted)
            loss.backward()
            optimiser.step()
            mlflow.log_metric("loss", loss.item(), step=epoch)
        example = inputs[:2].numpy()
        options = {"name": "net"} if IS_3 else {"artifact_path": "net"}
        mlflow.pytorch.log_model(model, input_example=example, serialization_format="pickle", **options) if IS_3 else mlflow.pytorch.log_model(model, input_example=example, **options)
    loaded = mlflow.pytorch.load_model(f"runs:/{run.info.run_id}/net")
    return {
        "losses": [m.value for m in MlflowClient().get_metric_history(run.info.run_id, "loss")],
        "weight": loaded.weight.item(),
        "ours": model.weight.item(),
    }


def registry(name):
    from mlflow.exceptions import MlflowException
    from sklearn.linear_model import LogisticRegression

    features, target = iris()
    model = LogisticRegression(max_iter=300).fit(features, target)
    mlflow.set_experiment(name)
    client = MlflowClient()
    for number in (1, 2, 3):
        with mlflow.start_run(run_name=f"try {number}") as run:
            options = {"name": "model"} if IS_3 else {"artifact_path": "model"}
            mlflow.sklearn.log_model(model, registered_model_name=name, input_example=features[:2], **options)
    client.set_registered_model_alias(name, "champion", 2)
    client.set_registered_model_tag(name, "owner", "risk")
    client.set_model_version_tag(name, "3", "quality", "good")
    client.update_registered_model(name, "All *of* it")
    client.update_model_version(name, "1", "The first")
    client.transition_model_version_stage(name, "1", "Staging")
    client.transition_model_version_stage(name, "2", "Production")
    moved = client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
    loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
    by_number = mlflow.sklearn.load_model(f"models:/{name}/3")
    versions = lambda filter: sorted(int(v.version) for v in client.search_model_versions(filter))  # noqa: E731
    seen = {
        "alias": client.get_model_version_by_alias(name, "champion").version,
        "predicts": [int(x) for x in loaded.predict(features[:3])],
        "by_number": [int(x) for x in by_number.predict(features[:3])],
        "stage": moved.current_stage,
        "stages": {v.version: v.current_stage for v in client.search_model_versions(f"name = '{name}'")},
        "latest": sorted((v.current_stage, v.version) for v in client.get_latest_versions(name)),
        "all": versions(f"name = '{name}'"),
        "like": versions(f"name LIKE '{name[:-2]}%'"),
        "ilike": versions(f"name ILIKE '{name.upper()}'"),
        "of_run": versions(f"run_id = '{run.info.run_id}'"),
        "of_runs": versions(f"run_id IN ('{run.info.run_id}')"),
        "number": versions(f"name = '{name}' AND version_number > 1"),
        "tag": versions(f"name = '{name}' AND tags.quality = 'good'"),
        "source": versions(f"name = '{name}' AND source_path = '{client.get_model_version(name, '1').source}'"),
        "models": [m.name for m in client.search_registered_models(f"name = '{name}' AND tags.owner = 'risk'")],
        "description": client.get_registered_model(name).description,
        "ordered": [int(v.version) for v in client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])],
    }
    client.delete_registered_model_alias(name, "champion")
    client.delete_model_version(name, "1")
    client.rename_registered_model(name, f"{name}-new")
    seen["after"] = versions(f"name = '{name}-new'")
    try:
        client.get_model_version_by_alias(f"{name}-new", "champion")
    except MlflowException as error:
        seen["no_alias"] = error.error_code
    client.delete_registered_model(f"{name}-new")
    try:
        client.get_registered_model(f"{name}-new")
    except MlflowException as error:
        seen["gone"] = error.error_code
    return seen


def search(name):
    """Every comparison of the grammar, on six runs."""
    mlflow.set_experiment(name)
    for number in range(6):
        with mlflow.start_run(run_name=f"run {number}"):
            mlflow.log_param("depth", number)
            mlflow.set_tag("team", "red" if number % 2 else "Blue")
            mlflow.log_metric("auc", number / 10)
            if number == 5:
                mlflow.log_metric("auc", math.nan, step=1)
            if number == 0:
                mlflow.set_tag("odd key", "here")
                mlflow.log_metric("a b/c", 1)
    filters = {
        ">": "metrics.auc > 0.25", ">=": "metrics.auc >= 0.3", "<": "metrics.auc < 0.2", "<=": "metrics.auc <= 0.2",
        "=": "metrics.auc = 0.3", "!=": "metrics.auc != 0.3", "param": "params.depth = '3'", "param !=": "params.depth != '3'",
        "like": "params.depth LIKE '%3'", "ilike": "tags.team ILIKE 'BLUE'", "tag like": "tags.team LIKE 'b%'",
        "and": "metrics.auc > 0.1 AND tags.team = 'red'", "quoted": "tags.`odd key` = 'here'", "quoted2": 'tags."odd key" = \'here\'',
        "metric quoted": "metrics.`a b/c` > 0", "name": "attributes.run_name = 'run 4'", "name2": "run_name LIKE 'run%'",
        "status": "attributes.status = 'FINISHED'", "status2": "status != 'FINISHED'", "start": "attributes.start_time > 0",
        "long words": "attribute.status = 'FINISHED' and metric.auc > 0.35 and tag.team = 'Blue' and parameter.depth = '4'",
    }  # fmt: skip
    client = MlflowClient()
    experiment = client.get_experiment_by_name(name).experiment_id
    names = lambda runs: [run.info.run_name for run in runs]  # noqa: E731
    seen = {key: sorted(names(client.search_runs([experiment], filter))) for key, filter in filters.items()}
    ids = ", ".join(f"'{run.info.run_id}'" for run in client.search_runs([experiment])[:2])
    seen["in"] = len(client.search_runs([experiment], f"attributes.run_id IN ({ids})"))
    seen["not in"] = len(client.search_runs([experiment], f"run_id NOT IN ({ids})"))
    seen["up"] = names(client.search_runs([experiment], order_by=["metrics.auc ASC"]))
    seen["down"] = names(client.search_runs([experiment], order_by=["metrics.auc DESC"]))
    seen["by param"] = names(client.search_runs([experiment], order_by=["params.depth DESC"]))
    seen["two"] = names(client.search_runs([experiment], order_by=["tags.team", "metrics.auc ASC"]))
    pages, token = [], None
    while True:
        page = client.search_runs([experiment], order_by=["metrics.auc ASC"], max_results=4, page_token=token)
        pages.append(names(page))
        token = page.token
        if not token:
            break
    seen["pages"] = pages
    frame = mlflow.search_runs([experiment], "metrics.auc > 0.15")
    seen["frame"] = sorted(frame["params.depth"])
    errors = {}
    for wrong in ("metrics.auc >", "metrics.auc > 'a'", "nothing.x = 1", "params.depth > 3", "status LIKE"):
        try:
            client.search_runs([experiment], wrong)
        except mlflow.MlflowException as error:
            errors[wrong] = error.error_code
    seen["errors"] = errors
    return seen


def nested(name):
    mlflow.set_experiment(name)
    with mlflow.start_run(run_name="outer") as outer:
        with (
            mlflow.start_run(run_name="inner", nested=True) as inner,
            mlflow.start_run(run_name="innermost", nested=True) as innermost,
        ):
            mlflow.log_metric("x", 1)
        other = MlflowClient().create_run(outer.info.experiment_id, tags={"mlflow.parentRunId": outer.info.run_id}, run_name="late")
    MlflowClient().set_terminated(other.info.run_id, "FAILED")
    children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{outer.info.run_id}'", output_format="list")
    return {
        "outer": outer.info.run_id, "inner": inner.info.run_id, "innermost": innermost.info.run_id,
        "children": sorted(run.info.run_name for run in children),
        "failed": mlflow.get_run(other.info.run_id).info.status,
    }  # fmt: skip


def resumed(name):
    mlflow.set_experiment(name)
    with mlflow.start_run() as first:
        mlflow.log_metric("loss", 1.0, step=0)
    with mlflow.start_run(run_id=first.info.run_id):
        during = mlflow.get_run(first.info.run_id).info.status
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_param("late", 1)
    try:
        with mlflow.start_run():
            failing = mlflow.active_run().info.run_id
            raise ValueError("as it happens")
    except ValueError:
        pass
    client = MlflowClient()
    client.delete_run(first.info.run_id)
    deleted = client.get_run(first.info.run_id).info.lifecycle_stage
    hidden = len(client.search_runs([first.info.experiment_id]))
    refused = ""
    try:
        client.log_metric(first.info.run_id, "loss", 2)
    except mlflow.MlflowException as error:
        refused = error.error_code
    client.restore_run(first.info.run_id)
    return {
        "during": during,
        "after": client.get_run(first.info.run_id).info.status,
        "history": [m.value for m in client.get_metric_history(first.info.run_id, "loss")],
        "failed": client.get_run(failing).info.status,
        "deleted": deleted, "hidden": hidden, "refused": refused,
        "restored": client.get_run(first.info.run_id).info.lifecycle_stage,
    }  # fmt: skip


def threads(name):
    """Two hundred threads, each with a run's metric of its own and one that all share."""
    mlflow.set_experiment(name)
    client = MlflowClient()
    run = client.create_run(client.get_experiment_by_name(name).experiment_id)
    wrong = []

    def work(number):
        try:
            for step in range(5):
                client.log_metric(run.info.run_id, f"own/{number}", step, step=step)
                client.log_metric(run.info.run_id, "shared", number, step=step, timestamp=number + 1)
            client.log_param(run.info.run_id, f"p{number}", number)
            client.set_tag(run.info.run_id, f"t{number}", number)
        except Exception as error:  # noqa: BLE001
            wrong.append(repr(error))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    client.set_terminated(run.info.run_id)
    found = client.get_run(run.info.run_id)
    return {
        "wrong": wrong[:3],
        "metrics": len(found.data.metrics),
        "params": len(found.data.params),
        "tags": sum(key.startswith("t") for key in found.data.tags),
        "shared": len(client.get_metric_history(run.info.run_id, "shared")),
        "last": found.data.metrics["shared"],
    }


def system_metrics(name):
    import time

    mlflow.set_experiment(name)
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(1)
    with mlflow.start_run(log_system_metrics=True) as run:
        client, deadline = MlflowClient(), time.monotonic() + 30
        # Until the monitor has written; it has a thread of its own.
        while time.monotonic() < deadline and not client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage"):
            time.sleep(0.1)
    found = mlflow.get_run(run.info.run_id).data.metrics
    return {"keys": sorted(key for key in found if key.startswith("system/"))}


def asynchronous(name):
    mlflow.set_experiment(name)
    with mlflow.start_run() as run:
        waiting = [mlflow.log_metric("loss", step, step=step, synchronous=False) for step in range(200)]
        waiting.append(mlflow.log_params({"a": 1}, synchronous=False))
        for one in waiting:
            one.wait()
    return {"history": [m.value for m in MlflowClient().get_metric_history(run.info.run_id, "loss")]}


def odd(name):
    """Names and values at the edges of what is allowed."""
    client = MlflowClient()
    experiment = client.create_experiment(name)
    run = client.create_run(experiment).info.run_id
    names = ["a/b/c", "with space", "dots.and-dashes_", "x" * 250] + (["colon:too"] if IS_3 else [])
    for key in names:
        client.log_metric(run, key, 1.5, step=-3)
    for value, step in ((math.nan, 0), (math.inf, 1), (-math.inf, 2), (1e308, 3), (5e-324, 4)):
        client.log_metric(run, "edges", value, step=step)
    for step in (5, -7, 3, 3, 0):
        client.log_metric(run, "disorder", step, step=step, timestamp=step + 100)
    client.log_metric(run, "past", 1, timestamp=1)
    client.log_metric(run, "future", 1, timestamp=4102444800000)
    client.log_param(run, "long", "y" * 6000)
    refused = {}
    attempts = {
        "name": lambda: client.log_metric(run, "a//b", 1), "dots": lambda: client.log_metric(run, "../x", 1),
        "changed": lambda: client.log_param(run, "long", "other"), "too long": lambda: client.log_param(run, "l", "y" * 6001),
        "no run": lambda: client.get_run("0" * 32), "no experiment": lambda: client.get_experiment("987654321"),
        "twice": lambda: client.create_experiment(name), "artifact": lambda: client.list_artifacts(run, "../.."),
    }  # fmt: skip
    for key, attempt in attempts.items():
        try:
            attempt()
            refused[key] = None
        except mlflow.MlflowException as error:
            refused[key] = error.error_code
        except requests.HTTPError as error:  # as the client's artifact repository leaves it
            refused[key] = error.response.json()["error_code"]
    found = client.get_run(run)
    return {
        "names": sorted(set(names) - set(found.data.metrics)),
        "edges": [repr(m.value) for m in client.get_metric_history(run, "edges")],
        "disorder": [m.step for m in client.get_metric_history(run, "disorder")],
        "last": found.data.metrics["disorder"],
        "refused": refused,
    }


def experiments(name):
    client = MlflowClient()
    made = [client.create_experiment(f"{name}-{n}", tags={"n": str(n)}) for n in range(5)]
    client.set_experiment_tag(made[0], "colour", "red")
    client.rename_experiment(made[1], f"{name}-renamed")
    client.delete_experiment(made[2])
    active = client.search_experiments(filter_string=f"name LIKE '{name}%'", order_by=["name ASC"])
    deleted = client.search_experiments(view_type=mlflow.entities.ViewType.DELETED_ONLY, filter_string=f"name LIKE '{name}%'")
    seen = {
        "active": [e.name for e in active],
        "deleted": [e.name for e in deleted],
        "tag": [e.name for e in client.search_experiments(filter_string="tags.colour = 'red'") if e.name.startswith(name)],
        "tags": client.get_experiment(made[0]).tags,
    }
    client.restore_experiment(made[2])
    seen["restored"] = client.get_experiment(made[2]).lifecycle_stage
    seen["default"] = client.get_experiment("0").name
    return seen


def logged_models(name):
    from sklearn.linear_model import LogisticRegression

    features, target = iris()
    mlflow.set_experiment(name)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(LogisticRegression(max_iter=300).fit(features, target), name="m", params={"C": 1.0}, tags={"k": "v"})
        mlflow.log_metric("accuracy", 0.97, model_id=info.model_id)
    found = mlflow.search_logged_models(filter_string="metrics.accuracy > 0.9", output_format="list")
    model = mlflow.get_logged_model(info.model_id)
    mlflow.set_logged_model_tags(info.model_id, {"more": "x"})
    return {
        "found": [m.model_id for m in found] == [info.model_id],
        "status": str(model.status), "params": model.params, "metrics": [(m.key, m.value) for m in model.metrics],
        "tags": {k: v for k, v in mlflow.get_logged_model(info.model_id).tags.items() if not k.startswith("mlflow.")},
        "outputs": [o.model_id for o in mlflow.get_run(run.info.run_id).outputs.model_outputs] == [info.model_id],
        "predicts": [int(x) for x in mlflow.pyfunc.load_model(info.model_uri).predict(features[:2])],
    }  # fmt: skip


def traces(name):
    mlflow.set_experiment(name)

    @mlflow.trace
    def inner(x):
        return x + 1

    @mlflow.trace(name="outer", attributes={"kind": "test"})
    def outer(x):
        return inner(x) * 2

    assert outer(3) == 8
    mlflow.flush_trace_async_logging() if hasattr(mlflow, "flush_trace_async_logging") else None
    experiment = mlflow.get_experiment_by_name(name).experiment_id
    found = mlflow.search_traces(locations=[experiment], return_type="list")
    trace = mlflow.get_trace(found[0].info.trace_id)
    mlflow.set_trace_tag(found[0].info.trace_id, "seen", "yes")
    again = mlflow.search_traces(locations=[experiment], filter_string="tags.seen = 'yes'", return_type="list")
    return {"spans": sorted(span.name for span in trace.data.spans), "count": len(found), "tagged": len(again)}


def large(name):
    """A file that goes up in parts."""
    mlflow.set_experiment(name)
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
        path = Path(folder) / "large.bin"
        with path.open("wb") as file:
            for number in range(24):
                file.write(bytes([number]) * 1024 * 1024)
        mlflow.log_artifact(str(path), "deep/er")
        back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="deep/er/large.bin", dst_path=f"{folder}/back")
        content = Path(back).read_bytes()
    return {"size": len(content), "same": all(content[n * 1024 * 1024] == n for n in range(24))}


if __name__ == "__main__":
    # One interpreter for all: importing takes longer than most of them.
    for told in sys.argv[1:]:
        flow, title = told.split("=")
        try:
            seen = {"seen": globals()[flow](title)}
        except BaseException:  # noqa: BLE001 - the next flow has its turn, and the test says what happened
            seen = {"error": traceback.format_exc()}
            while mlflow.active_run():
                mlflow.end_run("FAILED")
        print(MARK + json.dumps({"flow": flow, **seen}, default=str), flush=True)  # noqa: T201
