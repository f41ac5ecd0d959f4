"""Runs compared in the browser: two pipelines over one graph, tracked runs against a base, code, images, live."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e
SCRIPT = "def azureml_main(first=None, second=None):\n    return (first.head({rows}),)\n"


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
def client(studio_server, monkeypatch):
    """An MLflow client of the workspace."""
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", studio_server.token)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    return MlflowClient(f"{studio_server.url}/w/{studio_server.workspace}")


@pytest.fixture
def compare(studio_server, browser_page):
    """The page, opened with a query."""

    def open_(query):
        browser_page.goto(f"{studio_server.url}/w/{studio_server.workspace}/runs/compare/?{query}")
        return browser_page

    return open_


@pytest.fixture
def tracked(client):
    """Three runs of a model with other settings, as a training script leaves them."""
    experiment = client.create_experiment(f"Vision {id(client)}")
    made = []
    for number, (rate, depth) in enumerate([(0.1, 3), (0.01, 3), (0.1, 6)], 1):
        run = client.create_run(experiment, run_name=f"Try {number}").info.run_id
        client.log_param(run, "rate", rate)
        client.log_param(run, "depth", depth)
        client.log_param(run, "optimizer", "adam")
        for step, accuracy in enumerate([0.5, 0.9, 0.6 + number / 10]):
            client.log_metric(run, "accuracy", accuracy, step=step)
        client.set_terminated(run)
        made.append(run)
    return made


def pipeline_runs(api, browser_page):
    """Two runs of one pipeline; between them the script in its middle was changed, and the fraction after it."""

    def graph(rows, fraction):
        nodes = [
            {"id": "d", "component": "data", "title": "Rows", "params": {"asset": {"name": "Iris", "version": None}}},
            {"id": "p", "component": "python-script", "title": "Prepare", "params": {"script": SCRIPT.format(rows=rows)}},
            {"id": "s", "component": "split-data", "title": "Split", "params": {"fraction": fraction}},
        ]
        wires = [("d", "table", "p", "first"), ("p", "first", "s", "rows")]
        return {
            "format": 1,
            "nodes": [{"version": 1, "x": 0, "y": 150 * n, **node} for n, node in enumerate(nodes)],
            "edges": [dict(zip(("source", "source_port", "target", "target_port"), wire, strict=True)) for wire in wires],
        }

    pipeline = api("POST", "pipelines", {"name": "Compared", "graph": graph(100, 0.7)})
    address = f"pipelines/{pipeline['id']}"
    first = api("POST", f"{address}/runs", {"revision": pipeline["revision"]})["run_id"]
    wait(api, browser_page, first)
    saved = api("PUT", f"{address}/graph", {"revision": pipeline["revision"], "graph": graph(100, 0.8)})
    second = api("POST", f"{address}/runs", {"revision": saved["revision"]})["run_id"]
    wait(api, browser_page, second)
    saved = api("PUT", f"{address}/graph", {"revision": saved["revision"], "graph": graph(50, 0.8)})
    third = api("POST", f"{address}/runs", {"revision": saved["revision"]})["run_id"]
    wait(api, browser_page, third)
    return first, second, third


def wait(api, page, run):
    for _ in range(240):
        if api("GET", f"runs/{run}")["status"] == "completed":
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"The run {run} did not end.")


def cell(page, row, run):
    return page.locator(f'[data-row="{row}"][data-run="{run}"]')


def test_two_pipeline_runs_lie_over_one_graph_and_the_node_where_they_part_is_ringed(api, compare, browser_page):
    first, second, third = pipeline_runs(api, browser_page)
    page = compare(f"runs={first},{second}")

    # Two pipelines: the graph is what one came for.
    split = page.locator('[data-node="s"]')
    expect(split).to_have_class(re.compile("is-first"))
    expect(split).to_contain_text("Parameters changed")
    expect(page.locator('[data-node="d"]')).to_contain_text("Same, cached")
    expect(page.locator('[data-node="p"]')).to_contain_text("Same, cached")
    expect(page.get_by_role("status").filter(has_text="part first at")).to_contain_text("Split")

    split.click()
    panel = page.get_by_label("The chosen node in both runs")
    expect(panel).to_contain_text("Fraction of rows")
    expect(panel.locator(".cmp-before").first).to_contain_text("0.7")
    expect(panel.locator(".cmp-after").first).to_contain_text("0.8")
    assert "node=s" in page.url

    # Of three, one chooses which lies over the base; there the script parts first.
    page = compare(f"runs={first},{second},{third}&tab=graph")
    page.get_by_label("Lay over the base").select_option(third)
    prepare = page.locator('[data-node="p"]')
    expect(prepare).to_have_class(re.compile("is-first"))
    expect(prepare).to_contain_text("Code changed")
    expect(page.locator('[data-node="s"]')).not_to_have_class(re.compile("is-first"))
    prepare.click()
    expect(page.locator(".cmp-panel .cm-editor").first).to_contain_text("first.head")
    page.get_by_role("tab", name="Code").click()
    expect(page.locator(".code-diff .cm-editor").first).to_contain_text("first.head(100)")
    page.get_by_role("button", name="In one column").click()
    expect(page.locator(".code-diff .cm-deletedChunk").first).to_contain_text("head(100)")


def test_tracked_runs_stand_against_a_base_and_the_address_is_the_view(tracked, compare):
    first, second, third = tracked
    page = compare(f"runs={','.join(tracked)}")

    expect(cell(page, "params/depth", third)).to_contain_text("+3 (+100 %)")
    expect(cell(page, "metrics/accuracy", third)).to_contain_text("max")
    expect(cell(page, "metrics/accuracy", first)).to_contain_text("min")
    page.get_by_role("button", name="Max", exact=True).click()
    expect(cell(page, "metrics/accuracy", first)).to_have_text("0.9")
    page.get_by_label("Only differences").check()
    expect(cell(page, "params/optimizer", first)).to_have_count(0)
    page.get_by_role("button", name="Compare the others with this run: Try 3").click()
    expect(cell(page, "params/depth", first)).to_contain_text("−3 (−50 %)")
    page.get_by_role("button", name="Take this run out of the comparison: Try 2").click()
    expect(page.get_by_role("link", name="Try 2")).to_have_count(0)

    page.reload()
    expect(cell(page, "params/depth", first)).to_contain_text("−3 (−50 %)")
    expect(cell(page, "params/optimizer", first)).to_have_count(0)
    expect(page.get_by_role("link", name="Try 2")).to_have_count(0)
    page.get_by_role("button", name="Runs as rows").click()
    expect(page.get_by_role("table", name="Compared runs, a row for each")).to_be_visible()
    expect(cell(page, "params/depth", first)).to_contain_text("−3 (−50 %)")
    page.get_by_label("Search the rows by name").fill("nothing like it")
    expect(page.get_by_text("No row to show")).to_be_visible()


def test_a_column_is_dragged_to_another_place(tracked, compare):
    page = compare(f"runs={','.join(tracked)}")
    heads = page.locator(".cmp-head .cmp-run .cmp-runname")
    expect(heads).to_have_text(["Try 1", "Try 2", "Try 3"])

    page.locator(".cmp-head .cmp-run").nth(2).drag_to(page.locator(".cmp-head .cmp-run").nth(1), source_position={"x": 120, "y": 70})

    expect(heads).to_have_text(["Try 1", "Try 3", "Try 2"])
    assert f"runs={tracked[0]},{tracked[2]},{tracked[1]}" in page.url


def test_images_of_runs_follow_one_slider_and_tables_stand_side_by_side(tracked, client, compare):
    import numpy as np

    for number, run in enumerate(tracked[:2]):
        for step in (0, 5, 10):
            client.log_image(run, np.full((20, 20, 3), 50 * number + step, dtype=np.uint8), key="mask", step=step)
        client.log_table(run, {"id": [1, 2], "word": ["a", f"word of {number}"]}, "words.json")

    page = compare(f"runs={','.join(tracked)}&tab=files")
    expect(page.get_by_role("img", name="mask of Try 1, step 10")).to_be_visible()
    expect(page.get_by_text("This run has none")).to_have_count(1)
    page.get_by_role("button", name="The step before").click()
    expect(page.get_by_role("img", name="mask of Try 2, step 5")).to_be_visible()
    assert page.get_by_role("img", name="mask of Try 2, step 5").evaluate("image => image.decode().then(() => image.naturalWidth)") == 20
    assert "step=5" in page.url
    page.get_by_label("Image or table").select_option("table words.json")
    expect(page.get_by_label("words.json of Try 2").get_by_text("word of 1").first).to_be_visible()


def test_what_a_running_run_logs_appears_without_a_reload(client, compare):
    experiment = client.create_experiment(f"Live {id(client)}")
    runs = [client.create_run(experiment, run_name=f"Live {n}").info.run_id for n in (1, 2)]
    client.log_metric(runs[0], "loss", 0.5, step=0)
    page = compare(f"runs={','.join(runs)}")
    expect(cell(page, "metrics/loss", runs[0])).to_contain_text("0.5")

    client.log_metric(runs[1], "loss", 0.25, step=0)
    expect(cell(page, "metrics/loss", runs[1])).to_contain_text("0.25", timeout=15_000)
    client.set_terminated(runs[1])
    expect(cell(page, "overview/State", runs[1])).to_contain_text("Done", timeout=15_000)


def test_runs_that_are_not_here_are_named_and_without_runs_the_page_says_how_to_choose(tracked, compare):
    page = compare(f"runs={tracked[0]},nobody,{tracked[0]}")

    expect(page.get_by_text("This run is not in this workspace: nobody.")).to_be_visible()
    expect(page.get_by_role("heading", name="Choose a second run")).to_be_visible()
    page.get_by_role("button", name="Leave out").click()
    expect(page.get_by_text("nobody")).to_have_count(0)
    page.get_by_label("Search runs to add").fill(tracked[1])
    page.locator(f'[data-add="{tracked[1]}"]').click()
    expect(page.locator(".cmp-head .cmp-run .cmp-runname")).to_have_text(["Try 1", "Try 2"])

    page = compare("")
    expect(page.get_by_role("heading", name="Choose the runs to compare")).to_be_visible()
    page = compare("set=nothing")
    expect(page.get_by_role("alert")).to_contain_text("no such selection")
