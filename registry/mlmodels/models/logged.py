"""Logged models: what `log_model` of a 3.x client makes before, or without, a registration. Known by `m-` and 32 digits."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.models import Experiment, Run


def new_model_id() -> str:
    return f"m-{uuid.uuid4().hex}"


class LoggedModelStatus(models.TextChoices):
    PENDING = "LOGGED_MODEL_PENDING", "Pending"
    READY = "LOGGED_MODEL_READY", "Ready"
    UPLOAD_FAILED = "LOGGED_MODEL_UPLOAD_FAILED", "Upload failed"


class LoggedModel(models.Model):
    model_id = models.CharField(max_length=36, unique=True, default=new_model_id)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="logged_models", db_index=False)
    name = models.CharField(max_length=500)
    model_type = models.CharField(max_length=500, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="logged_models")
    source_run_id = models.CharField(max_length=256, blank=True)  # as told, whether or not there is such a run
    status = models.CharField(max_length=26, choices=LoggedModelStatus.choices, default=LoggedModelStatus.PENDING)
    status_message = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["experiment", "-created_at", "model_id"], name="logged_models_newest")]

    def __str__(self) -> str:
        return self.name


class LoggedModelParam(models.Model):
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="params", db_index=False)
    key = models.CharField(max_length=255)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="one_value_per_logged_param")]


class LoggedModelTag(models.Model):
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=255)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="one_value_per_logged_tag")]


class LoggedModelMetric(models.Model):
    """A metric of a run that also says which model, and which data set, it was measured on. Not-a-number is null."""

    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="metrics", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=250)
    value = models.FloatField(null=True)
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField()  # milliseconds since 1970, as in the protocol
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            # The same value told twice is one.
            models.UniqueConstraint(
                fields=["model", "key", "timestamp", "step", "run", "dataset_name", "dataset_digest"],
                name="one_value_per_logged_metric",
            )
        ]


class ModelUse(models.Model):
    """That a run read or made a logged model; the id is kept as told."""

    class Direction(models.TextChoices):
        INPUT = "input"
        OUTPUT = "output"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="model_uses", db_index=False)
    model_id = models.CharField(max_length=36, db_index=True)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "direction", "model_id", "step"], name="one_use_per_model_and_step")
        ]
