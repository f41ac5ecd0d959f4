"""Data assets. A version is immutable once ready: one Parquet file, its columns and its profile."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.workspaces.models import Workspace


class VersionStatus(models.TextChoices):
    IMPORTING = "importing", "Importing"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class DataAsset(models.Model):
    """A named table; every upload to the same name is a new version of it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="data_assets")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="data_name_in_workspace")]
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"])]

    def __str__(self) -> str:
        return self.name


class DataVersion(models.Model):
    """`columns` is [{"name", "kind", "missing": bool}], kinds as in `designer.catalogue.schema.KINDS`."""

    asset = models.ForeignKey(DataAsset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.IMPORTING)
    source_name = models.CharField(max_length=255, blank=True)  # the file's own name, as a person knows it
    source_bytes = models.BigIntegerField(default=0)
    path = models.CharField(max_length=500, blank=True)  # key in the artifact store
    content_hash = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(null=True)
    columns = models.JSONField(default=list)
    options = models.JSONField(default=dict)  # how the file was read: separator, encoding, kinds, …
    profile_path = models.CharField(max_length=500, blank=True)
    progress = models.JSONField(default=dict)  # {"done", "total", "message"}
    notes = models.JSONField(default=list)  # sentences: what was changed on the way in
    error = models.JSONField(null=True)  # {"code", "message", "fields"}
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="number_in_asset")]


class Upload(models.Model):
    """A file on its way in: received in chunks, inspected, corrected by a person, then imported or cleaned away."""

    class Status(models.TextChoices):
        RECEIVING = "receiving", "Receiving"
        INSPECTING = "inspecting", "Looking at the file"
        INSPECTED = "inspected", "Waiting for you"
        REFUSED = "refused", "Cannot be read"
        IMPORTING = "importing", "Being imported"
        IMPORTED = "imported", "Imported"
        RECEIVED = "received", "Received"

    class Purpose(models.TextChoices):
        DATA = "data", "Data"
        EXPERIMENT = "experiment", "Experiment"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(max_length=255)
    # Only data is looked at when it is here: what else comes in is read by whoever asked for it.
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.DATA)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVING)
    options = models.JSONField(default=dict)  # only what a person chose; the rest is detected
    inspection = models.JSONField(null=True)
    error = models.JSONField(null=True)
    version = models.ForeignKey(DataVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["workspace", "created_by", "-touched_at"])]
