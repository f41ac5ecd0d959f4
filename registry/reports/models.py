"""Reports and what they said before."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.workspaces.models import Workspace


class Report(models.Model):
    """`body` is Markdown; its fenced blocks named `atelier` are charts and tables (see `blocks`)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="reports")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)
    # Whoever has the link may read, without an account. Kept as a hash: the link is shown once.
    link_digest = models.CharField(max_length=64, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"], name="reports_by_change")]

    def __str__(self) -> str:
        return self.title


class ReportVersion(models.Model):
    """What a report said at a revision that somebody has replaced since, or that is the present one."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "revision"], name="revision_of_report")]
