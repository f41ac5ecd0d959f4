"""What has lain in the bin for thirty days goes for good, with its files; what others live on stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs.models import Experiment, LogLine, MetricPoint, Run
from studio.engine import retention
from tests.registry import make

LONG_AGO = timedelta(days=31)


@pytest.fixture
def deleted(workspace):
    def deleted(name="Old", ago=LONG_AGO, **fields):
        return make.run(workspace, name=name, deleted_at=timezone.now() - ago, **fields)

    return deleted


def test_old_runs_go_with_their_records_and_files(deleted, workspace):
    run = deleted()
    step = make.step(run, "n1")
    output = make.table(step)
    make.artifact(run, "notes/a.txt", b"Hello")
    make.metric(step, "auc", 0.5, 0.6)
    make.lines(step, "a", "b")
    files = [Path(settings.STORE_DIR) / output.path, Path(settings.STORE_DIR) / "run-artifacts" / run.run_id]
    assert all(path.exists() for path in files)
    recent, kept = deleted(ago=timedelta(days=29)), make.run(workspace)

    retention.tidy()

    assert set(Run.objects.all()) == {recent, kept}
    assert not any(path.exists() for path in files)
    assert not MetricPoint.objects.exists()
    assert not LogLine.objects.exists()


def test_a_run_whose_step_another_reused_stays_until_that_one_goes(deleted, workspace):
    origin = deleted()
    step = make.step(origin, "n1")
    output = make.table(step)
    taker = make.run(workspace, name="Taker")
    make.step(taker, "n1", reused_from=step)

    retention.tidy()
    assert Run.objects.filter(pk=origin.pk).exists()
    assert (Path(settings.STORE_DIR) / output.path).exists()

    Run.objects.filter(pk=taker.pk).update(deleted_at=timezone.now() - LONG_AGO)
    retention.tidy()
    assert not Run.objects.exists()


def test_a_run_in_whose_files_a_version_has_its_model_stays(deleted, workspace):
    run, other, copied = deleted(), deleted(), deleted()
    model = RegisteredModel.objects.create(workspace=workspace, name="income")
    ModelVersion.objects.create(model=model, number=1, run=run)
    ModelVersion.objects.create(model=model, number=2, source_run_id=other.run_id)
    ModelVersion.objects.create(model=model, number=3, run=copied, path="models/1/3")

    retention.tidy()

    assert set(Run.objects.all()) == {run, other}
    assert ModelVersion.objects.get(number=3).run is None


def test_experiments_go_when_nothing_is_left_in_them(deleted, workspace):
    empty = Experiment.objects.create(workspace=workspace, name="Empty", deleted_at=timezone.now() - LONG_AGO)
    full = Experiment.objects.create(workspace=workspace, name="Full", deleted_at=timezone.now() - LONG_AGO)
    alive = Experiment.objects.create(workspace=workspace, name="Alive")
    make.run(workspace, experiment=full)
    deleted(experiment=alive)

    retention.tidy()

    left = set(Experiment.objects.values_list("name", flat=True))
    assert empty.name not in left
    assert {"Full", "Alive"} <= left


def test_rows_without_end_go_in_portions(deleted, monkeypatch):
    monkeypatch.setattr("registry.runs.retiring.ROWS_AT_ONCE", 10)
    run = deleted()
    make.metric(run, "loss", *(float(n) for n in range(500)))
    make.lines(run, *(str(n) for n in range(95)))

    retention.tidy()

    assert not Run.objects.exists()
    assert not MetricPoint.objects.exists()
