"""Saved views, and which of them somebody wants to see first."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.workspaces.models import Workspace


class SavedView(models.Model):
    """`kind` is the page it belongs to, such as "runs"; `state` is that page's own and means nothing here."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    state = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind", "name", "id"], name="views_of_a_page")]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view with which a page opens for a person; it may be somebody else's shared one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="first_for")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "workspace", "kind"], name="one_first_view_per_page")
        ]
