"""The wall of charts, on the page of a run and beside the table of runs."""

import csv
import io
import json
import math
import re
import time
from xml.etree import ElementTree

import pytest

from tests.benchmarks.charts import Client

pytestmark = pytest.mark.e2e
PEAK = 41_234


@pytest.fixture(scope="module")
def client(studio_server):
    return Client(studio_server.url, studio_server.token)


@pytest.fixture(scope="module")
def experiment(client):
    return client.call("experiments/create", {"name": f"Walls {time.time_ns()}"})["experiment_id"]


@pytest.fixture(scope="module")
def peaked(client, experiment):
    """60,000 points, one of which is far above the others; and a second metric over the same steps."""
    run = client.run(experiment, "Peaked")
    client.metrics(
        run, [("loss", 9.0 if step == PEAK else 1 + math.sin(step / 900), step) for step in range(60_000)]
    )
    client.metrics(run, [("val/auc", step / 600, step) for step in range(600)])
    client.end(run)
    return run


@pytest.fixture(scope="module")
def sweep(client):
    """Eight runs that differ in two params; the deeper, the better."""
    place = client.call("experiments/create", {"name": f"Sweep {time.time_ns()}"})["experiment_id"]
    for at in range(8):
        run = client.run(place, f"trial {at}", {"depth": at, "optimizer": ["adam", "sgd"][at % 2]})
        client.metrics(run, [("val/auc", 0.5 + at / 20 + step / 1000, step) for step in range(40)])
        client.metrics(run, [("test_auc", 0.5 + at / 20, 0)])
        client.end(run)
    return place


@pytest.fixture
def home(studio_server):
    return f"{studio_server.url}/w/{studio_server.workspace}"


def open_run(page, home, run, more=""):
    page.goto(f"{home}/runs/{run}/?tab=metrics{more}")
    page.locator("[data-panel] [data-drawn]").first.wait_for(timeout=30_000)


def panel(page, key):
    return page.locator(f'[data-panel="metric:{key}"]')


def drag(page, chart, start, end):
    """Across a part of the chart, told in shares of its width."""
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 52, steps=4)
    page.mouse.up()


def menu(page, key, item):
    panel(page, key).get_by_role("button", name="Menu of").click()
    panel(page, key).get_by_role("menuitem", name=item).or_(
        panel(page, key).get_by_role("menuitemcheckbox", name=item)
    ).click()


def state(page):
    found = re.search(r"[?&]charts=([^&#]*)", page.url)
    return (
        json.loads(page.evaluate("text => decodeURIComponent(text.replaceAll('+', ' '))", found[1]))
        if found
        else {}
    )


def test_a_peak_of_one_point_is_seen_and_zooming_shows_every_point(home, browser_page, peaked):
    page = browser_page
    open_run(page, home, peaked)
    loss = panel(page, "loss")
    loss.get_by_text("60,000 points, extremes kept; zoom for all").wait_for()
    assert "largest 9" in loss.locator(".studio-chart").get_attribute("aria-label")

    drag(page, loss.locator(".studio-chart"), 0.67, 0.74)
    page.wait_for_function("() => location.href.includes('zoom')")
    low, high = state(page)["own"]["metric:loss"]["zoom"]["x"]
    there = 0.1 + 0.86 * (PEAK - low) / (high - low)
    drag(page, loss.locator(".studio-chart"), there - 0.04, there + 0.04)

    # A few hundred steps: all of them are there, so nothing is said of extremes.
    page.wait_for_function(
        "() => !document.querySelector('[data-panel=\"metric:loss\"] .studio-panel-note').textContent"
    )
    low, high = state(page)["own"]["metric:loss"]["zoom"]["x"]
    assert low < PEAK < high
    menu(page, "loss", "Show the numbers as a table")
    with page.expect_download() as download:
        menu(page, "loss", "Save the numbers as CSV")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    steps = [int(row["Step"]) for row in rows]
    assert steps == list(range(steps[0], steps[-1] + 1))
    assert low - 1 < steps[0] < PEAK < steps[-1] < high + 1
    assert next(row["Value"] for row in rows if row["Step"] == str(PEAK)) == "9"


def test_a_double_click_shows_all_again(home, browser_page, peaked):
    page = browser_page
    open_run(page, home, peaked)
    chart = panel(page, "loss").locator(".studio-chart")
    drag(page, chart, 0.3, 0.6)
    page.wait_for_function("() => location.href.includes('zoom')")

    chart.dblclick(position={"x": 150, "y": 60})

    page.wait_for_function("() => !location.href.includes('zoom')")
    panel(page, "loss").get_by_text("60,000 points").wait_for()


def test_the_address_is_the_wall(home, browser_page, peaked):
    page = browser_page
    open_run(page, home, peaked)
    page.get_by_label("Smoothing, from 0 to 0.999").first.fill("0.9")
    page.keyboard.press("Enter")
    panel(page, "val/auc").get_by_role("button", name="Pin auc").click()
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Logarithmic y axis").first.check()

    page.reload()
    page.locator("[data-panel] [data-drawn]").first.wait_for()

    assert page.get_by_label("Smoothing, from 0 to 0.999").first.input_value() == "0.9"
    assert page.locator(".studio-wall-section").first.inner_text().startswith("Pinned")
    assert page.locator("[data-panel]").first.get_attribute("data-panel") == "metric:val/auc"
    assert state(page) == {"logY": True, "pinned": ["metric:val/auc"], "smoothing": 0.9}
    # The first value of val/auc is zero: a log axis has no place for it, and says so.
    panel(page, "val/auc").get_by_text("1 with y ≤ 0 not on the log axis").wait_for()


def test_pointing_at_a_run_marks_it_in_every_chart(home, browser_page, peaked):
    page = browser_page
    open_run(page, home, peaked)
    above = "key => document.querySelector(`[data-panel='metric:${key}'] canvas:last-of-type`).toDataURL()"
    page.wait_for_function("() => document.querySelectorAll('[data-panel] [data-drawn]').length >= 2")
    before = page.evaluate(above, "val/auc")
    box = panel(page, "loss").locator(".studio-chart").bounding_box()

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.65)

    page.locator('[data-panel="metric:loss"] .studio-chart-tip:not([hidden])').get_by_text(
        "Peaked"
    ).wait_for()
    page.wait_for_function(f"before => ({above})('val/auc') !== before", arg=before)
    page.mouse.move(5, 5)
    page.wait_for_function(f"before => ({above})('val/auc') === before", arg=before)


def test_pictures_are_real_files(home, browser_page, peaked):
    from PIL import Image

    page = browser_page
    open_run(page, home, peaked)
    with page.expect_download() as png:
        menu(page, "loss", "Save as PNG")
    with page.expect_download() as svg:
        menu(page, "loss", "Save as SVG")

    assert png.value.suggested_filename == "loss.png"
    with Image.open(png.value.path()) as picture:
        picture.load()
        assert picture.size == (1800, 1148)
        assert len(picture.convert("RGB").getcolors(100_000)) > 20
        assert picture.getpixel((2, 2))[:3] == (255, 255, 255)
    drawing = ElementTree.parse(svg.value.path()).getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"loss", "Step"} <= set(texts)
    longest = max(len(path.get("d")) for path in drawing.iter("{http://www.w3.org/2000/svg}path"))
    assert longest > 5000


def test_everything_goes_by_keyboard(home, browser_page, peaked):
    page = browser_page
    open_run(page, home, peaked)
    panel(page, "val/auc").locator("[data-drawn]").wait_for()
    chart = panel(page, "val/auc").locator(".studio-chart")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    said = chart.locator("[aria-live]").inner_text()
    assert re.fullmatch(r"Peaked\. Step: \d+: [\d.]+", said)

    page.keyboard.press("+")
    page.wait_for_function("() => location.href.includes('zoom')")
    page.keyboard.press("0")
    page.wait_for_function("() => !location.href.includes('zoom')")

    panel(page, "val/auc").locator(".studio-panel-corner").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.href.includes('sizes')")
    assert state(page)["sizes"] == {"metric:val/auc": {"columns": 2, "rows": 2}}

    panel(page, "val/auc").get_by_role("button", name="in full screen").focus()
    page.keyboard.press("Enter")
    page.locator("dialog.studio-large[open] [data-drawn]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog.studio-large").wait_for(state="detached")


def test_panels_are_moved_by_keys_and_by_dragging(client, experiment, home, browser_page):
    run = client.run(experiment, "Four")
    client.metrics(run, [(key, step, step) for step in range(5) for key in ("a", "b", "c", "d")])
    client.end(run)
    page = browser_page
    open_run(page, home, run)
    order = lambda: [p.get_attribute("data-panel")[-1] for p in page.locator("[data-panel]").all()]  # noqa: E731
    assert order() == ["a", "b", "c", "d"]

    panel(page, "a").get_by_role("button", name="Move a").focus()
    page.keyboard.press("ArrowRight")
    assert order() == ["b", "a", "c", "d"]

    grip, target = (
        panel(page, "c").get_by_role("button", name="Move c").bounding_box(),
        panel(page, "b").bounding_box(),
    )
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 80, target["y"] + 80, steps=6)
    page.mouse.up()
    assert order() == ["c", "b", "a", "d"]

    page.reload()
    page.locator("[data-panel] [data-drawn]").first.wait_for()
    assert order() == ["c", "b", "a", "d"]


def test_a_link_to_one_chart_leads_there(client, experiment, home, browser_page):
    run = client.run(experiment, "Long page")
    client.metrics(run, [(f"group{n}/metric", step, step) for step in range(3) for n in range(60)])
    client.end(run)
    page = browser_page

    page.goto(f"{home}/runs/{run}/?tab=metrics#chart=metric%3Agroup57%2Fmetric")

    card = panel(page, "group57/metric")
    card.wait_for()
    page.wait_for_function(
        "() => { const box = document.querySelector('[data-panel=\"metric:group57/metric\"]').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight + 200; }"
    )


def test_five_thousand_metrics_cost_what_is_seen(client, experiment, home, browser_page):
    run = client.run(experiment, "Thousands")
    client.metrics(
        run, [(f"layer{n % 50}/weight{n}", step * n, step) for n in range(5000) for step in range(2)]
    )
    client.end(run)
    page = browser_page
    open_run(page, home, run)
    page.get_by_text("5,000 metrics").wait_for()
    assert page.locator("[data-panel]").count() < 60

    page.evaluate("window.scrollTo(0, document.querySelector('.studio-wall-grid').offsetHeight / 2)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-panel]')].some(one => one.dataset.panel.includes('layer3'))"
    )
    assert page.locator("[data-panel]").count() < 60

    page.get_by_label("Search charts by the name of the metric").fill("weight4999")
    page.get_by_text("1 of 5,000 metrics").wait_for()
    panel(page, "layer49/weight4999").locator("[data-drawn]").wait_for()


def test_odd_names_and_odd_values(client, experiment, home, browser_page):
    long = "x" * 240 + "/深さ ü"
    run = client.run(experiment, "Odd")
    values = [1.0, math.nan, 3.0, math.inf, -math.inf, -5.0, 2.0]
    client.metrics(run, [(long, value, step) for step, value in enumerate(values)])
    client.metrics(run, [("backwards", float(step), -step) for step in range(20)])
    client.end(run)
    page = browser_page
    open_run(page, home, run)

    page.get_by_text("3 not finite").wait_for()
    odd = panel(page, long)
    assert "smallest -5, largest 3" in odd.locator(".studio-chart").get_attribute("aria-label")
    page.locator('[data-panel="metric:backwards"] [data-drawn]').wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_new_values_appear_without_a_reload(client, experiment, home, browser_page):
    run = client.run(experiment, "Growing")
    client.metrics(run, [("loss", 5.0 - step, step) for step in range(3)])
    page = browser_page
    open_run(page, home, run)
    page.evaluate("window.untouched = true")
    chart = panel(page, "loss").locator(".studio-chart")
    assert "last 3," in chart.get_attribute("aria-label")

    client.metrics(run, [("loss", 0.25, 3)])

    page.wait_for_function(
        "() => document.querySelector('[data-panel=\"metric:loss\"] .studio-chart').ariaLabel.includes('last 0.25,')",
        timeout=20_000,
    )
    client.metrics(run, [("late/metric", float(step), step) for step in range(2)])
    panel(page, "late/metric").locator("[data-drawn]").wait_for(timeout=20_000)
    assert page.evaluate("window.untouched")
    client.end(run)


def test_runs_that_differ_are_compared_without_being_asked(home, browser_page, sweep):
    page = browser_page
    page.goto(f"{home}/runs/?e={sweep}&pane=charts")
    parallel = page.locator('[data-panel="proposed:parallel"]')
    parallel.locator("[data-drawn]").wait_for(timeout=30_000)
    importance = page.locator('[data-panel="proposed:importance"]')
    importance.get_by_text("permutation importance of a random forest, 8 runs").wait_for()
    assert "depth" in importance.locator(".studio-chart").get_attribute("aria-label").split(":")[1][:20]

    # Brush the upper quarter of the depth with the keys.
    parallel.locator('[data-axis="params.depth"]').focus()
    page.keyboard.press("Enter")
    parallel.get_by_role("menuitem", name="Choose the upper quarter").click()
    parallel.get_by_text("2 of 8 runs brushed").wait_for()

    # A metric of one value per run is bars, the best first.
    bars = panel(page, "test_auc").locator(".studio-chart")
    bars.scroll_into_view_if_needed()
    assert "the best first: trial 7" in bars.get_attribute("aria-label")
