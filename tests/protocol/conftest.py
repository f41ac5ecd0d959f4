"""Programs of every role, in this process, and the real client against a live studio."""

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.protocol.program import Program, bearer


@pytest.fixture
def program(carl) -> Program:
    """A contributor's."""
    return Program(bearer(carl))


@pytest.fixture
def readers_program(rita) -> Program:
    return Program(bearer(rita))


@pytest.fixture
def run(program) -> str:
    """The id of a run in the default experiment."""
    answer = program.post("runs/create", experiment_id="0", start_time=1_700_000_000_000, run_name="first")
    return str(answer.json()["run"]["info"]["run_id"])


@pytest.fixture
def workspace_url(studio_server) -> str:
    """The address of a workspace of its own on the live studio."""
    return live_workspace(studio_server)


def live_workspace(studio_server: Any) -> str:
    asked = urllib.request.Request(
        f"{studio_server.url}/api/v1/workspaces",
        json.dumps({"name": f"p{uuid.uuid4().hex[:12]}"}).encode(),
        {"Authorization": f"Bearer {studio_server.token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        return f"{studio_server.url}/w/{json.load(answer)['slug']}"


@pytest.fixture
def client_environment(workspace_url, studio_server, monkeypatch, tmp_path) -> str:
    """What a person sets before starting a program that uses mlflow."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", workspace_url)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", studio_server.token)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    return workspace_url


@pytest.fixture
def mlflow(client_environment) -> Iterator[Any]:
    """The real module, as a program would use it."""
    import mlflow

    mlflow.set_tracking_uri(client_environment)
    mlflow.set_registry_uri(client_environment)
    mlflow.tracking.fluent._active_experiment_id = None
    yield mlflow
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.tracking.fluent._active_experiment_id = None
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)


@pytest.fixture
def client(mlflow) -> Any:
    return mlflow.MlflowClient()


@pytest.fixture
def live(studio_server, workspace_url) -> Iterator[Callable[..., Any]]:
    """Raw HTTP to the live studio: `live("GET", "/api/…", content=…)`."""
    import httpx

    headers = {"Authorization": f"Bearer {studio_server.token}"}
    with httpx.Client(base_url=workspace_url, headers=headers, timeout=30) as http:
        yield http.request
