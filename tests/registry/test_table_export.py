"""The table of runs as a file."""

import csv
import io
import math

import pyarrow.parquet as pq
import pytest

from registry.runs.models import Experiment, Run
from tests.registry.test_search_runs import add


@pytest.fixture
def export(api_for, rita, workspace):
    def export(format, **body):
        answer = api_for(rita).post(f"/api/v1/w/lab/runs/export?format={format}", body, format="json")
        if answer.status_code != 200:
            return answer.status_code, answer.json()
        return answer.status_code, b"".join(answer.streaming_content)

    return export


@pytest.fixture
def experiment(workspace):
    experiment = Experiment.objects.create(workspace=workspace, name="Income")
    add(experiment, 'a "quoted", line\nbreak', metrics={"auc": 0.1 + 0.2}, params={"depth": "3"}, minutes=1)
    add(experiment, "b", metrics={"auc": math.nan}, tags={"team": "é"}, minutes=2)
    add(experiment, "c", metrics={"auc": -math.inf}, params={"depth": "10"}, minutes=3)
    add(experiment, "d", minutes=4)
    return experiment


COLUMNS = ["metrics.auc", "params.depth", "tags.team", "attributes.status", "attributes.starred"]


def test_csv_holds_every_value_as_it_is(experiment, export):
    _, body = export("csv", columns=COLUMNS, order=[{"field": "started"}])
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert [row["name"] for row in rows] == ['a "quoted", line\nbreak', "b", "c", "d"]
    assert [row["metrics.auc"] for row in rows] == ["0.30000000000000004", "NaN", "-Infinity", ""]
    assert [row["params.depth"] for row in rows] == ["3", "", "10", ""]
    assert [row["tags.team"] for row in rows] == ["", "é", "", ""]


def test_parquet_keeps_kinds_apart(experiment, export):
    _, body = export("parquet", columns=COLUMNS, order=[{"field": "started"}])
    table = pq.read_table(io.BytesIO(body))
    assert str(table.schema.field("metrics.auc").type) == "double"
    assert str(table.schema.field("created").type) == "timestamp[us, tz=UTC]"
    auc = table["metrics.auc"].to_pylist()
    assert (auc[0], math.isnan(auc[1]), auc[2], auc[3]) == (0.1 + 0.2, True, -math.inf, None)
    assert table["attributes.starred"].to_pylist() == [False] * 4


def test_all_rows_are_there_though_they_are_read_in_portions(experiment, export):
    Run.objects.bulk_create(
        Run(workspace=experiment.workspace, experiment=experiment, kind="tracked", name=f"r{n}", status="completed") for n in range(2500)
    )
    _, body = export("parquet", columns=["metrics.auc"], order=[{"field": "metrics.auc", "descending": True}], limit=10)
    table = pq.read_table(io.BytesIO(body))
    assert table.num_rows == 2504
    assert len(set(table["run_id"].to_pylist())) == 2504


def test_an_empty_table_has_its_columns(experiment, export):
    _, body = export("parquet", columns=["metrics.auc"], filter="name = 'nobody'")
    assert pq.read_table(io.BytesIO(body)).column_names[-1] == "metrics.auc"
    _, body = export("csv", columns=["metrics.auc"], filter="name = 'nobody'")
    assert body.decode().splitlines()[0].endswith(",metrics.auc")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_groups_are_a_table_too(experiment, export, format):
    _, body = export(format, columns=["metrics.auc"], group_by=["params.depth"])
    if format == "csv":
        assert body.decode().splitlines() == [
            "params.depth,runs,metrics.auc mean,metrics.auc std,metrics.auc min,metrics.auc max",
            "3,1,0.30000000000000004,0.0,0.30000000000000004,0.30000000000000004",
            "10,1,,,-Infinity,-Infinity",
            ",2,,,,",
        ]
    else:
        assert pq.read_table(io.BytesIO(body))["runs"].to_pylist() == [1, 1, 2]


def test_bad_questions_are_answered_before_a_file_begins(experiment, export):
    assert export("xls")[0] == 422
    assert export("csv", filter="metrics.auc >")[0] == 400
