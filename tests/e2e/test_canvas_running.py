"""Problems before a run, and what happens in one."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas, graph, node

pytestmark = pytest.mark.e2e

IRIS = {"name": "Iris", "version": None}
# data → split → rows of a table
FLOW = graph(
    [node("data", "data", asset=IRIS), node("split", "split-data", 0, 160), node("again", "split-data", 0, 320)],
    "data.table > split.rows",
    "split.first > again.rows",
)
STARTS_WITHIN = 60_000


def test_problems_stand_on_the_node_and_in_a_list_that_leads_there(browser_page, studio_server):
    drawn = graph([node("data", "data", asset=IRIS), node("train", "train-model", 0, 200)], "data.table > train.rows")
    canvas = Canvas(browser_page, studio_server, drawn=drawn)
    expect(canvas.node("train")).to_contain_text(re.compile("problem"))

    # Run is refused with the same list.
    browser_page.get_by_role("button", name="Run", exact=True).click()
    problems = browser_page.get_by_role("complementary", name="Problems")
    expect(problems.get_by_role("listitem")).not_to_have_count(0)
    expect(browser_page.locator("#toasts")).to_contain_text("Not started")
    problems.get_by_role("button", name=re.compile("train")).first.click()
    expect(canvas.panel).to_be_visible()
    expect(canvas.panel.get_by_label("Name of the node")).to_have_value("train")


def test_a_run_is_watched_on_the_nodes_and_its_rows_looked_at(browser_page, studio_server):
    canvas = Canvas(browser_page, studio_server, drawn=FLOW)
    page = browser_page
    run = page.get_by_role("button", name="Run", exact=True)
    run.dblclick()  # in a hurry: still one run
    for title in ("data", "split", "again"):
        expect(canvas.node(title).locator(".dnode-state")).to_contain_text(
            re.compile("Done|Reused"), timeout=STARTS_WITHIN
        )
    expect(page.locator(".dbar-last")).to_contain_text("Done", timeout=STARTS_WITHIN)
    runs = canvas.api("GET", f"/api/v1/w/{studio_server.workspace}/runs?pipeline={canvas.id}")["body"]["results"]
    assert len(runs) == 1
    expect(page.locator(".dwire-rows").first).to_have_text("150 rows")

    canvas.node("split").dblclick()
    out, arrives = canvas.panel.locator(".part-out"), canvas.panel.locator(".part-in")
    expect(arrives).to_contain_text("150 rows")
    expect(out).to_contain_text("75 rows")
    out.get_by_role("tab", name="Log").click()
    out.get_by_role("tab", name="Metrics").click()

    # Changed settings make this node and the next out of date, not the one before.
    canvas.panel.get_by_label(re.compile("Fraction")).fill("0.8")
    expect(canvas.node("split").locator(".dnode-state")).to_contain_text("Out of date")
    expect(canvas.node("again").locator(".dnode-state")).to_contain_text("Out of date")
    expect(canvas.node("data").locator(".dnode-state")).not_to_contain_text("Out of date")

    # Run up to here leaves the next one alone, and takes what is unchanged.
    page.get_by_role("button", name="Run up to here").click()
    expect(canvas.node("split").locator(".dnode-state")).to_contain_text("Done", timeout=STARTS_WITHIN)
    expect(canvas.node("data").locator(".dnode-state")).to_contain_text("Reused")
    expect(canvas.node("again").locator(".dnode-state")).to_contain_text("Out of date")
    expect(out).to_contain_text("0.8", timeout=STARTS_WITHIN)  # why it was not reused


def test_a_failing_node_says_why_and_is_run_again_from_there(browser_page, studio_server):
    code = "def azureml_main(dataframe1=None, dataframe2=None):\n    raise ValueError('no such luck')\n"
    drawn = graph(
        [node("data", "data", asset=IRIS), node("script", "python-script", 0, 160, script=code)], "data.table > script.first"
    )
    canvas = Canvas(browser_page, studio_server, drawn=drawn)
    canvas.focus()
    canvas.press("Control+Enter")
    script = canvas.node("script")
    expect(script.locator(".dnode-state")).to_contain_text("Failed", timeout=STARTS_WITHIN)
    expect(script.locator(".dnode-failure")).to_contain_text("no such luck")
    expect(canvas.node("data").locator(".dnode-state")).to_contain_text(re.compile("Done|Reused"))

    script.dblclick()
    canvas.panel.get_by_text("Where it happened").click()
    expect(canvas.panel.locator(".dfailure pre")).to_contain_text("ValueError")
    with browser_page.expect_response(lambda answer: answer.url.endswith("/resume") and answer.ok):
        canvas.panel.get_by_role("button", name="Run again from here").click()
    # The second run fails as the first did; until it has, the bar may still speak of the first.
    browser_page.wait_for_function(
        "async (runs) => (await (await fetch(runs)).json()).results.map(run => run.status).join() === 'failed,failed'",
        arg=f"/api/v1/w/{studio_server.workspace}/runs?pipeline={canvas.id}",
        timeout=STARTS_WITHIN,
    )
    expect(browser_page.locator(".dbar-last")).to_contain_text("Failed")


def test_a_running_pipeline_is_cancelled(browser_page, studio_server):
    code = "import time\n\ndef azureml_main(dataframe1=None, dataframe2=None):\n    time.sleep(60)\n"
    canvas = Canvas(browser_page, studio_server, drawn=graph([node("script", "python-script", script=code)]))
    browser_page.get_by_role("button", name="Run", exact=True).click()
    expect(canvas.node("script").locator(".dnode-state")).to_contain_text("Running", timeout=STARTS_WITHIN)
    browser_page.get_by_role("button", name="Cancel").click()
    expect(canvas.node("script").locator(".dnode-state")).to_contain_text("Cancelled", timeout=10_000)
    expect(browser_page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_a_reader_looks_and_cannot_change(studio_server, story_browser):
    server = studio_server
    context = story_browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(server.sign_in_link())
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    canvas = Canvas(page, server, drawn=FLOW)
    # The studio answers as it would to a reader.
    page.route(
        re.compile(rf"/pipelines/{canvas.id}$"),
        lambda route: route.fulfill(json={**route.fetch().json(), "can_edit": False}),
    )
    page.reload()
    canvas.nodes.first.wait_for()
    expect(page.get_by_text("You may look at this pipeline")).to_be_visible()
    expect(page.locator(".dpalette")).to_have_count(0)
    expect(page.get_by_role("button", name="Run", exact=True)).to_have_count(0)
    canvas.node("again").click()
    canvas.press("Delete", "ArrowRight")
    canvas.expect_counts(3, 2)
    canvas.node("split").dblclick()
    expect(canvas.panel.get_by_label(re.compile("Fraction"))).not_to_be_editable()
    context.close()
