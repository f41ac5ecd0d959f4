"""What is made for every new workspace."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from registry.runs import experiments
from registry.workspaces.models import Workspace


@receiver(post_save, sender=Workspace, dispatch_uid="default-experiment")
def workspace_made(instance: Workspace, created: bool, raw: bool = False, **_: Any) -> None:
    # Rows that are loaded as they are (`loaddata`) bring their own.
    if created and not raw:
        experiments.default(instance)
