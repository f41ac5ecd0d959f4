"""The list of pipelines and the gallery of samples."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_pipeline_is_made_duplicated_deleted_and_brought_back(browser_page, studio_server):
    page = browser_page
    home = f"{studio_server.url}/w/{studio_server.workspace}/designer/"
    page.goto(home)
    page.get_by_role("button", name="New pipeline").click()
    expect(page.locator("#new-pipeline-name")).to_be_focused()
    page.keyboard.type("Made by name")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/designer/\d+/$"))
    expect(page.get_by_label("Name of the pipeline")).to_have_value("Made by name")

    page.goto(home + "?q=made+by")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Delete Made by name").click()
    expect(rows.first).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(rows.first).to_be_visible()
    page.get_by_role("button", name="Duplicate Made by name").click()
    page.wait_for_url(re.compile(r"/designer/\d+/$"))
    page.goto(home + "?q=made+by")
    expect(rows).to_have_count(2)


def test_a_sample_is_opened_as_a_copy_and_run(browser_page, studio_server):
    page = browser_page
    page.goto(f"{studio_server.url}/w/{studio_server.workspace}/designer/")
    page.locator("[data-act=run-sample]").first.click()
    page.wait_for_url(re.compile(r"/designer/\d+/$"))
    expect(page.locator(".dbar-last")).to_contain_text("Done", timeout=60_000)
