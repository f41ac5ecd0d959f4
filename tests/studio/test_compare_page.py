"""The page that compares runs, as the server gives it: which runs an address names."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.runs import selections
from tests.registry import make

COMPARE = "/w/lab/runs/compare/"


def told(response):
    """What the page tells its script."""
    text = re.search(r'<script id="compare-page" type="application/json">(.*?)</script>', response.content.decode(), re.DOTALL)
    return json.loads(text[1])


@pytest.fixture
def browser(rita, client_for):
    return client_for(rita)


@pytest.mark.django_db
def test_the_runs_of_the_address_stand_once_each_in_their_order(browser):
    page = browser.get(f"{COMPARE}?runs=b2,a1,,b2, a1")

    assert told(page)["runs"] == ["b2", "a1"]
    assert '<link rel="preload" as="fetch" href="/api/v1/w/lab/runs/compare?runs=b2,a1"' in page.content.decode()


@pytest.mark.django_db
def test_many_ids_become_a_short_address_that_keeps_the_view(workspace, browser):
    ids = [f"r{n}" for n in range(1000)]

    moved = browser.get(f"{COMPARE}?runs={','.join(ids)}&only=differences")
    page = browser.get(moved.url)

    assert moved.status_code == 302
    assert len(moved.url) < 100
    assert "only=differences" in moved.url
    assert told(page)["runs"] == ids


@pytest.mark.django_db
def test_a_form_may_send_more_runs_than_an_address_holds(browser):
    ids = [f"r{n}" for n in range(300)]

    few = browser.post(f"{COMPARE}choose/", {"runs": ["a1", "b2,c3", "no id!"]})
    many = browser.post(f"{COMPARE}choose/", {"runs": ids})

    assert few.url == f"{COMPARE}?runs=a1,b2,c3"
    assert told(browser.get(many.url))["runs"] == ids


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("set=nothing", "no such selection"),
        ("set=%00", "no such selection"),
        ("runs=" + ",".join(f"r{n}" for n in range(selections.MOST_RUNS + 1)), "At most 2,000 runs"),
    ],
)
def test_what_cannot_be_shown_is_said_on_the_page(browser, query, said):
    page = browser.get(f"{COMPARE}?{query}")

    assert page.status_code == 200
    assert said in page.content.decode()
    assert told(page)["runs"] == []


@pytest.mark.django_db
def test_odd_ids_are_asked_for_and_do_no_harm(workspace, browser):
    page = browser.get(f"{COMPARE}?runs=%00,'; --,<script>")
    answer = browser.get("/api/v1/w/lab/runs/compare?runs=%00,'; --,<script>")

    assert "<script>" not in page.content.decode().split("compare-page")[1].split("</script>")[0]
    assert answer.json()["missing"] == ["\0", "'; --", "<script>"]


@pytest.mark.django_db
def test_the_page_costs_the_same_however_many_runs_it_compares(workspace, alice, browser):
    ids = [make.run(workspace, alice).run_id for _ in range(30)]

    def queries(chosen):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"{COMPARE}?runs={','.join(chosen)}").status_code == 200
        return len(asked)

    assert queries(ids[:2]) == queries(ids)
