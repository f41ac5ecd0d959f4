"""Metrics: every value, a summary per run and key kept as values arrive, and extremes per stretch of steps.

A *series* is one metric of one run; its summary is its identity. Not-a-number is kept as `is_nan` with value 0, as no
database sorts it alike; in a summary it is null. Infinities are kept as they are.
"""

from django.db import models

from registry.runs.models.runs import Experiment, Run


class MetricSummary(models.Model):
    """`last` is that of the highest (step, timestamp). Extremes leave not-a-number out and name their first step."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metrics", db_index=False)
    # As the run's, beside the values, so that one index answers "the hundred best of this experiment".
    experiment = models.ForeignKey(Experiment, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=250)
    last = models.FloatField(null=True)
    last_step = models.BigIntegerField()
    last_time = models.BigIntegerField()  # milliseconds since 1970, as in the protocol
    minimum = models.FloatField(null=True)
    minimum_step = models.BigIntegerField(null=True)
    maximum = models.FloatField(null=True)
    maximum_step = models.BigIntegerField(null=True)
    count = models.BigIntegerField()
    # Of a long series: the finest buckets have 2**shift steps; so many points, those of steps below `rolled_to`, are in
    # buckets; null while it is short.
    shift = models.PositiveSmallIntegerField(null=True)
    rolled = models.BigIntegerField(default=0)
    rolled_to = models.BigIntegerField(null=True)
    # A step's metric shown at its pipeline, as "step name/key": one summary more, so that tables and searches see it.
    mirrored = models.BooleanField(default=False)
    # Whose points these are, when they are another series': that of the step, or of the step that was reused.
    source = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_summary_per_metric")]
        indexes = [
            models.Index(fields=["experiment", "key", "last"], name="runs_by_last"),
            models.Index(fields=["experiment", "key", "minimum"], name="runs_by_minimum"),
            models.Index(fields=["experiment", "key", "maximum"], name="runs_by_maximum"),
            models.Index(fields=["source"], name="series_of_source", condition=models.Q(source__isnull=False)),
        ]


class MetricPoint(models.Model):
    """Every value logged; the same value told twice (a client that repeats a request whose answer was lost) is one.

    What is logged together lies together: first by `chunk` (2**CHUNK steps of a run, all its metrics), then by series.
    A batch of a thousand metrics then touches a few dozen pages, not a thousand; whoever reads one series goes from
    chunk to chunk (`registry.runs.points`). On SQLite the table is its own index (WITHOUT ROWID, see the migration).
    """

    CHUNK = 4

    pk = models.CompositePrimaryKey("run_id", "chunk", "series_id", "step", "timestamp", "value", "is_nan")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="points", db_index=False)
    chunk = models.BigIntegerField()  # step >> CHUNK
    # Found by run alone, so a series goes only with its run, and the database need not look after it.
    series = models.ForeignKey(
        MetricSummary, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField()  # milliseconds since 1970
    value = models.FloatField()
    is_nan = models.BooleanField(default=False)


class MetricBucket(models.Model):
    """Of a long series: what lies in steps [bucket << shift, (bucket + 1) << shift). Every point named here is a real
    one, so that a picture made of buckets hides no peak. The newest points of a series are not in buckets yet, see
    `registry.runs.buckets`."""

    pk = models.CompositePrimaryKey("series_id", "shift", "bucket")
    series = models.ForeignKey(MetricSummary, on_delete=models.CASCADE, related_name="buckets", db_index=False)
    shift = models.PositiveSmallIntegerField()
    bucket = models.BigIntegerField()
    count = models.BigIntegerField()
    not_finite = models.BigIntegerField()
    minimum = models.FloatField(null=True)
    minimum_step = models.BigIntegerField(null=True)
    minimum_time = models.BigIntegerField(null=True)
    maximum = models.FloatField(null=True)
    maximum_step = models.BigIntegerField(null=True)
    maximum_time = models.BigIntegerField(null=True)
    # Steps and clocks need not go together.
    earliest = models.BigIntegerField()
    latest = models.BigIntegerField()
