"""The table of runs as people live in it: columns, filters, groups, views, bulk actions, live rows."""

import json
import re
import urllib.request
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e
# A small sweep: its runs differ in depth and team, and deeper ones do better.
SWEEP = [{"name": f"trial-{n:02}", "depth": 4 + 2 * (n % 3), "team": "risk" if n % 2 else "growth", "auc": round(0.70 + n / 100, 2)} for n in range(12)]


@pytest.fixture
def protocol(studio_server):
    """The tracking protocol as a program speaks it."""

    def call(method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            f"{studio_server.url}/w/{studio_server.workspace}/api/2.0/mlflow/{path}",
            method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {studio_server.token}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or "{}")

    return call


@pytest.fixture
def sweep(protocol, request):
    """An experiment of its own for every story; its id."""
    experiment = protocol("POST", "experiments/create", {"name": f"Sweep of {request.node.name} {id(request)}"})["experiment_id"]
    for n, trial in enumerate(SWEEP):
        log(protocol, experiment, n=n, **trial)
    return experiment


def log(protocol, experiment, *, name, depth, team, auc, n=0, end=True) -> str:
    run = protocol("POST", "runs/create", {"experiment_id": experiment, "run_name": name, "start_time": 1_700_000_000_000 + n})
    run_id = run["run"]["info"]["run_id"]
    values = [(auc - 0.05, 0), (auc + 0.02, 1), (auc, 2)]
    protocol("POST", "runs/log-batch", {
        "run_id": run_id,
        "metrics": [{"key": "val/auc", "value": value, "step": step, "timestamp": 1_700_000_000_000 + step} for value, step in values],
        "params": [{"key": "depth", "value": str(depth)}],
        "tags": [{"key": "team", "value": team}],
    })  # fmt: skip
    if end:
        protocol("POST", "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": 1_700_000_100_000})
    return run_id


class Table:
    def __init__(self, page: Page, server) -> None:
        self.page, self.server = page, server

    def open(self, query: str = "") -> "Table":
        self.page.goto(f"{self.server.url}/w/{self.server.workspace}/runs/{query}")
        self.page.locator(".rt-row .rt-name, .rt-row .rt-group-words").first.wait_for()
        return self

    @property
    def names(self) -> Locator:
        return self.page.locator(".rt-body .rt-name")

    def expect_names(self, *names: str) -> None:
        """In the order in which they are seen."""
        expect(self.page.locator(".rt-scroll")).to_be_visible()
        self.page.wait_for_function(
            """wanted => JSON.stringify([...document.querySelectorAll('.rt-body .rt-row')]
                .sort((a, b) => a.dataset.row - b.dataset.row).map(row => row.querySelector('.rt-name')?.textContent)) === JSON.stringify(wanted)""",
            arg=list(names),
        )

    def row(self, name: str) -> Locator:
        return self.page.locator(".rt-row", has=self.page.locator(".rt-name", has_text=re.compile(f"^{re.escape(name)}$")))

    def cell(self, name: str, field: str) -> Locator:
        return self.row(name).locator(f"[data-field='{field}']")

    def head(self, field: str) -> Locator:
        return self.page.locator(f".rt-head [data-field='{field}']")

    def heads(self) -> list[str]:
        return self.page.locator(".rt-head .rt-cell[data-field]").evaluate_all("cells => cells.map(cell => cell.dataset.field)")

    def choose(self, *names: str) -> None:
        for name in names:
            self.row(name).get_by_role("checkbox").click()

    def view(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def table(studio_server, browser_page):
    return Table(browser_page, studio_server)


def test_columns_are_what_runs_have_and_are_sorted_moved_resized_and_chosen(table, sweep):
    page = table.open(f"?e={sweep}").page
    auc, depth = "metrics.`val/auc`", "params.depth"
    expect(table.cell("trial-11", auc)).to_have_text("0.8100")
    expect(table.cell("trial-11", depth)).to_have_text("8")

    table.head(auc).click()
    expect(table.head(auc)).to_have_attribute("aria-sort", "descending")
    table.expect_names(*[f"trial-{n:02}" for n in range(11, -1, -1)])
    table.head(depth).click(modifiers=["Shift"])
    table.head(auc).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(re.escape(f"sort={quote(auc, '/')},{depth}")))  # the first turned, the second added

    # The best value in place of the last.
    table.head(auc).get_by_role("button").click()
    page.get_by_role("menuitemradio", name="highest").click()
    expect(table.cell("trial-11", f"{auc}:max")).to_have_text("0.8300")

    # Dragged in front of another, then back by the keyboard.
    before = table.heads()
    source, target = table.head(depth).bounding_box(), table.head("attributes.created").bounding_box()
    page.mouse.move(source["x"] + 30, source["y"] + 15)
    page.mouse.down()
    page.mouse.move(target["x"] + 8, target["y"] + 15, steps=8)
    page.mouse.up()
    page.wait_for_function("field => document.querySelectorAll('.rt-head .rt-cell')[1].dataset.field === field", arg=depth)
    page.locator(".rt-scroll").focus()
    page.keyboard.press("Control+Home")
    for key in ("ArrowUp", "ArrowRight", "ArrowRight", "Alt+ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_function("field => document.querySelectorAll('.rt-head .rt-cell')[2].dataset.field === field", arg=depth)
    assert sorted(table.heads()) == sorted(before)

    handle = table.head(depth).locator("[data-handle]").bounding_box()
    page.mouse.move(handle["x"] + 3, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 83, handle["y"] + 10, steps=4)
    page.mouse.up()
    page.wait_for_function("() => new URLSearchParams(location.search).has('w')")

    table.button("Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_role("button", name="Tags").click()
    dialog.get_by_label("Search names").fill("tea")
    dialog.get_by_role("checkbox", name="team").uncheck()
    dialog.get_by_role("button", name="Show these columns").click()
    expect(table.head("tags.team")).to_have_count(0)
    table.button("Columns").click()
    dialog.get_by_role("button", name="Tags").click()
    dialog.get_by_role("checkbox", name="team").check()
    dialog.get_by_role("button", name="Show these columns").click()
    expect(table.head("tags.team")).to_have_count(1)

    # The address is the view: the same again in a reload.
    shown = table.heads()
    page.reload()
    table.names.first.wait_for()
    assert table.heads() == shown and "team" in page.url


def test_filters_are_chips_and_text_and_the_same_thing(table, sweep):
    page = table.open(f"?e={sweep}").page
    table.button("Filter").click()
    page.get_by_role("combobox", name="Filter by…").fill("auc")
    page.get_by_role("option", name="val/auc").click()
    page.get_by_label("Comparison").select_option("at-least")
    page.get_by_label("Value", exact=True).fill("0.79")
    table.button("Add").click()
    expect(page.locator(".rt-chips").get_by_role("listitem")).to_have_text(["val/auc is at least 0.79"])
    table.expect_names("trial-11", "trial-10", "trial-09")
    assert table.view()["filter"] == ["metrics.`val/auc` >= 0.79"]

    # The search field is a filter too.
    page.get_by_label("Search names").fill("trial-1")
    table.expect_names("trial-11", "trial-10")

    # Written on, with what is offered.
    table.button("Filter as text").click()
    text = page.get_by_role("combobox", name="Filter", exact=True)
    text.fill("metrics.`val/auc` >= 0.79 AND params.dep")
    page.get_by_role("option", name="params.depth").click()
    text.press_sequentially("= '")
    page.get_by_role("option", name="6").click()
    text.press("Escape")
    text.press("Enter")
    table.expect_names("trial-10")

    # What is wrong is said where it stands, and nothing is lost.
    text.fill("metrics.`val/auc` >= 0.79 AND parms.depth = '6'")
    text.press("Escape")
    text.press("Enter")
    expect(page.locator("#rt-filter-problem mark")).to_contain_text("parms")
    expect(page.locator("#rt-filter-problem")).to_contain_text("params")
    text.fill("params.depth = '4' OR params.depth = '6'")
    text.press("Escape")
    text.press("Enter")
    expect(table.names).to_have_count(8)
    expect(table.button("Filter")).to_be_disabled()  # chips cannot say OR

    page.go_back()
    page.go_back()
    table.expect_names("trial-10")


def test_nothing_matches_and_the_way_out(table, sweep):
    page = table.page
    page.goto(f"{table.server.url}/w/{table.server.workspace}/runs/?e={sweep}&filter={quote('metrics.`val/auc` > 2')}")
    page.get_by_text("No run matches these filters.").wait_for()
    table.button("Clear the filters").click()
    expect(table.names).to_have_count(12)


def test_groups_show_mean_band_and_extremes_and_open(table, sweep):
    page = table.open(f"?e={sweep}").page
    table.button("Group").click()
    page.get_by_role("combobox", name="Group by…").fill("depth")
    page.get_by_role("option", name="depth").click()
    groups = page.locator(".rt-row.is-group")
    expect(groups).to_have_count(3)
    expect(groups.first.locator(".rt-count")).to_have_text("4")
    # 0.70, 0.73, 0.76 and 0.79
    expect(groups.first.locator("[data-field='metrics.`val/auc`']")).to_have_text(re.compile(r"0\.7450 ± 0\.0\d+0\.7000 … 0\.7900"))

    groups.first.locator(".rt-lead").click()
    expect(table.names).to_have_count(4)
    expect(groups.first).to_have_attribute("aria-expanded", "true")
    assert table.view()["group"] == ["params.depth"]


def test_pinned_runs_stay_on_top_and_hidden_ones_leave_the_charts(table, sweep):
    page = table.open(f"?e={sweep}&pane=both").page
    expect(page.locator(".rt-charts-head")).to_contain_text("12 of 12 runs drawn")
    table.row("trial-03").hover()
    table.row("trial-03").get_by_role("button", name="Pin to the top").click()
    expect(page.locator(".rt-stuck .rt-name")).to_have_text(["trial-03"])
    table.row("trial-05").get_by_role("button", name="Hide from the charts").click()
    expect(page.locator(".rt-charts-head")).to_contain_text("11 of 12 runs drawn, 1 hidden")
    table.row("trial-07").get_by_role("button", name="Colour").click()
    page.get_by_role("button", name="Colour 4").click()
    page.wait_for_function("() => ['pin', 'hide', 'color'].every(name => new URLSearchParams(location.search).has(name))")

    page.reload()
    expect(page.locator(".rt-stuck .rt-name")).to_have_text(["trial-03"])
    expect(table.row("trial-05").get_by_role("button", name="Show in the charts")).to_be_visible()


def test_many_runs_are_tagged_archived_and_deleted_and_it_is_taken_back(table, sweep):
    page = table.open(f"?e={sweep}&cols=tags.team,params.depth").page
    table.choose("trial-02", "trial-03")
    page.get_by_role("toolbar", name="The chosen runs").get_by_role("button", name="Tag").click()
    page.get_by_role("combobox", name="Tag").fill("team")
    page.locator("#rt-tag-value").fill("both")
    page.get_by_role("dialog").get_by_role("button", name="Tag", exact=True).click()
    expect(table.cell("trial-02", "tags.team")).to_have_text("both")
    expect(table.cell("trial-03", "tags.team")).to_have_text("both")
    table.button("Undo").click()
    expect(table.cell("trial-02", "tags.team")).to_have_text("growth")
    expect(table.cell("trial-03", "tags.team")).to_have_text("risk")

    for action, gone in (("Archive", 10), ("Delete", 10)):
        if not page.get_by_text("2 chosen").is_visible():
            table.choose("trial-02", "trial-03")
        table.button(action).click()
        expect(table.names).to_have_count(gone)
        page.get_by_role("button", name="Undo").last.click()
        expect(table.names).to_have_count(12)

    # All that match, by the keyboard: all but one go to the archive.
    page.locator(".rt-scroll").focus()
    page.keyboard.press("Control+a")
    expect(page.get_by_text("12 chosen")).to_be_visible()
    table.choose("trial-00")
    table.button("Archive").click()
    table.expect_names("trial-00")
    page.get_by_label("Which runs").select_option("archived")
    expect(table.names).to_have_count(11)


def test_a_shared_view_opens_for_another_person_and_as_the_first_of_mine(table, sweep, studio_server, story_browser):
    deep = quote("params.depth = '8'")
    page = table.open(f"?e={sweep}&filter={deep}&cols=params.depth&sort=attributes.name").page
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitem", name="Save this view…").click()
    page.get_by_label("Name", exact=True).fill("Deep ones")
    page.get_by_label("Share it with the workspace").check()
    table.button("Save").click()
    page.wait_for_url(re.compile(r"\?view=\d+$"))
    link = page.url

    studio_server.manage(
        "shell", "-c",
        "from registry.accounts.models import User; from registry.workspaces.models import *;"
        "u, new = User.objects.get_or_create(username='vera');"
        f"Membership.objects.get_or_create(workspace=Workspace.objects.get(slug='{studio_server.workspace}'), user=u, defaults={{'role': 'reader'}})",
    )  # fmt: skip
    context = story_browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        other = context.new_page()
        other.goto(studio_server.sign_in_link("vera"))
        other.get_by_role("button", name="Continue as").click()
        other.wait_for_url(lambda url: "/sign-in/" not in url)
        other.goto(link)
        theirs = Table(other, studio_server)
        theirs.expect_names("trial-02", "trial-05", "trial-08", "trial-11")
        assert theirs.heads() == ["params.depth"]
        expect(other.get_by_role("button", name="View Deep ones")).to_be_visible()
        # A reader looks; what changes runs is not offered.
        theirs.choose("trial-02")
        expect(theirs.button("Compare")).to_be_visible()
        expect(theirs.button("Delete")).to_have_count(0)
    finally:
        context.close()

    # Changed, it says so, and the address holds all of it again.
    table.head("params.depth").click()
    expect(page.get_by_role("button", name="View Deep ones (changed)")).to_be_visible()
    assert {"view", "sort", "filter"} <= set(table.view())
    page.get_by_role("button", name="View Deep ones (changed)").click()
    page.get_by_role("menuitem", name="Open this view first").click()
    page.get_by_text("The runs open with “Deep ones”.").wait_for()
    table.open()
    table.expect_names("trial-02", "trial-05", "trial-08", "trial-11")
    page.get_by_role("button", name="View Deep ones").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_text("“Deep ones” is deleted.").wait_for()


def test_rows_move_while_runs_write_and_nothing_else_does(table, sweep, protocol):
    page = table.open(f"?e={sweep}&cols=attributes.status,metrics.`val/auc`").page
    table.choose("trial-04")
    page.evaluate("window.untouched = true")
    run = log(protocol, sweep, name="newcomer", depth=6, team="risk", auc=0.5, end=False)

    expect(table.cell("newcomer", "metrics.`val/auc`")).to_have_text("0.5000")
    expect(table.cell("newcomer", "attributes.status")).to_have_text("Running")
    protocol("POST", "runs/log-metric", {"run_id": run, "key": "val/auc", "value": 0.625, "step": 3, "timestamp": 1_700_000_009_000})
    expect(table.cell("newcomer", "metrics.`val/auc`")).to_have_text("0.6250")
    protocol("POST", "runs/update", {"run_id": run, "status": "FAILED"})
    expect(table.cell("newcomer", "attributes.status")).to_have_text("Failed")

    expect(table.row("trial-04").get_by_role("checkbox")).to_be_checked()
    assert page.evaluate("window.untouched")


def test_experiments_are_made_renamed_deleted_and_restored(table, sweep):
    page = table.open(f"?e={sweep}").page
    name = f"Made by hand {sweep}"
    table.button("Experiments").click()
    table.button("New").click()
    page.get_by_label("Name", exact=True).fill(name)
    table.button("Create").click()
    page.get_by_text("Nothing has run here yet.").wait_for()
    expect(page.get_by_text("MLFLOW_TRACKING_URI")).to_be_visible()

    table.button("Experiments").click()
    page.get_by_label("Search experiments").fill(name)
    table.button(f"Change {name}").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name", exact=True).fill(f"{name} again")
    table.button("Rename").click()
    expect(table.button("Experiments")).to_contain_text(f"{name} again")
    table.button("Experiments").click()
    page.get_by_label("Search experiments").fill(f"{name} again")
    table.button(f"Change {name} again").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(table.button("Experiments")).to_contain_text("All experiments")
    table.button("Undo").click()
    page.get_by_text(f"“{name} again” is back.").wait_for()


def test_the_table_is_saved_as_csv(table, sweep):
    page = table.open(f"?e={sweep}&cols=params.depth,metrics.`val/auc`:max&filter={quote('metrics.`val/auc` > 0.795')}").page
    table.button("More").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Export as CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert len(lines) == 3
    assert "trial-11" in lines[1] and lines[1].endswith(("8,0.83", "8,0.8300000000000001"))
