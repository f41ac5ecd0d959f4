"""Everyday scripts, unmodified, with the newest client and the last of the 2.x, against a live studio."""

import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.live
SCRIPT = Path(__file__).with_name("flows.py")
MARK = "seen: "
# Its code was made for an older protobuf than the newest client takes.
LAST_2 = ("mlflow-skinny<3", "protobuf<7")


@pytest.fixture(scope="session")
def client_2(tmp_path_factory):
    """The last 2.x client beside the newest: its own packages alone, what else it needs is here already."""
    folder = tmp_path_factory.mktemp("mlflow-2")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), *LAST_2]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        why = f"The 2.x client could not be installed: {done.stderr.strip().splitlines()[-1:]}"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    return folder


ONLY_3 = ("logged_models", "traces")
FLOWS = (
    "everything", "sklearn_autolog", "boosting_autolog", "torch_loop", "registry", "search", "nested", "resumed", "threads",
    "system_metrics", "asynchronous", "odd", "experiments", "large", *ONLY_3,
)  # fmt: skip


@pytest.fixture(scope="session")
def scripts(studio_server, client_2, tmp_path_factory):
    """Both clients at once, each through all its flows: what they saw, and the title of each."""
    with ThreadPoolExecutor(2) as pool:
        waiting = {
            client: pool.submit(_run, client, path, flows, studio_server, tmp_path_factory.mktemp("scripts"))
            for client, path, flows in (
                ("3.x", "", FLOWS),
                ("2.x", str(client_2), [flow for flow in FLOWS if flow not in ONLY_3]),
            )
        }
        return {client: one.result() for client, one in waiting.items()}


def _run(client, path, flows, server, folder):
    titles = {flow: f"{flow}-{uuid.uuid4().hex[:8]}" for flow in flows}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *(f"{flow}={title}" for flow, title in titles.items())],
        cwd=folder, capture_output=True, text=True, check=False, timeout=900, stdin=subprocess.DEVNULL,
        env={**_environment(server), "PYTHONPATH": path},
    )  # fmt: skip
    told = [json.loads(line.removeprefix(MARK)) for line in done.stdout.splitlines() if line.startswith(MARK)]
    return {one["flow"]: {**one, "title": titles[one["flow"]]} for one in told} | {"": done.stderr[-4000:]}


@pytest.fixture(params=["3.x", "2.x"])
def flow(request, scripts):
    """What a flow saw, and the title it had."""

    def seen(name):
        one = scripts[request.param].get(name)
        assert one is not None, scripts[request.param][""]
        assert "error" not in one, one["error"]
        return one["seen"], one["title"]

    seen.client = request.param
    return seen


def _environment(server):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "DJANGO_", "ATELIER_"))}
    return {
        **kept,
        "MLFLOW_TRACKING_URI": f"{server.url}/w/{server.workspace}",
        "MLFLOW_TRACKING_TOKEN": server.token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "120",
        # Two hundred threads want a connection each; a file of 24 MB is large.
        "MLFLOW_HTTP_POOL_MAXSIZE": "64",
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "8388608",
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": "5242880",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture
def api(studio_server):
    headers = {"Authorization": f"Bearer {studio_server.token}"}
    base = f"{studio_server.url}/api/v1/w/{studio_server.workspace}"
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        yield client


def test_a_run_that_logs_one_of_each(flow, api):
    seen, _ = flow("everything")

    assert (seen["status"], seen["name"]) == ("FINISHED", "all of it")
    assert seen["params"] == {"depth": "6", "rate": "0.1", "note": "ü" * 300}
    assert seen["metrics"] == {"loss": 1 / 20, "auc": 0.9, "val/f1": 0.8}
    assert seen["tags"] == {"team": "risk", "stage": "try", "odd key/ü": "x", "mlflow.note.content": "**bold**"}
    assert seen["history"] == [[step, 1 / (step + 1)] for step in range(20)]
    assert seen["artifacts"] == ["answers.json", "black.png", "d.json", "folder", "images", "notes", "plots"]
    assert seen["images"] >= 4, "two steps, each with its small copy"
    assert (seen["text"], seen["dict"], seen["table"]) == ("hello", {"a": [1, 2]}, ["a", "b", "c"])
    assert seen["same_bytes"]
    assert seen["datasets"] == [["tiny", ["training"]]]

    # The same, through the studio's own doors.
    run = api.get(f"/runs/{seen['run_id']}").json()
    assert (run["status"], run["name"], run["kind"]) == ("completed", "all of it", "tracked")
    assert {p["key"]: p["value"] for p in run["params"]}["depth"] == "6"
    loss = next(m for m in run["metrics"] if m["key"] == "loss")
    assert (loss["last"], loss["minimum"], loss["maximum"], loss["count"]) == (0.05, 0.05, 1.0, 20)


def test_autolog_of_scikit_learn(flow):
    seen, _ = flow("sklearn_autolog")

    assert seen["accuracy"] > 0.95
    assert (seen["max_iter"], seen["children"], seen["best_first"], seen["predicts"]) == ("300", 3, True, [0, 0, 0])


def test_autolog_of_lightgbm_and_xgboost(flow):
    seen, _ = flow("boosting_autolog")

    for objective, flavour in (("multiclass", "lightgbm"), ("multi:softprob", "xgboost")):
        one = seen[flavour]
        assert (one["objective"], one["steps"], one["falls"], one["rows"]) == (objective, list(range(10)), True, 5)


def test_a_torch_loop(flow):
    seen, _ = flow("torch_loop")

    assert len(seen["losses"]) == 30 and seen["losses"][-1] < seen["losses"][0] / 10
    assert seen["weight"] == seen["ours"]


def test_the_registry_from_the_first_version_to_the_last(flow):
    seen, name = flow("registry")

    assert str(seen["alias"]) == "2"
    assert seen["predicts"] == seen["by_number"] == [0, 0, 0]
    assert seen["stage"] == "Production"
    assert {str(k): v for k, v in seen["stages"].items()} == {"1": "Staging", "2": "Archived", "3": "Production"}
    assert seen["all"] == seen["like"] == seen["ilike"] == seen["ordered"] == [1, 2, 3]
    assert seen["of_run"] == seen["of_runs"] == [3]
    assert (seen["number"], seen["tag"], seen["source"], seen["models"]) == ([2, 3], [3], [1], [name])
    assert seen["description"] == "All *of* it"
    assert seen["after"] == [2, 3]
    assert seen["no_alias"] in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST")
    assert seen["gone"] == "RESOURCE_DOES_NOT_EXIST"


def test_every_comparison_of_the_search(flow):
    seen, _ = flow("search")
    runs = lambda *numbers: [f"run {n}" for n in numbers]  # noqa: E731

    assert seen[">"] == seen[">="] == runs(3, 4)
    assert (seen["<"], seen["<="], seen["="]) == (runs(0, 1), runs(0, 1, 2), runs(3))
    assert [r for r in seen["!="] if r != "run 5"] == runs(0, 1, 2, 4)
    assert (seen["param"], seen["param !="], seen["like"]) == (runs(3), runs(0, 1, 2, 4, 5), runs(3))
    assert (seen["ilike"], seen["tag like"], seen["and"]) == (runs(0, 2, 4), [], runs(3))
    assert seen["quoted"] == seen["quoted2"] == seen["metric quoted"] == runs(0)
    assert (seen["name"], seen["status2"], seen["long words"]) == (runs(4), [], runs(4))
    assert seen["name2"] == seen["status"] == seen["start"] == runs(0, 1, 2, 3, 4, 5)
    assert (seen["in"], seen["not in"]) == (2, 4)
    # Not-a-number comes last, whichever way.
    assert (seen["up"], seen["down"]) == (runs(0, 1, 2, 3, 4, 5), runs(4, 3, 2, 1, 0, 5))
    assert seen["by param"] == runs(5, 4, 3, 2, 1, 0)
    assert seen["two"] == runs(0, 2, 4, 1, 3, 5)
    assert seen["pages"] == [runs(0, 1, 2, 3), runs(4, 5)]
    assert seen["frame"] == ["2", "3", "4"]
    assert set(seen["errors"].values()) == {"INVALID_PARAMETER_VALUE"} and len(seen["errors"]) == 5


def test_runs_within_runs(flow, api):
    seen, _ = flow("nested")

    assert (seen["children"], seen["failed"]) == (["inner", "late"], "FAILED")
    found = api.get(f"/runs/{seen['outer']}/nested").json()
    names = {row["name"] for row in found["results"]}
    assert {"inner", "late"} <= names


def test_a_run_goes_on_and_one_is_deleted_and_restored(flow):
    seen, _ = flow("resumed")

    assert (seen["during"], seen["after"], seen["history"], seen["failed"]) == ("RUNNING", "FINISHED", [1.0, 0.5], "FAILED")
    assert (seen["deleted"], seen["hidden"], seen["refused"], seen["restored"]) == ("deleted", 1, "INVALID_PARAMETER_VALUE", "active")


def test_two_hundred_threads_log_at_once(flow):
    seen, _ = flow("threads")

    assert seen == {"wrong": [], "metrics": 201, "params": 200, "tags": 200, "shared": 1000, "last": 199.0}


def test_system_metrics(flow):
    seen, _ = flow("system_metrics")

    assert "system/cpu_utilization_percentage" in seen["keys"]


def test_logging_in_the_background(flow):
    seen, _ = flow("asynchronous")

    assert seen["history"] == [float(n) for n in range(200)]


def test_odd_names_and_numbers(flow):
    seen, _ = flow("odd")

    assert seen["names"] == []
    assert seen["edges"] == ["nan", "inf", "-inf", "1e+308", "5e-324"]
    assert sorted(seen["disorder"]) in ([-7, 0, 3, 5], [-7, 0, 3, 3, 5])
    assert seen["last"] == 5
    bad, gone = "INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"
    assert seen["refused"] == {
        # The client itself cuts what is too long.
        "name": bad, "dots": bad, "changed": bad, "too long": None, "no run": gone, "no experiment": gone,
        "twice": "RESOURCE_ALREADY_EXISTS", "artifact": bad,
    }  # fmt: skip


def test_experiments(flow):
    seen, name = flow("experiments")

    assert seen["active"] == [f"{name}-0", f"{name}-3", f"{name}-4", f"{name}-renamed"]
    assert (seen["deleted"], seen["tag"]) == ([f"{name}-2"], [f"{name}-0"])
    assert (seen["tags"]["n"], seen["tags"]["colour"]) == ("0", "red")
    assert (seen["restored"], seen["default"]) == ("active", "Default")


def test_a_file_of_many_megabytes(flow):
    seen, _ = flow("large")

    assert seen == {"size": 24 * 1024 * 1024, "same": True}


# What only newer clients know.


def test_logged_models(flow):
    if flow.client != "3.x":
        pytest.skip("MLflow 3 brought them")
    seen, _ = flow("logged_models")

    assert seen["found"] and seen["outputs"] and "READY" in seen["status"]
    assert seen["params"]["C"] == "1.0"
    assert ["accuracy", 0.97] in seen["metrics"]
    assert (seen["tags"], seen["predicts"]) == ({"k": "v", "more": "x"}, [0, 0])


def test_traces(flow):
    if flow.client != "3.x":
        pytest.skip("the 2.x client has other calls for them")
    seen, _ = flow("traces")

    assert seen == {"spans": ["inner", "outer"], "count": 1, "tagged": 1}
