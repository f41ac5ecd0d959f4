"""Pages cost the same number of queries however much they list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from designer.pipelines import services as pipelines
from designer.pipelines.models import PipelineRun
from registry.mlmodels.models import ModelVersion, RegisteredModel
from tests.registry import make

LISTS = {
    "home": "/w/lab/",
    "data": "/w/lab/data/",
    "designer": "/w/lab/designer/",
    "runs": "/w/lab/runs/",
    "models": "/w/lab/models/",
    "data over the API": "/api/v1/w/lab/data",
    "pipelines over the API": "/api/v1/w/lab/pipelines",
    "runs over the API": "/api/v1/w/lab/runs",
    "models over the API": "/api/v1/w/lab/models",
}


@pytest.mark.parametrize("address", LISTS.values(), ids=LISTS)
def test_a_list_of_many_costs_the_queries_of_a_list_of_few(address, workspace, alice, carl, client_for):
    client = client_for(alice)
    one_more(workspace, alice, 0)
    client.get("/w/lab/")  # remembers the workspace in the session

    few = queries(client, address)
    for number in range(1, 6):
        one_more(workspace, carl if number % 2 else alice, number)

    assert queries(client, address) == few


def one_more(workspace, person, number: int) -> None:
    """Of everything that stands in a list, with all that hangs on it."""
    pipeline = pipelines.create(workspace=workspace, by=person, name=f"Pipeline {number}")
    version = make.data_version(workspace, name=f"data {number}")
    for status in ("completed", "running"):
        run = make.run(workspace, person, name=f"Run {number}", status=status)
        make.step(run, "n1")
        make.data_read(run, version)
        PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph=pipeline.graph)
    model = RegisteredModel.objects.create(workspace=workspace, name=f"model {number}", created_by=person)
    ModelVersion.objects.create(model=model, number=1, run=run, path=f"models/{number}", details={"task": "binary"})


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
