"""The sample pipelines on a real studio: one click each, green in under a minute; then everything is reused."""

import json
import time
import urllib.request

import pytest

pytestmark = pytest.mark.live

OVER = {"completed", "failed", "errored", "cancelled"}


class Api:
    def __init__(self, server):
        self.home = f"{server.url}/api/v1/w/{server.workspace}"
        self.headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}

    def __call__(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(f"{self.home}/{path}", data, self.headers, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def run(self, pipeline, within=60, **how):
        """Submit, and wait until it is over; the state of every node."""
        body = {"revision": pipeline["revision"], "mode": "all", **how}
        run_id = self("POST", f"pipelines/{pipeline['id']}/runs", body)["run_id"]
        deadline = time.monotonic() + within
        while (run := self("GET", f"runs/{run_id}"))["status"] not in OVER:
            assert time.monotonic() < deadline, f"still {run['status']} after {within} seconds"
            time.sleep(0.1)
        state = self("GET", f"pipelines/{pipeline['id']}/state")
        assert state["run"] == {"run_id": run_id, "status": run["status"]}
        return run, state["nodes"]


@pytest.fixture(scope="module")
def api(studio_server):
    return Api(studio_server)


def test_the_sample_pipelines_are_there_and_each_runs_to_green_in_under_a_minute(api):
    listed = api("GET", "pipelines?page_size=200")["results"]
    ready = {row["sample"]: row for row in listed if row["sample"]}

    assert set(ready) == {sample["slug"] for sample in api("GET", "pipelines/samples")}
    for row in ready.values():
        run, nodes = api.run(row, reuse=False)
        wrong = {id: node["error"] for id, node in nodes.items() if node["status"] != "completed"}
        assert (run["status"], wrong) == ("completed", {}), row["name"]
        assert len(nodes) == row["node_count"]
        assert not any(node["reused"] or node["stale"] for node in nodes.values())


def test_unchanged_nodes_are_reused_and_a_miss_says_why(api):
    pipeline = api("POST", "pipelines/samples/binary", {})
    api.run(pipeline)
    _, again = api.run(pipeline)
    assert all(node["reused"] for node in again.values())

    graph = pipeline["graph"]
    split = next(node for node in graph["nodes"] if node["component"] == "split-data")
    split["params"]["fraction"] = 0.8
    saved = api("PUT", f"pipelines/{pipeline['id']}/graph", {"revision": pipeline["revision"], "graph": graph})
    before = api("GET", f"pipelines/{pipeline['id']}/state")["nodes"]
    assert {id for id, node in before.items() if not node["stale"]} == {"data", "algorithm"}

    _, nodes = api.run({**pipeline, **saved})
    assert {id for id, node in nodes.items() if node["reused"]} == {"data", "algorithm"}
    assert nodes["split"]["reuse_reason"] == "Fraction 0.7 → 0.8."
    assert nodes["train"]["reuse_reason"] == "Input rows changed: Split Data."


def test_one_node_runs_alone_on_what_is_there(api):
    pipeline = api("POST", "pipelines/samples/regression", {})
    api.run(pipeline, mode="to", node="train")

    run, nodes = api.run(pipeline, mode="only", node="train", reuse=False)

    assert run["status"] == "completed"
    assert {step["node_id"] for step in run["steps"]} == {"normalize", "algorithm", "train"}
    assert (nodes["normalize"]["reused"], nodes["train"]["reused"]) == (True, False)
