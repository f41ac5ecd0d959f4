"""Registered models. A version names the run it came from: the later record holds the key."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.models import Run
from registry.workspaces.models import Workspace

NAME_LENGTH = 256
ALIAS_LENGTH = 255
OF_CLIENTS = ("mlflow.", "_mlflow")


class Tagged:
    """What has tags of people and of clients."""

    tags: Any

    def plain_tags(self) -> list[Any]:
        """Without those that clients keep for themselves."""
        return [tag for tag in self.tags.all() if not tag.key.startswith(OF_CLIENTS)]


class RegisteredModel(Tagged, models.Model):
    """A name with versions. Prompts are kept the same way, as the protocol has it: `is_prompt` repeats their tag
    `mlflow.prompt.is_prompt`, because nearly every list leaves them out."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="registered_models")
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.TextField(blank=True)
    is_prompt = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # Counts every number given out, so that the number of a deleted version never comes back as another model.
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="model_name_in_workspace")]
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"])]

    def __str__(self) -> str:
        return self.name


class RegisteredModelTag(models.Model):
    """A word people gave the model has no value; those of clients are pairs."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="one_value_per_model_tag")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}" if self.value else self.key


class Stage(models.TextChoices):
    """Where a version stood before there were aliases; clients of old still move it."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


class VersionStatus(models.TextChoices):
    READY = "READY", "Ready"
    PENDING = "PENDING_REGISTRATION", "Pending"
    FAILED = "FAILED_REGISTRATION", "Failed"


class ModelVersion(Tagged, models.Model):
    """`path` is an MLflow model folder in the artifact store, owned by this version alone; "" where there is none: a
    prompt, a source that lies elsewhere, or one that had not been uploaded yet when the version was made."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="model_versions")
    path = models.CharField(max_length=500, blank=True)
    bytes = models.BigIntegerField(default=0)
    # {"task", "algorithm", "label", "features": [{"name","kind"}], "classes", "signature", "metrics"}
    details = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.NONE)
    status = models.CharField(max_length=20, choices=VersionStatus.choices, default=VersionStatus.READY)
    status_message = models.TextField(blank=True)
    # As a client told it, word for word: the run may be of another server.
    source = models.TextField(blank=True)
    location = models.TextField(blank=True)  # where its files are to be had while there are none at `path`
    source_run_id = models.CharField(max_length=256, blank=True)
    run_link = models.TextField(blank=True)
    # Of a logged model, by its id: versions outlive them.
    logged_model_id = models.CharField(max_length=36, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="number_in_model")]
        indexes = [models.Index(fields=["source_run_id"], name="versions_by_source_run")]

    def __str__(self) -> str:
        return f"{self.model.name} version {self.number}"


class ModelVersionTag(models.Model):
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_value_per_version_tag")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}" if self.value else self.key


class ModelAlias(models.Model):
    """A name for one version of a model ("champion"), moved from version to version."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="aliases", db_index=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=ALIAS_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="alias_in_model")]

    def __str__(self) -> str:
        return self.name
