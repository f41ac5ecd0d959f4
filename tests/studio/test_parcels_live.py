"""A whole experiment goes out of a live studio as a file and comes back in, through the same doors that people use."""

import time
import uuid

import httpx
import pytest

pytestmark = pytest.mark.live
CHUNK = 1024 * 1024


@pytest.fixture
def api(studio_server):
    headers = {"Authorization": f"Bearer {studio_server.token}"}
    base = f"{studio_server.url}/api/v1/w/{studio_server.workspace}"
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def experiment(studio_server):
    """Two runs with metrics and a file, logged as a client does."""
    headers = {"Authorization": f"Bearer {studio_server.token}"}
    base = f"{studio_server.url}/w/{studio_server.workspace}/api/2.0"
    name = f"Packed {uuid.uuid4().hex[:8]}"
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        made = client.post("/mlflow/experiments/create", json={"name": name}).json()["experiment_id"]
        for number in range(2):
            body = {"experiment_id": made, "run_name": f"try {number}", "start_time": 1_700_000_000_000}
            run = client.post("/mlflow/runs/create", json=body).json()["run"]["info"]
            metrics = [{"key": "loss", "value": 1 / (n + 1), "timestamp": n, "step": n} for n in range(1000)]
            assert client.post("/mlflow/runs/log-batch", json={"run_id": run["run_id"], "metrics": metrics}).status_code == 200
            place = run["artifact_uri"].partition("mlflow-artifacts:/")[2].lstrip("/")
            assert client.put(f"/mlflow-artifacts/artifacts/{place}/notes/a.txt", content=b"hello").status_code == 200
            client.post("/mlflow/runs/update", json={"run_id": run["run_id"], "status": "FINISHED"})
    return made, name


def test_out_and_in_again(api, experiment):
    id, name = experiment
    parcel = api.get(f"/experiments/{id}/parcel").content
    assert parcel[:2] == b"PK"

    job = take_in(api, parcel)

    assert job["status"] == "completed", job["error"]
    found = {e["name"]: e["id"] for e in api.get("/experiments", params={"q": name}).json()["results"]}
    copy = found[f"{name} (2)"]
    rows = api.post("/runs/query", json={"experiments": [copy], "columns": ["metrics.loss", "metrics.loss:max"]}).json()["rows"]
    assert {row["name"] for row in rows} == {"try 0", "try 1"}
    assert [row["values"] for row in rows] == [{"metrics.loss": 1 / 1000, "metrics.loss:max": 1.0}] * 2
    artifacts = api.get(f"/runs/{rows[0]['run_id']}/artifacts", params={"path": "notes"}).json()
    assert "a.txt" in str(artifacts)


def test_a_file_that_is_none_is_refused_in_words(api):
    job = take_in(api, b"PK\x03\x04 this is no zip")

    assert job["status"] == "failed"
    assert "not a whole zip file" in job["error"]["message"]


def take_in(api, content):
    """As a browser does it: in chunks, then the wish; gives the run when it is over."""
    asked = {"filename": "parcel.zip", "size": len(content), "purpose": "experiment"}
    upload = api.post("/data/uploads", json=asked).json()["id"]
    for offset in range(0, len(content), CHUNK):
        sent = api.patch(
            f"/data/uploads/{upload}", content=content[offset : offset + CHUNK],
            headers={"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"},
        )  # fmt: skip
        assert sent.status_code == 200, sent.text
    started = api.post("/experiments/take-in", json={"upload": upload})
    assert started.status_code == 201, started.text
    run, deadline = started.json()["run_id"], time.monotonic() + 60
    while (job := api.get(f"/runs/{run}").json())["status"] in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.1)
    return job
