"""Pipelines as records: one draft with a revision that counts every save, and a history to go back to."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.models import Run
from registry.workspaces.models import Workspace


class Pipeline(models.Model):
    """`revision` grows by one with each save; a save names the revision it started from, or is refused."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="pipelines")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    graph = models.JSONField(default=dict)
    node_count = models.PositiveIntegerField(default=0)  # so that lists need not read the graph
    revision = models.PositiveIntegerField(default=1)
    sample = models.SlugField(max_length=40, blank=True)  # the ready example it was made from
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"])]

    def __str__(self) -> str:
        return self.name


class PipelineVersion(models.Model):
    """A point of the history: what the graph was at `revision`. The newest is always what the draft is.

    Edits that follow each other closely move one version along instead of making many; see `history`.
    """

    class Reason(models.TextChoices):
        CREATED = "created", "Created"
        EDIT = "edit", "Edited"
        RUN = "run", "Run"
        RESTORE = "restore", "Restored"
        FORCE = "force", "Saved over another's changes"
        OVERWRITTEN = "overwritten", "Saved over by another"

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    graph = models.JSONField()
    node_count = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)  # of the first of the edits that made it
    created_at = models.DateTimeField(default=timezone.now)  # of the last

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "revision"], name="one_version_per_revision")
        ]


class PipelineRun(models.Model):
    """Which drawing a run executed. `graph` is what was submitted, so the run page can draw it for ever."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="pipeline_runs")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="pipeline_run")
    revision = models.PositiveIntegerField()
    graph = models.JSONField()
    mode = models.CharField(max_length=4, default="all")  # "all", "to", "only"
    node_id = models.CharField(max_length=64, blank=True)
