import math

from django.db import migrations

from registry.runs.mirroring import key_of, names

AT_ONCE = 400
HUGE = 1.7976931348623157e308  # what infinity was kept as


def take_over(apps, schema_editor):
    """A default experiment for every workspace, one for every pipeline, old points and summaries into the new tables."""
    get = lambda name: apps.get_model("runs", name)  # noqa: E731
    _make_experiments(apps.get_model("workspaces", "Workspace"), get("Experiment"), get("Run"))
    experiment_of = dict(get("Run").objects.exclude(experiment=None).values_list("pk", "experiment_id"))
    for run_id, key in get("OldMetricSummary").objects.order_by("id").values_list("run_id", "key").iterator():
        _take_over_series(get, run_id, key, experiment_of.get(run_id))
    for root in get("Run").objects.filter(kind="pipeline", parent=None).only("pk", "experiment_id").iterator():
        _mirror(get, root)
    _name_fields(get)


def _make_experiments(Workspace, Experiment, Run):
    for workspace in Workspace.objects.all():
        default, _ = Experiment.objects.get_or_create(workspace=workspace, name="Default")
        Experiment.objects.filter(pk=default.pk).update(is_default=True)
    roots = Run.objects.filter(parent=None, kind="pipeline", experiment=None)
    for workspace_id, name in list(roots.order_by().values_list("workspace_id", "name").distinct()):
        experiment, _ = Experiment.objects.get_or_create(workspace_id=workspace_id, name=name)
        roots.filter(workspace_id=workspace_id, name=name).update(experiment=experiment)


def _take_over_series(get, run_id, key, experiment_id):
    found = get("OldMetricPoint").objects.filter(run_id=run_id, key=key).order_by("step", "timestamp", "value", "id")
    points = dict.fromkeys((p.step, _milliseconds(p.timestamp), *_value(p.value)) for p in found.iterator())
    if not points:
        return
    finite = [(step, value) for step, _, value, is_nan in points if not is_nan]
    low = min(finite, key=lambda p: p[1], default=(None, None))
    high = max(finite, key=lambda p: p[1], default=(None, None))
    # As the protocol has it: of the same step and time the greatest value is the last.
    last = max(points, key=lambda p: (p[0], p[1], -math.inf if p[3] else p[2]))
    series = get("MetricSummary").objects.create(
        run_id=run_id, experiment_id=experiment_id, key=key, count=len(points),
        last=None if last[3] else last[2], last_step=last[0], last_time=last[1],
        minimum=low[1], minimum_step=low[0], maximum=high[1], maximum_step=high[0],
    )
    Point = get("MetricPoint")
    Point.objects.bulk_create(
        [Point(series_id=series.pk, step=s, timestamp=t, value=v, is_nan=n) for s, t, v, n in points],
        batch_size=AT_ONCE,
    )


def _mirror(get, root):
    """What steps measured and were set to, shown at their pipeline."""
    Summary, Param, Run = get("MetricSummary"), get("Param"), get("Run")
    steps = list(Run.objects.filter(parent_id=root.pk).order_by("id").values_list("pk", "name", "reused_from_id"))
    called = names((pk, name) for pk, name, _ in steps)
    origin = {pk: reused for pk, _, reused in steps if reused}
    series_of_origin = {
        (s.run_id, s.key): s.pk for s in Summary.objects.filter(run__in=list(origin.values())).only("run_id", "key")
    }
    summaries, params = {}, {}
    for series in Summary.objects.filter(run__parent_id=root.pk).order_by("id"):
        # A reused step had at most 2,000 points copied; those of the step that computed are whole.
        whole = series_of_origin.get((origin.get(series.run_id), series.key), series.pk)
        if whole != series.pk:
            Summary.objects.filter(pk=series.pk).update(source_id=whole)
        series.pk, series.id = None, None
        key = key_of(called[series.run_id], series.key)
        series.run_id, series.experiment_id, series.key = root.pk, root.experiment_id, key
        series.mirrored, series.source_id = True, whole
        summaries[key] = series
    for param in Param.objects.filter(run__parent_id=root.pk).order_by("id"):
        key = key_of(called[param.run_id], param.key)
        params[key] = Param(run_id=root.pk, key=key, value=param.value, mirrored=True)
    Summary.objects.bulk_create(summaries.values(), batch_size=AT_ONCE // 5, ignore_conflicts=True)
    Param.objects.bulk_create(params.values(), batch_size=AT_ONCE, ignore_conflicts=True)


def _name_fields(get):
    Field = get("RunField")
    for kind, model in (("metric", "MetricSummary"), ("param", "Param"), ("tag", "Tag")):
        found = get(model).objects.exclude(run__experiment=None).order_by()
        names_ = found.values_list("run__experiment_id", "key").distinct()
        Field.objects.bulk_create(
            [Field(experiment_id=experiment, kind=kind, key=key) for experiment, key in names_], batch_size=AT_ONCE
        )


def _milliseconds(time):
    return int(time.timestamp() * 1000)


def _value(value):
    if value is None or math.isnan(value):
        return 0.0, True
    if abs(value) == HUGE:
        return math.copysign(math.inf, value), False
    return value, False


class Migration(migrations.Migration):
    dependencies = [("runs", "0003_tracking"), ("workspaces", "0001_initial")]

    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
