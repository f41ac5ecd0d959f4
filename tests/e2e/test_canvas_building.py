"""Drawing a pipeline with the mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas, graph, node

pytestmark = pytest.mark.e2e

DATA = "Breast cancer"


def test_a_pipeline_is_drawn_with_the_mouse_alone(browser_page, studio_server):
    canvas = Canvas(browser_page, studio_server)
    page = browser_page
    page.locator(".dpalette").get_by_role("searchbox").fill("breast")
    canvas.place(DATA, 480, 60)
    page.locator(".dpalette").get_by_role("searchbox").fill("")
    canvas.place("Split Data", 480, 230)
    canvas.place("Two-Class Logistic Regression", 200, 230)
    canvas.place("Train Model", 340, 420)
    canvas.drag(canvas.port(DATA, "table"), canvas.port("Split Data", "rows"))
    canvas.drag(canvas.port("Split Data", "first"), canvas.port("Train Model", "rows"))
    canvas.drag(canvas.port("Two-Class Logistic Regression", "untrained"), canvas.port("Train Model", "untrained"))
    canvas.expect_counts(4, 3)

    # The column is known before anything has run.
    expect(canvas.node("Train Model")).to_contain_text("1 problem")
    canvas.node("Train Model").dblclick()
    canvas.panel.get_by_label("Label column").click()
    canvas.panel.get_by_role("option", name="diagnosis").click()
    expect(canvas.node("Train Model")).not_to_contain_text("problem")
    expect(page.locator(".dbar-problems")).to_have_text(" No problems")

    canvas.expect_saved()
    stored = canvas.stored()
    assert sorted(n["title"] for n in stored["nodes"]) == sorted(
        [DATA, "Split Data", "Two-Class Logistic Regression", "Train Model"]
    )
    train = next(n for n in stored["nodes"] if n["component"] == "train-model")
    assert train["params"]["label"] == "diagnosis"


def test_a_wire_let_go_over_nothing_offers_only_what_fits(browser_page, studio_server):
    canvas = Canvas(browser_page, studio_server, drawn=graph([node("Train", "train-model")]))
    canvas.drag(canvas.port("Train", "untrained"), (-120, -120))

    expect(canvas.menu.get_by_role("combobox")).to_be_focused()
    offered = canvas.menu.get_by_role("option").all_inner_texts()
    assert any("Two-Class Logistic Regression" in text for text in offered)
    assert not any("Split Data" in text or "Train Model" in text for text in offered)

    canvas.type("boosted reg")
    canvas.press("Enter")
    canvas.expect_counts(2, 1)
    new, train = canvas.node("Boosted Decision Tree Regression").bounding_box(), canvas.node("Train").bounding_box()
    assert new["y"] < train["y"], "the wire keeps its direction"
    canvas.press("Control+z")
    canvas.expect_counts(1, 0)


def test_a_wire_from_an_output_offers_what_takes_it(browser_page, studio_server):
    canvas = Canvas(browser_page, studio_server, drawn=graph([node("Train", "train-model")]))
    canvas.drag(canvas.port("Train", "model"), (60, 140))
    offered = " ".join(canvas.menu.get_by_role("option").all_inner_texts())
    assert "Score Model" in offered and "Register Model" in offered and "Join Data" not in offered
    canvas.menu.get_by_role("option", name="Score Model").click()
    canvas.expect_counts(2, 1)
    assert canvas.node("Score Model").bounding_box()["y"] > canvas.node("Train").bounding_box()["y"]


def test_an_illegal_end_is_refused_while_dragging_and_says_why(browser_page, studio_server):
    canvas = Canvas(
        browser_page,
        studio_server,
        drawn=graph([node("Split", "split-data"), node("Train", "train-model", 0, 300), node("Other", "split-data", 300, 300)]),
    )
    canvas.drag(canvas.port("Split", "first"), canvas.port("Train", "untrained"), let_go=False)
    expect(browser_page.locator(".dline-why")).to_contain_text("takes an untrained model, not a table")
    expect(canvas.port("Train", "rows")).to_have_class(re.compile("is-open"))
    expect(canvas.port("Train", "untrained")).to_have_class(re.compile("is-shut"))
    browser_page.mouse.up()
    canvas.expect_counts(3, 0)

    # A taken port, and a circle.
    canvas.drag(canvas.port("Split", "first"), canvas.port("Other", "rows"))
    canvas.expect_counts(3, 1)
    canvas.drag(canvas.port("Split", "second"), canvas.port("Other", "rows"))
    canvas.drag(canvas.port("Other", "first"), canvas.port("Split", "rows"))
    canvas.expect_counts(3, 1)


def test_a_wire_let_go_over_a_node_takes_the_port_that_suits(browser_page, studio_server):
    canvas = Canvas(
        browser_page, studio_server, drawn=graph([node("Split", "split-data"), node("Train", "train-model", 0, 300)])
    )
    canvas.drag(canvas.port("Split", "first"), canvas.node("Train"))
    canvas.expect_counts(2, 1)
    canvas.expect_saved()
    assert canvas.stored()["edges"][0]["target_port"] == "rows"


def test_a_node_is_put_into_a_wire(browser_page, studio_server):
    drawn = graph([node("First", "split-data"), node("Last", "split-data", 0, 400)], "First.first > Last.rows")
    canvas = Canvas(browser_page, studio_server, drawn=drawn)
    # The plus appears on the wire under the pointer.
    a, b = canvas.port("First", "first").bounding_box(), canvas.port("Last", "rows").bounding_box()
    browser_page.mouse.move((a["x"] + b["x"]) / 2 + 6, (a["y"] + b["y"]) / 2 + 6, steps=4)
    browser_page.locator(".dwire-plus").click()
    offered = " ".join(canvas.menu.get_by_role("option").all_inner_texts())
    assert "Clean Missing Data" in offered and "Train Model" not in offered
    canvas.type("normalize")
    canvas.press("Enter")
    canvas.expect_counts(3, 2)
    canvas.press("Control+z")
    canvas.expect_counts(2, 1)

    # Or is dropped onto it; what does not fit lands beside it.
    stage = browser_page.locator(".designer-canvas").bounding_box()
    middle = {"x": (a["x"] + b["x"]) / 2 + 6 - stage["x"], "y": (a["y"] + b["y"]) / 2 + 6 - stage["y"]}
    item = browser_page.locator(".dpalette-item", has_text="Clean Missing Data")
    item.drag_to(browser_page.locator(".designer-canvas"), target_position=middle)
    canvas.expect_counts(3, 2)
    canvas.expect_saved()
    ends = {(edge["source"], edge["target"]) for edge in canvas.stored()["edges"]}
    assert ("First", "Last") not in ends


def test_a_wire_pulled_off_its_port_is_gone_and_can_be_moved(browser_page, studio_server):
    drawn = graph(
        [node("First", "split-data"), node("A", "split-data", -150, 300), node("B", "split-data", 150, 300)],
        "First.first > A.rows",
    )
    canvas = Canvas(browser_page, studio_server, drawn=drawn)
    end = canvas.port("A", "rows").bounding_box()
    target = canvas.port("B", "rows").bounding_box()
    # The end of a wire is taken just above its port.
    browser_page.mouse.move(end["x"] + 6, end["y"] - 12)
    browser_page.mouse.down()
    browser_page.mouse.move(target["x"] + 6, target["y"] + 6, steps=10)
    browser_page.mouse.up()
    canvas.expect_counts(3, 1)
    canvas.expect_saved()
    assert canvas.stored()["edges"][0]["target"] == "B"
