"""A report is written beside its preview, kept while one types, and read by somebody without an account."""

import uuid

import httpx
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


@pytest.fixture
def experiment(studio_server):
    """Three runs, logged as a client does."""
    headers = {"Authorization": f"Bearer {studio_server.token}"}
    base = f"{studio_server.url}/w/{studio_server.workspace}/api/2.0/mlflow"
    with httpx.Client(base_url=base, headers=headers, timeout=30) as client:

        def post(path, body):
            answer = client.post(path, json=body)
            assert answer.status_code == 200, answer.text
            return answer.json()

        name = f"Reported {uuid.uuid4().hex[:6]}"
        made = post("/experiments/create", {"name": name})["experiment_id"]
        for number in range(3):
            body = {"experiment_id": made, "run_name": f"try {number}", "start_time": 1_700_000_000_000 + number}
            run = post("/runs/create", body)["run"]["info"]["run_id"]
            points = [{"key": "loss", "value": 1 / (step + 1 + number), "timestamp": step, "step": step} for step in range(30)]
            score = {"key": "score", "value": number, "timestamp": 1, "step": 0}
            post("/runs/log-batch", {"run_id": run, "metrics": [*points, score]})
            post("/runs/update", {"run_id": run, "status": "FINISHED", "end_time": 1_700_000_001_000})
    return name


def test_a_report_is_written_kept_and_shared(browser_page, studio_server, story_browser, experiment):
    page = browser_page
    page.goto(f"{studio_server.url}/w/{studio_server.workspace}/reports/")
    page.get_by_role("button", name="New report").first.click()

    title = page.get_by_label("Title of the report")
    title.fill("How it went")
    text = page.get_by_label("Text of the report")
    text.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(
        f"## The best\n\n```atelier\nshow: table\nexperiment: {experiment}\norder: metrics.score DESC\nlimit: 2\ncolumns: [metrics.score]\n```\n\n"
        f"```atelier\nshow: lines\nexperiment: {experiment}\nmetrics: [loss]\n```\n\n<script>document.title='hacked'</script>\n"
    )
    preview = page.locator("[data-reading]")
    expect(preview.get_by_role("heading", name="The best")).to_be_visible()
    expect(preview.get_by_role("link", name="try 2")).to_be_visible()
    expect(preview.get_by_role("link", name="try 0")).to_have_count(0)
    expect(preview.get_by_text("2 of 3 runs.")).to_be_visible()
    expect(preview.locator("[data-figure=loss] .scatterlayer .trace")).to_have_count(3)
    expect(page.locator("[data-saved]")).to_have_text("Saved")

    # A mistake is said where it stands, with the way out.
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text("\n```atelier\nshow: lnes\nmetrics: [loss]\n```\n")
    expect(preview.get_by_text("Did you mean `lines`?")).to_be_visible()

    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    page.reload()
    expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    expect(preview.get_by_role("link", name="try 2")).to_be_visible()
    assert "hacked" not in page.title()

    # Plotly would offer to send what is drawn to a server of its own.
    expect(preview.get_by_role("button", name="Share chart")).to_have_count(0)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link").input_value()
    stranger = story_browser.new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("try 2")).to_be_visible()
    expect(stranger.locator("[data-figure=loss] .scatterlayer .trace")).to_have_count(3)
    expect(stranger.get_by_role("link", name="try 2")).to_have_count(0)

    page.get_by_role("button", name="Withdraw the link").click()
    expect(page.get_by_text("The link no longer works.")).to_be_visible()
    assert stranger.goto(link).status == 404
    stranger.context.close()


def test_somebody_else_has_saved_meanwhile(browser_page, studio_server):
    page = browser_page
    headers = {"Authorization": f"Bearer {studio_server.token}"}
    api = f"{studio_server.url}/api/v1/w/{studio_server.workspace}/reports"
    made = httpx.post(api, json={"title": "Two windows", "body": "first"}, headers=headers).json()
    page.goto(f"{studio_server.url}/w/{studio_server.workspace}/reports/{made['id']}/?edit=1")
    text = page.get_by_label("Text of the report")
    expect(text).to_contain_text("first")

    saved = httpx.patch(f"{api}/{made['id']}", json={"revision": 1, "body": "theirs"}, headers=headers)
    assert saved.status_code == 200
    text.click()
    page.keyboard.insert_text("mine ")

    expect(page.get_by_role("alert").get_by_text("has saved this report since you opened it")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_text("Not saved")
    expect(text).to_contain_text("mine")
    assert httpx.get(f"{api}/{made['id']}", headers=headers).json()["body"] == "theirs"
