"""Saved means saved: the mark, the second tab, the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas, graph, node

pytestmark = pytest.mark.e2e

DRAWN = graph([node("a", "split-data"), node("b", "split-data", 0, 200)], "a.first > b.rows")


@pytest.fixture
def canvas(browser_page, studio_server):
    return Canvas(browser_page, studio_server, drawn=DRAWN)


@pytest.fixture
def second(canvas, studio_server):
    """The same pipeline in another tab."""
    page = canvas.page.context.new_page()
    page.goto(canvas.url)
    tab = Canvas.__new__(Canvas)
    tab.page, tab.server, tab.root, tab.id = page, studio_server, canvas.root, canvas.id
    page.locator(".dnode").first.wait_for()
    yield tab
    page.close()


def delete(canvas, title):
    canvas.node(title).click()
    canvas.press("Delete")


def test_an_edit_is_on_the_server_within_a_second(canvas):
    with canvas.page.expect_request(lambda request: request.method == "PUT", timeout=1000):
        delete(canvas, "b")
    canvas.expect_saved()
    assert [n["id"] for n in canvas.stored()["nodes"]] == ["a"]


def test_the_mark_tells_the_truth_when_the_server_is_away(canvas):
    page = canvas.page
    page.route("**/graph", lambda route: route.abort())
    delete(canvas, "b")
    mark = page.locator(".dsave")
    expect(mark).to_contain_text("Not saved — retrying")
    expect(mark).to_contain_text("does not answer")
    page.unroute("**/graph")
    canvas.expect_saved()
    assert [n["id"] for n in canvas.stored()["nodes"]] == ["a"]


def test_the_last_edit_goes_with_the_page(canvas):
    delete(canvas, "b")
    canvas.page.goto(canvas.server.url + "/")
    canvas.page.wait_for_load_state()
    for _ in range(20):
        if len(canvas.stored()["nodes"]) == 1:
            break
        canvas.page.wait_for_timeout(100)
    assert [n["id"] for n in canvas.stored()["nodes"]] == ["a"]


def test_leaving_with_unsaved_edits_asks_first(canvas):
    page = canvas.page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/graph", lambda route: route.abort())
    delete(canvas, "b")
    expect(page.locator(".dsave")).to_contain_text("Not saved")
    page.goto(canvas.server.url + "/")
    assert asked == ["beforeunload"]


def test_a_second_tab_cannot_silently_overwrite_and_theirs_can_be_taken(canvas, second):
    delete(second, "b")
    second.expect_saved()
    # This tab has not been looked at since, so it does not know.
    canvas.node("a").click()
    canvas.press("ArrowRight")
    banner = canvas.page.get_by_role("alert").filter(has_text="Changed by")
    expect(banner).to_be_visible()
    assert [n["id"] for n in canvas.stored()["nodes"]] == ["a"]
    canvas.page.get_by_role("button", name="Take theirs").click()
    canvas.expect_counts(1, 0)
    canvas.expect_saved()
    # Mine is not lost either.
    canvas.focus()
    canvas.press("Control+z")
    canvas.expect_counts(2, 1)
    canvas.expect_saved()


def test_mine_can_be_kept_and_theirs_stays_in_the_history(canvas, second):
    delete(second, "b")
    second.expect_saved()
    delete(canvas, "a")
    canvas.page.get_by_role("button", name=re.compile("Keep mine")).click()
    canvas.expect_saved()
    assert [n["id"] for n in canvas.stored()["nodes"]] == ["b"]
    kept = canvas.api("GET", f"{canvas.root}/{canvas.id}/versions")["body"]["results"]
    graphs = [canvas.api("GET", f"{canvas.root}/{canvas.id}/versions/{v['revision']}")["body"]["graph"] for v in kept]
    assert ["a"] in [[n["id"] for n in g["nodes"]] for g in graphs]


def test_an_older_version_is_looked_at_and_restored(canvas):
    page = canvas.page
    delete(canvas, "b")
    canvas.expect_saved()
    canvas.focus()
    canvas.press("h")
    history = page.get_by_role("complementary", name="Version history")
    first = history.get_by_role("listitem").filter(has_text="Created")
    first.get_by_role("button", name="Look").click()
    expect(page.get_by_text("You are looking at revision 1")).to_be_visible()
    canvas.expect_counts(2, 1)
    page.get_by_role("button", name="Back to the present").click()
    canvas.expect_counts(1, 0)
    first.get_by_role("button", name="Restore").click()
    canvas.expect_counts(2, 1)
    canvas.expect_saved()
    assert len(canvas.stored()["nodes"]) == 2
    canvas.focus()
    canvas.press("Control+z")
    canvas.expect_counts(1, 0)


def test_a_thousand_nodes_open_and_save(browser_page, studio_server):
    nodes = [node(f"n{i}", "split-data", (i % 40) * 260, (i // 40) * 160) for i in range(1000)]
    wires = [f"n{i}.first > n{i + 40}.rows" for i in range(960)]
    canvas = Canvas(browser_page, studio_server, drawn=graph(nodes, *wires))
    canvas.focus()
    canvas.press("f", "Control+a", "ArrowRight")
    canvas.expect_saved()
    assert canvas.stored()["nodes"][0]["x"] == 10
