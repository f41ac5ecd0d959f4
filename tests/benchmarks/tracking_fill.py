"""Programs that fill both sides of `tracking.py` with the same runs, each past its server by its own bulk way.

Of run n: `auc` and `loss` from one random stream, `depth` n % 10. They print the id of the experiment.
"""

OURS = """
import random
from datetime import UTC, datetime, timedelta
from registry.runs import experiments
from registry.runs.models import MetricPoint, MetricSummary, Param, Run, RunField
from registry.workspaces.models import Workspace
random.seed(7)
place = Workspace.objects.get(slug="sample")
experiment = experiments.named(place, "A hundred thousand", None)
at = datetime(2026, 1, 1, tzinfo=UTC)
for start in range(0, {runs}, 5000):
    numbers = range(start, min(start + 5000, {runs}))
    runs = Run.objects.bulk_create([
        Run(workspace=place, experiment=experiment, kind="tracked", name=f"run-{{n}}", status="completed", compute="",
            created_at=at + timedelta(seconds=n), started_at=at + timedelta(seconds=n), ended_at=at + timedelta(seconds=n + 9))
        for n in numbers], batch_size=500)
    values = [(run, key, random.random()) for run in runs for key in ("auc", "loss")]
    series = MetricSummary.objects.bulk_create([
        MetricSummary(run=run, experiment=experiment, key=key, last=value, last_step=0, last_time=1760000000000, minimum=value,
                      minimum_step=0, maximum=value, maximum_step=0, count=1) for run, key, value in values], batch_size=500)
    MetricPoint.objects.bulk_create([
        MetricPoint(run=one.run, chunk=0, series=one, step=0, timestamp=1760000000000, value=one.last) for one in series],
        batch_size=500)
    Param.objects.bulk_create([Param(run=run, key="depth", value=str(n % 10)) for n, run in zip(numbers, runs)], batch_size=500)
RunField.objects.bulk_create([RunField(experiment=experiment, kind=kind, key=key) for kind, key in
    (("metric", "auc"), ("metric", "loss"), ("param", "depth"))], ignore_conflicts=True)
print(experiment.pk)
"""

THEIRS = """
import random, uuid
import sqlalchemy as sa
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.tracking import MlflowClient
random.seed(7)
client = MlflowClient("{store}")
experiment = client.create_experiment("A hundred thousand")
engine = sa.create_engine("{store}")
for start in range(0, {runs}, 5000):
    numbers = range(start, min(start + 5000, {runs}))
    ids = [uuid.uuid4().hex for _ in numbers]
    runs = [dict(run_uuid=id, name=f"run-{{n}}", source_type="LOCAL", source_name="", entry_point_name="", user_id="me",
                 status="FINISHED", start_time=1767225600000 + 1000 * n, end_time=1767225609000 + 1000 * n, deleted_time=None,
                 source_version="", lifecycle_stage="active", artifact_uri="mlflow-artifacts:/" + id,
                 experiment_id=int(experiment)) for n, id in zip(numbers, ids)]
    metrics = [dict(key=key, value=random.random(), timestamp=1760000000000, step=0, is_nan=False, run_uuid=id)
               for id in ids for key in ("auc", "loss")]
    with engine.begin() as connection:
        connection.execute(sa.insert(SqlRun.__table__), runs)
        connection.execute(sa.insert(SqlTag.__table__), [
            dict(key="mlflow.runName", value=run["name"], run_uuid=run["run_uuid"]) for run in runs])
        connection.execute(sa.insert(SqlLatestMetric.__table__), metrics)
        connection.execute(sa.insert(SqlMetric.__table__), metrics)
        connection.execute(sa.insert(SqlParam.__table__), [
            dict(key="depth", value=str(n % 10), run_uuid=id) for n, id in zip(numbers, ids)])
print(experiment)
"""
