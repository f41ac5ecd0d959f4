"""What somebody, or some program, said of a trace or a span of it."""

import uuid

from django.db import models

from registry.traces.models.traces import Trace


def new_assessment_id() -> str:
    return f"a-{uuid.uuid4().hex}"


class Assessment(models.Model):
    """`value` is JSON as text. One that another overrides is no longer valid."""

    class Kind(models.TextChoices):
        FEEDBACK = "feedback"
        EXPECTATION = "expectation"
        ISSUE = "issue"

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    assessment_id = models.CharField(max_length=50, default=new_assessment_id)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    name = models.CharField(max_length=250)
    value = models.TextField(default="null")
    error = models.JSONField(null=True)  # {"error_code", "error_message", "stack_trace"}
    rationale = models.TextField(null=True)  # told as empty is not untold
    source_type = models.CharField(max_length=50)
    source_id = models.CharField(max_length=250, blank=True)
    span_id = models.CharField(max_length=50, blank=True)
    metadata = models.JSONField(default=dict)
    overrides = models.CharField(max_length=50, blank=True)
    valid = models.BooleanField(default=True)
    created = models.BigIntegerField()  # milliseconds since 1970, as is the next
    updated = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trace", "assessment_id"], name="assessment_in_trace")]
