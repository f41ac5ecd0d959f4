"""Runs: a job is a run that has a spec; a step of a pipeline is a run with a parent.

A run names its compute by name, so that history outlives machines.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.data.models import DataVersion
from registry.runs.states import TERMINAL, RunStatus
from registry.workspaces.models import Workspace


def new_run_id() -> str:
    return uuid.uuid4().hex


class Experiment(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="experiments")
    name = models.CharField(max_length=250)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="experiment_in_workspace")]


class Run(models.Model):
    """`kind` is "pipeline", "step", or the name of a task such as "data-import"."""

    run_id = models.CharField(max_length=32, unique=True, default=new_run_id)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="runs")
    experiment = models.ForeignKey(Experiment, null=True, on_delete=models.CASCADE, related_name="runs")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=250)
    # A label only ("Income, revision 14"); the record that joins run and pipeline belongs to designer.pipelines.
    source = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RunStatus], default=RunStatus.QUEUED)
    spec = models.JSONField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    # Execution. The lease tells a lost slot: whoever holds it renews `lease_until`, or loses the run.
    compute = models.CharField(max_length=80, default="cpu")
    attempt = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    resumed_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    environment = models.JSONField(null=True)  # {"python", "platform", "packages": {name: version}}

    # A step of a pipeline.
    node_id = models.CharField(max_length=64, blank=True)
    component = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=64, blank=True)
    key_parts = models.JSONField(null=True)
    reused_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    reuse_reason = models.CharField(max_length=500, blank=True)  # why it was not reused, or that it was

    # What came of it.
    error = models.JSONField(null=True)  # {"code", "message", "traceback", "fields"}
    progress = models.JSONField(default=dict)  # {"done", "total", "message"}
    peak_memory = models.BigIntegerField(null=True)  # bytes
    seconds = models.FloatField(null=True)  # computing time, without waiting

    class Meta:
        constraints = [
            # A node stands once in a run, however often a slot is lost and the run taken up again.
            models.UniqueConstraint(
                fields=["parent", "node_id"], condition=models.Q(parent__isnull=False), name="one_step_per_node"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "parent", "-created_at", "-id"], name="runs_newest_first"),
            models.Index(fields=["status", "lease_until"], name="runs_lost_leases"),
            # What the sweep asks each second. By the parent alone it would be answered from all runs there ever were.
            models.Index(fields=["parent", "status"], name="runs_at_work"),
            models.Index(fields=["workspace", "key", "status"], name="runs_by_key"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self) -> bool:
        return RunStatus(self.status) in TERMINAL


class MetricPoint(models.Model):
    """Every value logged. Read through `MetricSummary` where one value per run is wanted."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metric_points")
    key = models.CharField(max_length=250)
    value = models.FloatField()
    step = models.BigIntegerField(default=0)
    timestamp = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["run", "key", "step", "id"], name="points_of_a_metric")]


class MetricSummary(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metrics")
    key = models.CharField(max_length=250)
    last = models.FloatField()
    last_step = models.BigIntegerField()
    minimum = models.FloatField()
    maximum = models.FloatField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_summary_per_metric")]


class Param(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="params")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_value_per_param")]


class Tag(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_value_per_tag")]


class LogLine(models.Model):
    """One line of output. `seq` counts within the run it was written by (a step, or a task)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log_lines")
    seq = models.BigIntegerField()
    timestamp = models.DateTimeField()
    stream = models.CharField(max_length=6)  # "stdout", "stderr", "studio"
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_line_per_number")]


class RunInput(models.Model):
    """A data version that a run read. Belongs here, the upper side of the two."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    data_version = models.ForeignKey(DataVersion, on_delete=models.CASCADE, related_name="+")
    port = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "data_version", "port"], name="one_input_per_port")
        ]


class RunOutput(models.Model):
    """What a step left on a port. `type` is a port type of `designer.catalogue.types`; `path` a key in the store."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outputs")
    port = models.CharField(max_length=80)
    type = models.CharField(max_length=30)
    path = models.CharField(max_length=500)
    bytes = models.BigIntegerField(default=0)
    summary = models.JSONField(default=dict)  # a table: {"rows", "columns": [{"name", "kind"}]}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "port"], name="one_output_per_port")]


class RunEvent(models.Model):
    """News of a root run, in order: what a browser that joins late reads from the last number it saw.

    `type` is "run" (the run's own state), "step" (a step's state), "progress", "log" or "metric"; `body` is small and
    carries ids and states, never contents. Old events are pruned: the records themselves hold the truth.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=10)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="events_of_a_run")]
