"""What is asked of one run, or asked each second, costs the same however many runs there have been."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from designer.pipelines import selectors as pipelines
from registry.errors import NotFound
from registry.mlmodels import selectors as mlmodels
from registry.runs import execution, listing, selectors
from tests.registry import make

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans of other databases read otherwise")

ASKED = {
    "log lines": lambda run: listing.merged_log_page(run, after=5),
    "the last log lines": lambda run: listing.merged_log_page(run, tail=True),
    "parameters": lambda run: list(listing.params(run)[:50]),
    "metrics": lambda run: list(listing.metrics(run)[:50]),
    "inputs": lambda run: list(listing.inputs(run)),
    "outputs": lambda run: listing.outputs(run),
    "models": lambda run: list(mlmodels.made_by(run)),
    "steps": lambda run: list(selectors.steps(run)),
    "events": lambda run: list(selectors.events(run)),
    "the list of runs": lambda run: list(listing.listed(run.workspace)[:50]),
    "what the sweep asks": lambda run: execution.lost(lambda owner: False),
    "what waits": lambda run: selectors.waiting(datetime.now(UTC)),
    "who is at work": lambda run: list(selectors.at_work()),
}


@pytest.mark.parametrize("what", ASKED)
def test_no_question_reads_a_table_from_end_to_end(what, workspace, alice):
    run = make.run(workspace, alice)

    with CaptureQueriesContext(connection) as asked:
        ASKED[what](run)

    assert asked.captured_queries
    for query in asked.captured_queries:
        assert not scans(query["sql"]), query["sql"]


def test_the_drawing_of_a_run_is_found_by_its_steps_without_reading_all_steps(workspace, alice):
    run = make.run(workspace, alice)

    with CaptureQueriesContext(connection) as asked, pytest.raises(NotFound):
        pipelines.drawing_of(workspace, run.run_id)

    assert not any(scans(query["sql"]) for query in asked.captured_queries)


@pytest.mark.parametrize("what", ["what the sweep asks", "who is at work", "what waits"])
def test_the_sweep_looks_at_what_is_at_work_and_not_at_all_runs_there_were(what, workspace, alice):
    run = make.run(workspace, alice)

    with CaptureQueriesContext(connection) as asked:
        ASKED[what](run)

    assert all("runs_at_work" in plan(query["sql"]) for query in asked.captured_queries)


def scans(sql: str) -> bool:
    return any("SCAN" in line and "SUBQUERY" not in line for line in plan(sql).splitlines())


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
        return "\n".join(row[3] for row in cursor.fetchall())
