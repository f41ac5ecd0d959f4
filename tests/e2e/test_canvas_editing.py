"""Undo, clipboard, selection, names: every edit, and back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas, graph, node

pytestmark = pytest.mark.e2e

# a → b → c
CHAIN = graph(
    [node("a", "split-data"), node("b", "split-data", 0, 160), node("c", "split-data", 0, 320)],
    "a.first > b.rows",
    "b.first > c.rows",
)


@pytest.fixture
def canvas(browser_page, studio_server):
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=studio_server.url)
    return Canvas(browser_page, studio_server, drawn=CHAIN)


def test_every_edit_can_be_undone_and_redone(canvas):
    page = canvas.page
    canvas.node("b").click()
    canvas.press("Delete")
    canvas.expect_counts(2, 0)
    canvas.press("Control+z")
    canvas.expect_counts(3, 2)
    canvas.press("Control+Shift+z")
    canvas.expect_counts(2, 0)
    canvas.press("Control+z")

    before = canvas.node("a").bounding_box()
    canvas.drag(canvas.node("a"), (150, 40))
    moved = canvas.node("a").bounding_box()
    assert moved["x"] - before["x"] > 100
    canvas.press("Control+z")
    page.wait_for_function(
        "([x]) => Math.abs(document.querySelector('.react-flow__node[data-id=a]').getBoundingClientRect().x - x) < 2",
        arg=[before["x"]],
    )
    page.get_by_role("button", name="Redo: move").click()
    canvas.press("Control+z")

    # Typing in one field is one step.
    canvas.node("a").dblclick()
    canvas.panel.get_by_label("Comment").fill("")
    canvas.panel.get_by_label("Comment").press_sequentially("why")
    expect(canvas.node("a")).to_contain_text("why")
    canvas.focus()
    canvas.press("Control+z")
    expect(canvas.node("a")).not_to_contain_text("why")


def test_nodes_are_copied_into_another_pipeline(canvas, studio_server):
    canvas.node("a").click()
    canvas.node("b").click(modifiers=["Shift"])
    expect(canvas.selected).to_have_count(2)
    canvas.press("Control+c")

    page = canvas.page.context.new_page()
    page.goto(canvas.url)
    other = Canvas(page, studio_server, name="Other")
    other.focus()
    other.press("Control+v")
    other.expect_counts(2, 1)
    expect(other.selected).to_have_count(2)
    other.press("Control+v")
    other.expect_counts(4, 2)
    other.press("Control+z")
    other.expect_counts(2, 1)
    page.close()


def test_cut_and_paste_moves_nodes(canvas):
    canvas.node("c").click()
    canvas.press("Control+x")
    canvas.expect_counts(2, 1)
    canvas.press("Control+v")
    canvas.expect_counts(3, 1)


@pytest.mark.parametrize(
    "hostile",
    [
        "just some text",
        '{"kind": "atelier/graph", "format": 1, "nodes": [{"id": "<script>", "component": "data", "x": 0, "y": 0}], "edges": []}',
    ],
)
def test_a_strange_paste_is_refused_with_a_sentence(canvas, hostile):
    canvas.page.evaluate("text => navigator.clipboard.writeText(text)", hostile)
    canvas.focus()
    canvas.press("Control+v")
    expect(canvas.page.locator("#toasts")).to_contain_text(re.compile("clipboard"))
    canvas.expect_counts(3, 2)


def test_duplicate_select_all_and_delete(canvas):
    canvas.focus()
    canvas.press("Control+a")
    expect(canvas.selected).to_have_count(3)
    canvas.press("Control+d")
    canvas.expect_counts(6, 4)
    expect(canvas.selected).to_have_count(3)
    canvas.press("Delete")
    canvas.expect_counts(3, 2)


def test_a_box_drawn_with_shift_or_the_selection_tool_selects(canvas):
    page = canvas.page
    first, last = canvas.node("a").bounding_box(), canvas.node("b").bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(first["x"] - 40, first["y"] - 30)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] + 40, last["y"] + last["height"] - 20, steps=8)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(canvas.selected).to_have_count(2)
    canvas.press("Escape")
    expect(canvas.selected).to_have_count(0)

    page.get_by_role("button", name="Selection tool").click()
    page.mouse.move(first["x"] - 40, first["y"] - 30)
    page.mouse.down()
    page.mouse.move(first["x"] + 60, first["y"] + 30, steps=8)
    page.mouse.up()
    expect(canvas.selected).to_have_count(1)


def test_a_messy_drawing_is_tidied_up_and_back(browser_page, studio_server):
    drawn = graph(
        [node("a", "split-data", 500, 500), node("b", "split-data", 0, 0), node("c", "split-data", 480, 480)],
        "a.first > b.rows",
        "b.first > c.rows",
    )
    canvas = Canvas(browser_page, studio_server, drawn=drawn)
    browser_page.get_by_role("button", name="Tidy up").click()
    browser_page.wait_for_function(
        """() => {
          const top = id => document.querySelector(`.react-flow__node[data-id=${id}]`).getBoundingClientRect().top;
          return top('a') < top('b') && top('b') < top('c');
        }"""
    )
    canvas.expect_saved()
    canvas.focus()
    canvas.press("Control+z")
    browser_page.wait_for_function(
        "() => { const top = id => document.querySelector(`.react-flow__node[data-id=${id}]`).getBoundingClientRect().top;"
        " return top('a') > top('b') }"
    )


def test_pipeline_and_node_are_renamed_in_place(canvas):
    page = canvas.page
    canvas.node("a").click()
    canvas.press("F2")
    page.get_by_label("Name of the node").fill("The beginning")
    canvas.press("Enter")
    expect(canvas.node("The beginning")).to_be_visible()
    name = page.get_by_label("Name of the pipeline")
    name.fill("Income of adults")
    name.press("Enter")
    canvas.expect_saved()
    page.reload()
    expect(page.get_by_label("Name of the pipeline")).to_have_value("Income of adults")
    expect(canvas.node("The beginning")).to_be_visible()


def test_a_comment_stands_on_the_node(canvas):
    canvas.node("b").click()
    canvas.press("m")
    canvas.type("Seventy to thirty")
    canvas.press("Control+Enter")
    expect(canvas.node("b").locator(".dnode-comment")).to_contain_text("Seventy to thirty")


def test_the_context_menu_does_what_it_says(canvas):
    page = canvas.page
    canvas.node("b").click(button="right")
    page.get_by_role("menuitem", name="Duplicate").click()
    canvas.expect_counts(4, 2)
    canvas.node("c").click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    canvas.expect_counts(3, 1)
    page.locator(".react-flow__pane").click(button="right", position={"x": 30, "y": 30})
    page.get_by_role("menuitem", name="Select all").click()
    expect(canvas.selected).to_have_count(3)
