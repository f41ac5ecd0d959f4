"""A run watched in the browser: live nodes, streaming logs, charts, a registered model."""

import json
import re
import urllib.request

import pytest

pytestmark = pytest.mark.e2e
SCRIPT = """
import time

def azureml_main(first=None, second=None):
    for n in range(1500):
        print("line", n)
        if n % 150 == 0:
            time.sleep(0.2)
    {end}
"""


@pytest.fixture
def api(studio_server):
    """The REST API as a program uses it."""

    def ask(method, path, body=None):
        request = urllib.request.Request(
            f"{studio_server.url}/api/v1/w/{studio_server.workspace}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {studio_server.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or "null")

    return ask


@pytest.fixture
def home(studio_server):
    return f"{studio_server.url}/w/{studio_server.workspace}"


def start(api, script_end="return (first,)"):
    """A run of three nodes, the middle one slow and talkative."""
    nodes = [
        {"id": "d", "component": "data", "title": "Rows", "params": {"asset": {"name": "Iris", "version": None}}},
        {"id": "p", "component": "python-script", "title": "Talk", "params": {"script": SCRIPT.format(end=script_end)}},
        {"id": "s", "component": "split-data", "title": "Split", "params": {}},
    ]
    nodes = [{"version": 1, "x": 0, "y": 150 * n, **node} for n, node in enumerate(nodes)]
    edges = [
        {"source": "d", "source_port": "table", "target": "p", "target_port": "first"},
        {"source": "p", "source_port": "first", "target": "s", "target_port": "rows"},
    ]
    graph = {"format": 1, "nodes": nodes, "edges": edges}
    pipeline = api("POST", "pipelines", {"name": "Talkative", "graph": graph})
    body = {"revision": pipeline["revision"], "mode": "all", "reuse": False}
    return api("POST", f"pipelines/{pipeline['id']}/runs", body)["run_id"]


def wait_for_state(page, state):
    page.wait_for_selector(f"[data-fact=state] [data-state={state}]", timeout=60_000)


def test_a_run_appears_in_the_list_and_ends_there_without_a_reload(api, home, browser_page):
    browser_page.goto(f"{home}/runs/")
    browser_page.evaluate("window.untouched = true")

    run = start(api)

    row = browser_page.locator(f'[data-run="{run}"]')
    row.locator("[data-state=running]").wait_for(timeout=30_000)
    row.locator("[data-state=completed]").wait_for(timeout=60_000)
    assert browser_page.evaluate("window.untouched")


def test_logs_stream_and_who_comes_late_misses_nothing(api, home, browser_page):
    run = start(api)
    browser_page.goto(f"{home}/runs/{run}/?step=p")
    lines = browser_page.locator(".studio-panel .studio-log-line")
    lines.first.wait_for(timeout=30_000)
    wait_for_state(browser_page, "running")

    browser_page.reload()  # in the middle
    wait_for_state(browser_page, "completed")
    browser_page.get_by_text(re.compile(r"1,50\d lines")).or_(browser_page.get_by_text("scroll up")).first.wait_for()
    while browser_page.locator(".studio-panel").get_by_text("scroll up").count():
        before = lines.count()
        browser_page.locator(".studio-panel .studio-log").evaluate("list => { list.scrollTop = 1; list.scrollTop = 0 }")
        browser_page.wait_for_function(
            "before => document.querySelectorAll('.studio-panel .studio-log-line').length > before", arg=before
        )

    said = [text.strip() for text in browser_page.locator(".studio-panel .studio-log-text").all_text_contents()]
    assert [text for text in said if text.startswith("line ")] == [f"line {n}" for n in range(1500)]


def test_a_failure_shows_the_sentence_and_its_traceback_behind_a_click(api, home, browser_page):
    run = start(api, "raise ValueError('The rows do not fit.')")
    browser_page.goto(f"{home}/runs/{run}/?step=p")
    wait_for_state(browser_page, "failed")

    browser_page.locator('[data-node="s"][data-state="skipped"]').wait_for()
    alert = browser_page.locator(".studio-panel [role=alert]")
    assert "The rows do not fit." in alert.inner_text()
    alert.get_by_text("Show the traceback").click()
    assert "azureml_main" in alert.locator("pre").inner_text()

    browser_page.get_by_role("button", name="Resume").click()
    browser_page.wait_for_url(lambda url: run not in url)
    browser_page.locator('[data-node="d"]').get_by_text("Reused").wait_for(timeout=30_000)


def test_a_run_is_cancelled(api, home, browser_page):
    run = start(api)
    browser_page.goto(f"{home}/runs/{run}/")
    wait_for_state(browser_page, "running")

    browser_page.get_by_role("button", name="Cancel").click()

    wait_for_state(browser_page, "cancelled")
    browser_page.get_by_role("button", name="Run again", exact=True).wait_for()


def test_two_models_are_compared_and_one_is_registered(api, home, browser_page):
    sample = next(s for s in api("GET", "pipelines?q=Affairs")["results"] if s["name"].startswith("Affairs"))
    run = api("POST", f"pipelines/{sample['id']}/runs", {"revision": sample["revision"], "mode": "all", "reuse": True})
    page = browser_page
    page.goto(f"{home}/runs/{run['run_id']}/")
    wait_for_state(page, "completed")

    page.get_by_role("tab", name="Evaluation").click()
    page.locator("[data-figure] .js-plotly-plot").first.wait_for(timeout=30_000)
    recall = page.locator(".studio-measures div", has_text="Recall").first.locator("dd")
    before = float(recall.inner_text())
    page.get_by_label("Call it positive").fill("0.2")
    assert float(recall.inner_text()) > before
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download the figure as PNG").first.click()
    assert saved.value.path().read_bytes()[:4] == b"\x89PNG"

    page.get_by_role("tab", name="Outputs").click()
    page.locator("[data-output]", has_text="Trained model").last.click()
    page.get_by_role("button", name="Register this model").click()
    page.get_by_role("dialog").get_by_label("Name").fill("a/b")
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_text("may not hold slashes").wait_for()
    page.get_by_role("dialog").get_by_label("Name").fill("Affairs model")
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("link", name="Show it").click()

    page.get_by_text("Made by the run").wait_for()
    page.get_by_role("link", name="Affairs", exact=True).wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename.endswith(".zip")
    page.goto(f"{home}/models/")
    page.get_by_role("link", name="Affairs model").wait_for()


def test_the_rows_of_an_output_are_shown(api, home, browser_page):
    sample = next(s for s in api("GET", "pipelines?q=Affairs")["results"] if s["name"].startswith("Affairs"))
    run = api("POST", f"pipelines/{sample['id']}/runs", {"revision": sample["revision"], "mode": "all", "reuse": True})
    browser_page.goto(f"{home}/runs/{run['run_id']}/?tab=outputs")
    wait_for_state(browser_page, "completed")

    browser_page.locator("[data-output]", has_text="Split Data").first.click()

    browser_page.locator(".studio-output").get_by_text("rate_marriage").first.wait_for()
    assert "output=" in browser_page.url
