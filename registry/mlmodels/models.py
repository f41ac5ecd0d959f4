"""Registered models. A version names the run it came from: the later record holds the key."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.models import Run
from registry.workspaces.models import Workspace


class RegisteredModel(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="registered_models")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list)
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


class ModelVersion(models.Model):
    """`path` is an MLflow model folder in the artifact store, owned by this version alone."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="model_versions")
    path = models.CharField(max_length=500)
    bytes = models.BigIntegerField(default=0)
    # {"task", "algorithm", "label", "features": [{"name","kind"}], "classes", "signature", "metrics"}
    details = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="number_in_model")]
