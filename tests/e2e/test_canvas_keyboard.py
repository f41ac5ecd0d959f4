"""Everything without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas, graph, node

pytestmark = pytest.mark.e2e


def test_a_pipeline_is_built_and_opened_by_keyboard_alone(browser_page, studio_server):
    canvas = Canvas(browser_page, studio_server)
    page = browser_page
    canvas.focus()
    # A: search and add.
    canvas.press("a")
    expect(canvas.menu.get_by_role("combobox")).to_be_focused()
    canvas.type("breast cancer")
    canvas.press("Enter")
    canvas.expect_counts(1, 0)
    expect(canvas.node("Breast cancer")).to_be_focused()

    # C: connect, to a node that is not there yet.
    canvas.press("c")
    canvas.type("new node")
    canvas.press("Enter")
    canvas.type("split data")
    canvas.press("Enter")
    canvas.expect_counts(2, 1)
    expect(canvas.node("Split Data")).to_be_focused()

    # From one of several ports.
    canvas.press("c")
    canvas.type("dataset1")
    canvas.press("Enter")
    canvas.type("new")
    canvas.press("Enter")
    canvas.type("train model")
    canvas.press("Enter")
    canvas.expect_counts(3, 2)

    # Add a learner, connect it to what is there.
    canvas.press("a")
    expect(canvas.menu.get_by_role("combobox")).to_be_focused()
    canvas.type("two-class decision forest")
    canvas.press("Enter")
    expect(canvas.node("Two-Class Decision Forest")).to_be_focused()
    canvas.press("c")
    canvas.type("train model")
    canvas.press("Enter")
    canvas.expect_counts(4, 3)
    expect(canvas.node("Two-Class Decision Forest")).to_be_focused()

    # Open Train Model and choose its column.
    canvas.node("Train Model").focus()
    canvas.press("Enter")
    expect(canvas.panel).to_be_visible()
    canvas.panel.get_by_label("Label column").focus()
    canvas.type("diagn")
    expect(canvas.panel.get_by_role("option", name="diagnosis")).to_be_visible()
    canvas.press("Enter")
    expect(canvas.panel.get_by_label("Label column")).to_have_value("diagnosis")
    canvas.press("Escape")
    expect(canvas.panel).to_have_count(0)
    expect(canvas.node("Train Model")).to_be_focused()
    expect(page.locator(".dbar-problems")).to_contain_text("No problems")
    canvas.expect_saved()


@pytest.fixture
def canvas(browser_page, studio_server):
    drawn = graph(
        [node("a", "split-data"), node("b", "split-data", 0, 200), node("c", "split-data", 300, 200)], "a.first > b.rows"
    )
    return Canvas(browser_page, studio_server, drawn=drawn)


def test_keys_go_from_node_to_node_and_move_them(canvas):
    canvas.node("a").focus()
    expect(canvas.selected).to_have_count(1)
    canvas.press("Control+ArrowDown")
    expect(canvas.node("b")).to_be_focused()
    canvas.press("Control+ArrowRight")
    expect(canvas.node("c")).to_be_focused()
    canvas.press("Tab")
    canvas.press("Shift+Tab")
    expect(canvas.node("c")).to_be_focused()
    canvas.press("ArrowRight", "ArrowRight", "Shift+ArrowDown")
    canvas.expect_saved()
    moved = next(n for n in canvas.stored()["nodes"] if n["id"] == "c")
    assert (moved["x"], moved["y"]) == (320, 250)
    canvas.press("Control+z")
    canvas.page.wait_for_function("() => true")
    canvas.expect_saved()
    assert next(n for n in canvas.stored()["nodes"] if n["id"] == "c")["x"] == 300


def test_a_wire_is_chosen_filled_and_deleted_by_key(canvas):
    canvas.node("a").focus()
    canvas.press("w", "i")
    expect(canvas.menu.get_by_role("combobox")).to_be_focused()
    canvas.type("clean")
    canvas.press("Enter")
    canvas.expect_counts(4, 2)
    expect(canvas.node("Clean Missing Data")).to_be_focused()
    canvas.press("w", "Delete")
    canvas.expect_counts(4, 1)


def test_the_sheet_of_keys_opens_and_closes(canvas):
    canvas.focus()
    canvas.press("?")
    sheet = canvas.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Run all")
    canvas.press("Escape")
    expect(sheet).to_have_count(0)


def test_the_palette_is_walked_with_arrows(canvas):
    canvas.focus()
    canvas.press("p")
    expect(canvas.page.locator(".dpalette").get_by_role("searchbox")).to_be_focused()
    canvas.type("score")
    expect(canvas.page.locator(".dpalette-item").first).to_have_text(re.compile("Score Model"))
    canvas.press("ArrowDown", "Enter")
    expect(canvas.node("Score Model")).to_be_visible()


def test_the_menu_key_opens_the_menu_of_the_node(canvas):
    canvas.node("b").focus()
    canvas.press("Shift+F10")
    expect(canvas.page.get_by_role("menuitem", name="Open")).to_be_focused()
    canvas.press("ArrowDown", "Enter")
