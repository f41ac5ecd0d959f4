"""A trace and its spans. Ids are the clients' own, so they are unique within a workspace only.

What a client says of a whole trace (`finalized`) counts more than what its spans let us guess.
"""

from django.db import models
from django.utils import timezone

from registry.runs.models import Experiment, Run
from registry.workspaces.models import Workspace


class TraceState(models.TextChoices):
    UNSPECIFIED = "STATE_UNSPECIFIED", "Unknown"
    OK = "OK"
    ERROR = "ERROR", "Failed"
    IN_PROGRESS = "IN_PROGRESS", "Running"


class Trace(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="traces", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="traces", db_index=False)
    trace_id = models.CharField(max_length=100)
    request_time = models.BigIntegerField()  # milliseconds since 1970, by the client's clock
    duration = models.BigIntegerField(null=True)  # milliseconds
    state = models.CharField(max_length=20, choices=TraceState.choices, default=TraceState.IN_PROGRESS)
    client_request_id = models.CharField(max_length=250, null=True)  # told as empty is not untold
    request_preview = models.TextField(null=True)
    response_preview = models.TextField(null=True)
    finalized = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "trace_id"], name="trace_in_workspace")]
        indexes = [models.Index(fields=["experiment", "-request_time", "trace_id"], name="traces_newest_first")]

    def __str__(self) -> str:
        return self.trace_id


class TraceTag(models.Model):
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "key"], name="one_value_per_trace_tag")]


class TraceMetadata(models.Model):
    """Like a tag, but not to be changed once the trace is told."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="metadata", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "key"], name="one_value_per_trace_metadata")]


class Span(models.Model):
    """A stretch of work within a trace. `attributes` is JSON as text, non-ASCII letters as they are, so that it can be
    searched; `rest` is what else OpenTelemetry says: kind, events, links, the status' message."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="spans", db_index=False)
    span_id = models.CharField(max_length=16)  # hexadecimal, as is the next
    parent_id = models.CharField(max_length=16, blank=True)
    name = models.TextField()
    type = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=5)  # OK, ERROR, UNSET
    start = models.BigIntegerField()  # nanoseconds since 1970, as is the next
    end = models.BigIntegerField(null=True)
    attributes = models.TextField(default="{}")
    rest = models.TextField(default="{}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "span_id"], name="span_in_trace")]


class TraceRun(models.Model):
    """That a trace belongs to a run, besides the one it was made in."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="runs", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="traces")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "run"], name="one_link_per_trace_and_run")]


class TracePrompt(models.Model):
    """That a trace used a version of a prompt; both by name, as prompts may live in another registry."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="prompts", db_index=False)
    name = models.CharField(max_length=256)
    version = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "name", "version"], name="one_link_per_prompt")]
