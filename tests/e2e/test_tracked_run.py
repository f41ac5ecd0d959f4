"""The page of a run that a client logged: its notes, its files, and that no file acts in the studio's name."""

import base64
import json
import urllib.request

import pytest

pytestmark = pytest.mark.e2e

# Everything that a page of the studio could do, tried by a page among the artifacts; what it got hold of, it tells.
HOSTILE = """<!doctype html><meta charset="utf-8"><title>Report</title><h1 id="shown">waiting</h1><script>
const got = [];
const tries = {
  cookie: () => document.cookie,
  storage: () => localStorage.getItem("secret"),
  session: () => sessionStorage.getItem("secret"),
  parent: () => parent !== window && parent.document.title,
  top: () => top !== window && top.location.href,
};
for (const [name, attempt] of Object.entries(tries)) {
  try { const found = attempt(); if (found) got.push(name + "=" + found); } catch { /* refused */ }
}
try { if (top !== window) top.location = "/stolen/"; } catch { /* refused */ }
fetch("/api/v1/me").then((answer) => answer.text()).then((text) => got.push("api=" + text)).catch(() => {})
  .then(() => fetch("ADDRESS", {method: "DELETE", credentials: "include"}).then(() => got.push("deleted")).catch(() => {}))
  .then(() => { document.getElementById("shown").textContent = "ran, got: " + (got.join(" ") || "nothing"); });
</script><form id="f" action="/sign-out/" method="post"></form><script>document.getElementById("f").submit()</script>"""

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="document.documentElement.setAttribute('data-ran', '1')">
<rect width="200" height="100" fill="tomato"/><script>document.documentElement.setAttribute('data-ran', '1');
fetch('/api/v1/me').then(r => r.text()).then(t => document.documentElement.setAttribute('data-got', t))</script></svg>"""

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
NOTES = "# Notes\n\n<img src=x onerror=\"window.owned = true\"><script>window.owned = true</script> **done**"


@pytest.fixture
def home(studio_server):
    return f"{studio_server.url}/w/{studio_server.workspace}"


@pytest.fixture
def tracked(studio_server):
    """A run with hostile files, written where the artifact proxy writes. Gives its id."""
    script = studio_server.data_dir / "make_tracked.py"
    files = {
        "plots/evil report.html": HOSTILE, "plots/evil.svg": DRAWING, "notes 100%.md": NOTES,
        "tables/eval.json": json.dumps({"columns": ["question", "score"], "data": [["what?", 0.5], ["why?", 0.75]]}),
        "logs/rank_0.log": "".join(f"rank 0 line {n}\n" for n in range(1200)), "logs/rank_1.log": "rank 1 says hello\n",
        "code/train.py": "print('second')\n",
    }  # fmt: skip
    script.write_text(
        f"""
import json, pathlib
from django.conf import settings
from registry.accounts.models import User
from registry.runs import artifacts, experiments, tracking
from registry.runs.models import Run
from registry.workspaces.models import Workspace
place = Workspace.objects.get(slug={studio_server.workspace!r})
by = User.objects.get(username="admin")
def make(name, **fields):
    return Run.objects.create(workspace=place, experiment=experiments.default(place), kind="tracked", name=name, created_by=by, status="completed", **fields)
before = make("Before")
run = make("Hostile")
child = make("Child of hostile", nested_in=run)
tracking.write(tracking.Batch(run.pk, metrics=[("val/auc", 0.9, 0, 1)], tags=[("mlflow.note.content", "Is **this** any good?"), ("mlflow.user", "ada"), ("mlflow.loggedArtifacts", json.dumps([{{"path": "tables/eval.json", "type": "table"}}]))]))
tracking.write(tracking.Batch(child.pk, metrics=[("val/auc", 0.7, 0, 1)]))
def put(run, path, text):
    file = pathlib.Path(settings.STORE_DIR) / artifacts.root(run) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("ADDRESS", "/api/v1/w/{studio_server.workspace}/runs/" + run.run_id))
put(before, "code/train.py", "print('first')\\n")
for path, text in json.loads({json.dumps(files)!r}).items():
    put(run, path, text)
print("RUN", run.run_id)
"""
    )
    said = studio_server.manage("shell", "-c", f"exec(open({str(script)!r}).read())")
    return next(line.split()[1] for line in said.splitlines() if line.startswith("RUN "))


def test_a_page_among_the_files_runs_and_gets_hold_of_nothing(tracked, home, browser_page):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/")
    page.evaluate("localStorage.setItem('secret', 'x'); sessionStorage.setItem('secret', 'x')")
    page.goto(f"{home}/runs/{tracked}/?tab=artifacts&path=plots/evil report.html")

    frame = page.frame_locator("iframe.studio-sandbox")
    frame.get_by_text("ran, got:").wait_for(timeout=30_000)

    assert frame.locator("#shown").inner_text() == "ran, got: nothing"
    # Still here, still signed in, and the run is not in the bin.
    assert tracked in page.url
    page.reload()
    page.get_by_role("tab", name="Artifacts").wait_for()
    assert not page.get_by_text("This run is in the bin").count()


@pytest.mark.parametrize("path", ["plots/evil%20report.html", "plots/evil.svg"])
def test_its_address_opened_by_itself_is_no_page_of_ours_either(tracked, studio_server, home, browser_page, path):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/")
    page.evaluate("localStorage.setItem('secret', 'x')")
    raw = f"{studio_server.url}/api/v1/w/{studio_server.workspace}/runs/{tracked}/artifacts/raw/{path}"

    answer = page.goto(raw)

    assert answer.headers["x-content-type-options"] == "nosniff"
    if path.endswith("html"):
        page.get_by_text("ran, got:").wait_for(timeout=30_000)
        assert page.locator("#shown").inner_text() == "ran, got: nothing"
    else:
        assert page.locator("svg").get_attribute("data-ran") is None
    assert page.evaluate("self.origin") == "null"
    assert page.url == raw
    # Nobody was signed out.
    assert page.goto(f"{home}/runs/{tracked}/").status == 200 and tracked in page.url


def test_markdown_pictures_and_drawings_are_shown_and_do_nothing(tracked, home, browser_page):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/?tab=artifacts&path=notes 100%25.md")
    page.get_by_role("heading", name="Notes", exact=True).wait_for()
    page.locator("[data-path=plots]").click()
    page.locator('[data-path="plots/evil.svg"]').click()
    page.wait_for_function("() => document.querySelector('.studio-picture img')?.naturalWidth > 0")

    page.get_by_role("button", name="Enlarge evil.svg").click()
    page.locator("dialog.studio-lightbox img").wait_for()
    page.keyboard.press("Escape")

    assert page.evaluate("window.owned") is None
    assert page.locator("dialog").count() == 0


def test_notes_are_written_and_stay(tracked, home, browser_page):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/")
    page.locator(".studio-description strong", has_text="this").wait_for()

    page.locator(".studio-description").get_by_role("button", name="Edit").click()
    page.get_by_label("Description", exact=True).last.fill("# Yes\n\nIt *is*.")
    page.keyboard.press("Control+Enter")
    page.locator(".studio-description").get_by_role("heading", name="Yes").wait_for()
    page.get_by_role("button", name="Rename this run").click()
    page.get_by_label("Name of the run").fill("Tamed")
    page.keyboard.press("Enter")
    page.locator("[data-run-title]").get_by_text("Tamed").wait_for()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Name of the tag").fill("team/ä")
    page.get_by_label("Value of the tag").fill("blue")
    page.keyboard.press("Enter")
    page.locator('[data-tag="team/ä"]').wait_for()
    page.get_by_role("button", name="Mark it with your star").click()
    page.get_by_label("Write a comment").fill("Well **done**.")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator(".studio-comment strong", has_text="done").wait_for()

    page.reload()
    page.locator("[data-run-title]").get_by_text("Tamed").wait_for()
    page.locator('[data-tag="team/ä"]').wait_for()
    page.locator(".studio-comment").get_by_text("Well").wait_for()
    page.get_by_role("button", name="Take away your star").wait_for()
    page.get_by_role("button", name="Take away the tag team/ä").click()
    page.get_by_role("button", name="Undo").click()
    page.locator('[data-tag="team/ä"]').wait_for()


def test_a_run_is_deleted_and_taken_back(tracked, home, browser_page):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/")
    page.get_by_role("button", name="More about this run").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("This run is in the bin").wait_for()

    page.get_by_role("button", name="Undo").click()

    page.get_by_text("This run is in the bin").wait_for(state="hidden")


def test_nested_runs_logs_tables_and_code_are_a_click_away(tracked, home, browser_page):
    page = browser_page
    page.goto(f"{home}/runs/{tracked}/")
    page.locator("[data-nested]").get_by_text("0.7").wait_for()
    page.get_by_role("link", name="Child of hostile").click()
    page.get_by_role("link", name="Hostile", exact=True).click()  # from the child back to its parent

    page.get_by_role("tab", name="Logs").click()
    page.get_by_text("rank 0 line 1199").wait_for()
    page.get_by_label("Search the log").fill("line 117")
    page.get_by_text("11 lines hold").wait_for()
    page.get_by_label("Whose log").select_option(label="Rank 1 (rank_1.log)")
    page.get_by_text("rank 1 says hello").wait_for()

    page.get_by_role("tab", name="Tables").click()
    page.get_by_text("why?").wait_for()

    page.get_by_role("tab", name="Code").click()
    page.get_by_label("Compare with the code of").select_option(label="Before (the run before)")
    page.get_by_text("Changed").first.wait_for()
    page.locator(".code-diff").get_by_text("first").first.wait_for()
    assert "against=" in page.url and "tab=code" in page.url

    page.reload()
    page.locator(".code-diff").get_by_text("first").first.wait_for()
    page.get_by_role("tab", name="Lineage").click()
    page.locator("[data-lineage]", has_text="Child of hostile").wait_for()


def test_what_a_client_logs_appears_without_a_reload(studio_server, home, browser_page):
    def ask(method, path, body, base="/api/2.0/mlflow/"):
        request = urllib.request.Request(
            f"{studio_server.url}/w/{studio_server.workspace}{base}{path}", method=method,
            data=body if isinstance(body, bytes) else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {studio_server.token}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or "null")

    info = ask("POST", "runs/create", {"experiment_id": "0", "start_time": 1})["run"]["info"]
    run = info["run_id"]
    page = browser_page
    page.goto(f"{home}/runs/{run}/")
    page.locator("[data-fact=state] [data-state=running]").wait_for()
    page.evaluate("window.untouched = true")

    ask("POST", "runs/log-metric", {"run_id": run, "key": "loss", "value": 0.25, "timestamp": 2, "step": 0})
    page.get_by_label("Metrics", exact=True).get_by_text("0.25").wait_for()
    proxied = info["artifact_uri"].split(":", 1)[1].lstrip("/")
    ask("PUT", f"{proxied}/plots/one.png", PNG, "/api/2.0/mlflow-artifacts/artifacts/")
    page.get_by_role("tab", name="Images").click()
    page.wait_for_function("() => document.querySelector('.studio-picture img')?.naturalWidth > 0")
    ask("POST", "runs/update", {"run_id": run, "status": "FINISHED", "end_time": 5000})
    page.locator("[data-fact=state] [data-state=completed]").wait_for()

    assert page.evaluate("window.untouched")
