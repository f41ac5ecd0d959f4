"""What hangs on a run: parameters, tags, log lines, data, outputs, news."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Left
from django.utils import timezone

from registry.data.models import DataVersion
from registry.runs.models.runs import Experiment, Run

VALUE_HEAD = 64


class Param(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="params")
    key = models.CharField(max_length=250)
    value = models.TextField()
    mirrored = models.BooleanField(default=False)  # a step's, shown at its pipeline as "step name/key"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_value_per_param")]
        # For the few runs of a value among very many. The beginning only: PostgreSQL keeps no long text in an index.
        indexes = [models.Index(F("key"), Left("value", VALUE_HEAD), F("run"), name="params_by_value")]


class Tag(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_value_per_tag")]
        indexes = [models.Index(F("key"), Left("value", VALUE_HEAD), F("run"), name="tags_by_value")]


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

    `type` is "run" (the run's own state), "step" (a step's state), "progress", "log", "metric" or "note"; `body` is small and
    carries ids and states, never contents. Old events are pruned: the records themselves hold the truth.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=10)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="events_of_a_run")]


class Dataset(models.Model):
    """A data set as a client described it (`log_input`): text of its own, not a data asset of the workspace."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="datasets", db_index=False)
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    source_type = models.CharField(max_length=64)
    source = models.TextField()
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "name", "digest"], name="dataset_in_experiment")]


class DatasetUse(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="dataset_uses", db_index=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uses")
    tags = models.JSONField(default=dict)  # {"mlflow.data.context": "training"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset"], name="one_use_per_dataset")]
