"""Runs chosen by hand, kept so that an address can name a thousand of them."""

from django.db import models
from django.utils import timezone

from registry.workspaces.models import Workspace


class Selection(models.Model):
    """Public ids of runs, in the order in which they were put. `key` is made of the contents, so the same choice has one
    key whoever makes it, and what it stands for never changes."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=20)
    run_ids = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="one_selection_per_key")]
