"""Evaluation data sets of 3.x clients: questions with what is expected of the answers, collected over time."""

import uuid

from django.db import models

from registry.runs.models import Experiment
from registry.workspaces.models import Workspace


def new_dataset_id() -> str:
    return f"d-{uuid.uuid4().hex}"


def new_record_id() -> str:
    return f"dr-{uuid.uuid4().hex}"


class EvaluationDataset(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="evaluation_datasets", db_index=False)
    dataset_id = models.CharField(max_length=36, unique=True, default=new_dataset_id)
    name = models.CharField(max_length=255)
    tags = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)
    # Names as clients tell them, who may be other people than those who sign in.
    created_by = models.CharField(max_length=255, blank=True)
    updated_by = models.CharField(max_length=255, blank=True)
    created = models.BigIntegerField()  # milliseconds since 1970, as is the next
    updated = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created", "dataset_id"], name="eval_datasets_newest")]

    def __str__(self) -> str:
        return self.name


class DatasetExperiment(models.Model):
    dataset = models.ForeignKey(EvaluationDataset, on_delete=models.CASCADE, related_name="experiments", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "experiment"], name="one_link_per_dataset_and_experiment")
        ]


class DatasetRecord(models.Model):
    """`key` is a digest of the inputs: the same question told again changes its record."""

    dataset = models.ForeignKey(EvaluationDataset, on_delete=models.CASCADE, related_name="records", db_index=False)
    record_id = models.CharField(max_length=36, unique=True, default=new_record_id)
    key = models.CharField(max_length=64)
    inputs = models.JSONField()
    outputs = models.JSONField(null=True)
    expectations = models.JSONField(null=True)
    tags = models.JSONField(null=True)
    source = models.JSONField(null=True)  # {"source_type", "source_data"}
    source_id = models.CharField(max_length=100, blank=True)
    source_type = models.CharField(max_length=50, blank=True)
    created_by = models.CharField(max_length=255, blank=True)
    updated_by = models.CharField(max_length=255, blank=True)
    created = models.BigIntegerField()
    updated = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="one_record_per_input")]
