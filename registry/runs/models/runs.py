"""Runs: a job is a run that has a spec; a step of a pipeline is a run with a parent.

A run names its compute by name, so that history outlives machines.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.states import TERMINAL, RunStatus
from registry.workspaces.models import Workspace


def new_run_id() -> str:
    return uuid.uuid4().hex


class Experiment(models.Model):
    """What belongs together. Each workspace has one that is the default: where runs go that name none; clients of the
    tracking protocol know it as "0"."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="experiments")
    name = models.CharField(max_length=500)
    is_default = models.BooleanField(default=False)
    artifact_location = models.CharField(max_length=500, blank=True)  # as a client asked for it; "" is our own store
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="experiment_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_default=True), name="one_default_experiment"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"], name="experiments_by_change")]

    def __str__(self) -> str:
        return self.name


class ExperimentTag(models.Model):
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "key"], name="one_value_per_experiment_tag")]


class Run(models.Model):
    """`kind` is "pipeline", "step", "tracked" (logged by a client, executed elsewhere; it has no spec), or the name of a
    task such as "data-import".

    `started_at` and `ended_at` of a tracked run are what its client said, whose clock may be hours off; `created_at` is
    ours. `parent` joins a step to its pipeline; `nested_in` joins whole runs (tag `mlflow.parentRunId`).
    """

    run_id = models.CharField(max_length=32, unique=True, default=new_run_id)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="runs")
    experiment = models.ForeignKey(Experiment, null=True, on_delete=models.CASCADE, related_name="runs")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="steps")
    nested_in = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="nested")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=250)
    # A label only ("Income, revision 14"); the record that joins run and pipeline belongs to designer.pipelines.
    source = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RunStatus], default=RunStatus.QUEUED)
    spec = models.JSONField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Whom a client named as its user; `created_by` is who signed in.
    client_user = models.CharField(max_length=256, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)  # out of the lists
    deleted_at = models.DateTimeField(null=True)  # in the bin: can be restored until retention removes it for good

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
            models.Index(fields=["experiment", "-started_at", "-id"], name="runs_of_experiment"),
            models.Index(fields=["experiment", "-created_at", "-id"], name="runs_by_creation"),
            models.Index(fields=["status", "lease_until"], name="runs_lost_leases"),
            # What the sweep asks each second. By the parent alone it would be answered from all runs there ever were.
            models.Index(fields=["parent", "status"], name="runs_at_work"),
            models.Index(fields=["workspace", "key", "status"], name="runs_by_key"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self) -> bool:
        return RunStatus(self.status) in TERMINAL


class RunField(models.Model):
    """Which metrics, params and tags runs of an experiment have: the columns that can be chosen, without reading runs.
    Written when a name is first seen, never taken back while the experiment lives."""

    class Kind(models.TextChoices):
        METRIC = "metric"
        PARAM = "param"
        TAG = "tag"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="fields", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    key = models.CharField(max_length=250)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "kind", "key"], name="field_in_experiment")]
