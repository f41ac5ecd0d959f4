"""The whole studio on PostgreSQL: it starts, computes, tells its browsers, and comes back after the database was away."""

import json
import time

import httpx
import pytest

from tests.studio.live import StudioServer
from tests.studio.postgresql import postgresql

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def database():
    with postgresql() as database:
        yield database


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    server = StudioServer(tmp_path_factory.mktemp("on-postgresql"))
    server.env["DATABASE_URL"] = database.address
    with server:
        yield server


@pytest.fixture
def api(server):
    headers = {"Authorization": f"Bearer {server.token}"}
    base = f"{server.url}/api/v1/w/{server.workspace}"
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        yield client


def test_a_sample_pipeline_runs_and_its_news_are_complete(server, api):
    sockets = pytest.importorskip("websockets.sync.client")
    pipeline = api.get("/pipelines").json()["results"][0]
    started = api.post(f"/pipelines/{pipeline['id']}/runs", json={"revision": pipeline["revision"]})
    assert started.status_code == 201, started.text
    run_id = started.json()["run_id"]

    heard = []
    address = server.url.replace("http", "ws") + "/ws/news"
    with sockets.connect(address, additional_headers={"Cookie": _signed_in(server)}) as socket:
        socket.send(json.dumps({"topic": "run", "id": run_id, "after": 0}))
        while not any(news["type"] == "run" and news["body"]["status"] == "completed" for news in heard):
            heard.append(json.loads(socket.recv(timeout=120)))
    numbers = [news["event"] for news in heard]
    assert len(numbers) == len(set(numbers))

    run = api.get(f"/runs/{run_id}").json()
    assert run["status"] == "completed"
    assert {step["status"] for step in run["steps"]} == {"completed"}
    assert run["metrics"], "the evaluation left numbers"


def test_after_the_database_was_away_everything_goes_on(database, server, api):
    pipeline = api.get("/pipelines").json()["results"][0]

    database.restart()

    # The first question after it may meet a connection that died with it.
    again = httpx.HTTPTransport(retries=5)
    with httpx.Client(base_url=api.base_url, headers=api.headers, timeout=60, transport=again) as client:
        body = {"revision": pipeline["revision"], "reuse": False}
        started = client.post(f"/pipelines/{pipeline['id']}/runs", json=body)
        assert started.status_code == 201, started.text
        run_id = started.json()["run_id"]
        while (run := client.get(f"/runs/{run_id}").json())["status"] in ("queued", "running"):
            time.sleep(0.2)
    assert run["status"] == "completed", run["error"]


def _signed_in(server) -> str:
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(server.sign_in_link())
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        browser.post(str(page.url), data={"csrfmiddlewaretoken": token}, headers={"Referer": str(page.url)})
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
