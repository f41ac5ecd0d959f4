"""What only a real server shows: files in pieces, clients that hang up, limits, many at once; and the real client."""

import http.client
import json
import os
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.live
FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture
def run(live) -> str:
    made = live("POST", "/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}).json()
    return str(made["run"]["info"]["run_id"])


def files_of(live, run) -> list[dict]:
    return live("GET", "/api/2.0/mlflow/artifacts/list", params={"run_id": run}).json()["files"]


def staged(studio_server) -> list[Path]:
    folder = studio_server.data_dir / "store" / ".staging"
    return list(folder.iterdir()) if folder.is_dir() else []


def test_it_is_served_apart_from_pages(live):
    answer = live("GET", "/version")

    assert answer.text == "3.17.2"
    # No cookies, no headers of pages: Django's middleware was not asked.
    assert "content-security-policy" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_large_file_passes_in_pieces(live, run, studio_server, tmp_path):
    piece = os.urandom(1024**2)
    size = 64 * len(piece)

    def memory() -> int:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if b"studio.operations.web" in (process / "cmdline").read_bytes() and str(studio_server.data_dir) in (
                    process / "environ"
                ).read_text(errors="replace"):
                    line = next(line for line in (process / "status").read_text().splitlines() if "VmRSS" in line)
                    return int(line.split()[1]) * 1024
            except OSError:
                continue
        raise AssertionError("no web process")

    live("PUT", f"{FILES}/0/{run}/artifacts/warm.bin", content=piece)
    before = memory()
    answer = live("PUT", f"{FILES}/0/{run}/artifacts/big.bin", content=(piece for _ in range(64)))
    assert answer.status_code == 200

    got = live("GET", f"{FILES}/0/{run}/artifacts/big.bin")
    assert got.headers["content-length"] == str(size)
    assert got.content == piece * 64
    assert memory() - before < 40 * 1024**2
    part = live("GET", f"{FILES}/0/{run}/artifacts/big.bin", headers={"Range": f"bytes={size - 5}-"})
    assert (part.status_code, part.content) == (206, piece[-5:])


def test_a_client_cut_off_in_the_middle_leaves_nothing(live, run, studio_server, workspace_url):
    address = urlsplit(workspace_url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(
            f"PUT {address.path}{FILES}/0/{run}/artifacts/torn.bin HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {studio_server.token}\r\nContent-Length: 1000000\r\n\r\n".encode()
            + b"x" * 500_000
        )
        wait_for(lambda: staged(studio_server))
    wait_for(lambda: not staged(studio_server))

    assert files_of(live, run) == []


def test_who_may_not_write_is_told_before_sending(studio_server, run, workspace_url):
    address = urlsplit(workspace_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            f"PUT {address.path}{FILES}/0/{run}/artifacts/a.bin HTTP/1.1\r\nHost: {address.netloc}\r\n"
            "Content-Length: 100000000000\r\n\r\n".encode() + b"x" * 100_000
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")
    assert staged(studio_server) == []


def test_a_body_that_is_too_large(live):
    answer = live("POST", "/api/2.0/mlflow/experiments/create", content=b'{"name": "' + b"x" * 40_000_000 + b'"}',
                  headers={"Content-Type": "application/json"})  # fmt: skip

    assert answer.status_code == 413
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def test_a_body_of_some_megabytes_is_taken(live, run):
    described = {"name": "n", "digest": "d", "source_type": "s", "source": "s", "profile": "p" * 8_000_000}
    answer = live("POST", "/api/2.0/mlflow/runs/log-inputs", json={"run_id": run, "datasets": [{"dataset": described}]})

    assert answer.status_code == 200, answer.text[:500]


def test_a_download_that_nobody_waits_for_ends(live, run, studio_server, workspace_url):
    live("PUT", f"{FILES}/0/{run}/artifacts/big.bin", content=b"x" * 30_000_000)
    address = urlsplit(workspace_url)
    for _ in range(12):  # more than there are threads for files
        connection = http.client.HTTPConnection(address.hostname, address.port)
        connection.request("GET", f"{address.path}{FILES}/0/{run}/artifacts/big.bin", headers={"Authorization": f"Bearer {studio_server.token}"})
        connection.getresponse().read(1000)
        connection.close()

    assert len(live("GET", f"{FILES}/0/{run}/artifacts/big.bin").content) == 30_000_000


def test_a_broken_request_breaks_nothing(live, run):
    for content in (b"\xff\xfe", b"{" * 1000, b'{"run_id": "\\ud800"}', b'{"run_id": "a\\u0000b"}'):
        answer = live("POST", "/api/2.0/mlflow/runs/log-metric", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 404), answer.text
    answer = live("POST", "/api/2.0/mlflow/runs/set-tag", json={"run_id": run, "key": "nul", "value": "a\0b"})
    assert answer.status_code == 200
    got = live("GET", "/api/2.0/mlflow/runs/get", params={"run_id": run}).json()["run"]["data"]["tags"]
    assert {t["key"]: t["value"] for t in got}["nul"] in ("a\0b", "a\ufffdb")


def test_two_hundred_threads_log_at_once(run, studio_server, workspace_url):
    address, faults = urlsplit(workspace_url), []

    def log(number: int) -> None:
        try:
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
            for step in range(5):
                body = json.dumps({"run_id": run, "key": f"m{number}", "value": step, "timestamp": 1, "step": step})
                connection.request("POST", f"{address.path}/api/2.0/mlflow/runs/log-metric", body,
                                   {"Authorization": f"Bearer {studio_server.token}", "Content-Type": "application/json"})  # fmt: skip
                answer = connection.getresponse()
                if answer.status != 200:
                    faults.append(answer.read())
                answer.read()
        except OSError as error:
            faults.append(error)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request("GET", f"{address.path}/api/2.0/mlflow/runs/get?run_id={run}", headers={"Authorization": f"Bearer {studio_server.token}"})
    metrics = json.loads(connection.getresponse().read())["run"]["data"]["metrics"]
    assert {(m["key"], m["value"]) for m in metrics} == {(f"m{number}", 4.0) for number in range(200)}


class TestClient:
    """The newest client itself."""

    def test_a_run_from_start_to_end(self, mlflow, tmp_path):
        mlflow.set_experiment("fraud")
        (tmp_path / "a b.txt").write_text("hello")
        with mlflow.start_run(run_name="first", tags={"team": "risk"}) as active:
            mlflow.log_param("depth", 3)
            mlflow.log_metrics({"auc": 0.9, "loss": float("nan")}, step=2)
            mlflow.log_artifact(str(tmp_path / "a b.txt"), "notes/Größe")
            mlflow.log_dict({"a": 1}, "d.json")

        got = mlflow.get_run(active.info.run_id)
        assert (got.info.status, got.data.params, got.data.metrics["auc"]) == ("FINISHED", {"depth": "3"}, 0.9)
        assert got.data.metrics["loss"] != got.data.metrics["loss"]
        assert got.info.end_time >= got.info.start_time
        assert Path(mlflow.artifacts.download_artifacts(run_id=active.info.run_id, artifact_path="notes/Größe/a b.txt")).read_text() == "hello"
        assert {f.path for f in mlflow.MlflowClient().list_artifacts(active.info.run_id)} == {"notes", "d.json"}

    def test_a_run_is_taken_up_again_by_its_id(self, mlflow):
        with mlflow.start_run() as first:
            mlflow.log_metric("a", 1)
        with mlflow.start_run(run_id=first.info.run_id):
            mlflow.log_metric("b", 2)

        got = mlflow.get_run(first.info.run_id)
        assert (set(got.data.metrics), got.info.status) == ({"a", "b"}, "FINISHED")

    def test_a_deleted_run_cannot_be_taken_up(self, mlflow, client):
        with mlflow.start_run() as first:
            pass
        client.delete_run(first.info.run_id)

        with pytest.raises(mlflow.exceptions.MlflowException, match="deleted"):
            mlflow.start_run(run_id=first.info.run_id)

    def test_a_deleted_experiment_cannot_be_used(self, mlflow, client):
        client.delete_experiment(client.create_experiment("gone"))

        with pytest.raises(mlflow.exceptions.MlflowException, match="Cannot set a deleted experiment"):
            mlflow.set_experiment("gone")

    def test_errors_carry_their_code(self, mlflow, client):
        with pytest.raises(mlflow.exceptions.RestException) as failed:
            client.get_run("a" * 32)

        assert failed.value.error_code == "RESOURCE_DOES_NOT_EXIST"

    def test_a_param_does_not_change(self, mlflow, client):
        with mlflow.start_run():
            mlflow.log_param("depth", 3)
            with pytest.raises(mlflow.exceptions.MlflowException, match="Changing param values is not allowed"):
                mlflow.log_param("depth", 4)

    def test_a_large_file_goes_in_parts(self, mlflow, client, monkeypatch, tmp_path):
        monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(5 * 1024**2))
        monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(5 * 1024**2))
        data = os.urandom(11 * 1024**2)
        (tmp_path / "big.bin").write_bytes(data)

        with mlflow.start_run() as active:
            mlflow.log_artifact(str(tmp_path / "big.bin"), "models")

        (found,) = client.list_artifacts(active.info.run_id, "models")
        assert (found.path, found.file_size) == ("models/big.bin", len(data))
        monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "true")
        got = mlflow.artifacts.download_artifacts(run_id=active.info.run_id, artifact_path="models/big.bin", dst_path=str(tmp_path / "back"))
        assert Path(got).read_bytes() == data

    def test_files_are_deleted(self, mlflow):
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        with mlflow.start_run() as active:
            mlflow.log_text("x", "a/b.txt")
            mlflow.log_text("x", "c.txt")
        get_artifact_repository(active.info.artifact_uri).delete_artifacts("a")

        assert [f.path for f in mlflow.MlflowClient().list_artifacts(active.info.run_id)] == ["c.txt"]

    def test_logging_without_waiting(self, mlflow, client):
        with mlflow.start_run() as active:
            for step in range(50):
                mlflow.log_metric("loss", step, step=step, synchronous=False)
            mlflow.flush_async_logging()

        assert [m.step for m in client.get_metric_history(active.info.run_id, "loss")] == list(range(50))

    def test_the_registry_of_search(self, mlflow, client):
        for depth in (1, 2, 3):
            with mlflow.start_run():
                mlflow.log_param("depth", depth)
                mlflow.log_metric("auc", depth / 10)

        found = mlflow.search_runs(filter_string="metrics.auc >= 0.2 and params.depth != '3'", output_format="list")
        assert [run.data.params["depth"] for run in found] == ["2"]
        found = client.search_runs(["0"], order_by=["metrics.auc DESC"], max_results=2)
        assert [run.data.metrics["auc"] for run in found] == [0.3, 0.2]
        assert found.token


def wait_for(condition) -> None:
    import time

    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
