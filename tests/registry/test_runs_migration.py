"""Runs of a studio of before the run history: what they had is there afterwards."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registry.runs.models import Experiment, MetricPoint, MetricSummary, Param, Run, RunField

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HUGE = 1.7976931348623157e308


@pytest.fixture
def before():
    """The tables as they were, and the models of then."""
    last = list(MigrationExecutor(connection).loader.graph.leaf_nodes())
    # What was built upon runs since goes first.
    executor = MigrationExecutor(connection)
    executor.migrate([("runs", "0001_initial")])
    apps = executor.loader.project_state([("runs", "0001_initial"), ("workspaces", "0001_initial")]).apps
    yield SimpleNamespace(
        **{name: apps.get_model("runs", name).objects for name in ("Run", "Param", "MetricPoint", "MetricSummary")},
        Workspace=apps.get_model("workspaces", "Workspace").objects,
    )
    executor = MigrationExecutor(connection)
    executor.migrate(last)


def migrate():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_old_runs_are_taken_over(before):
    lab = before.Workspace.create(name="Lab", slug="lab")
    root = before.Run.create(workspace=lab, kind="pipeline", name="Income", status="completed")
    before.Run.create(workspace=lab, kind="data-import", name="adult.csv", status="completed")
    steps = [
        before.Run.create(workspace=lab, parent=root, kind="step", name="Train Model", node_id=node, status="completed")
        for node in ("n1", "n2")
    ]
    before.Param.create(run=steps[0], key="depth", value="3")
    for run, key, values in [(steps[0], "loss", [3.0, 1.0, 1.0, 2.0]), (steps[1], "auc", [HUGE])]:
        for step, value in enumerate(values):
            before.MetricPoint.create(run=run, key=key, value=value, step=step, timestamp=NOON)
        before.MetricPoint.create(run=run, key=key, value=values[0], step=0, timestamp=NOON)  # told twice
        before.MetricSummary.create(
            run=run, key=key, last=values[-1], last_step=len(values) - 1, minimum=min(values), maximum=max(values),
            count=len(values) + 1,
        )  # fmt: skip

    migrate()

    root, lab = Run.objects.get(pk=root.pk), root.workspace_id
    assert root.experiment.name == "Income"
    assert Experiment.objects.get(workspace_id=lab, is_default=True).name == "Default"
    assert set(Run.objects.filter(experiment=None).values_list("kind", flat=True)) == {"data-import", "step"}

    loss = MetricSummary.objects.get(run_id=steps[0].pk, key="loss")
    assert (loss.last, loss.last_step, loss.last_time) == (2.0, 3, int(NOON.timestamp() * 1000))
    assert (loss.minimum, loss.minimum_step, loss.maximum, loss.maximum_step, loss.count) == (1.0, 1, 3.0, 0, 4)
    points = MetricPoint.objects.filter(series=loss).order_by("step").values_list("step", "value", "is_nan")
    assert list(points) == [(0, 3.0, False), (1, 1.0, False), (2, 1.0, False), (3, 2.0, False)]
    assert MetricSummary.objects.get(run_id=steps[1].pk).maximum == float("inf")

    mirrored = {s.key: s for s in root.metrics.filter(mirrored=True)}
    assert set(mirrored) == {"Train Model/loss", "Train Model (2)/auc"}
    assert mirrored["Train Model/loss"].source_id == loss.pk
    assert mirrored["Train Model/loss"].experiment_id == root.experiment_id
    assert list(Param.objects.filter(run=root).values_list("key", "value", "mirrored")) == [
        ("Train Model/depth", "3", True)
    ]
    assert set(RunField.objects.values_list("experiment_id", "kind", "key")) == {
        (root.experiment_id, "metric", "Train Model/loss"),
        (root.experiment_id, "metric", "Train Model (2)/auc"),
        (root.experiment_id, "param", "Train Model/depth"),
    }
