"""Reading saved views: one's own, and those that others share."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.boards.models import FirstView, SavedView
from registry.errors import NotFound
from registry.workspaces.models import Workspace


def views_of(workspace: Workspace, user: Any, kind: str = "") -> QuerySet[SavedView]:
    """By name; each with `is_first` for this person."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True), workspace=workspace).select_related("owner")
    if kind:
        found = found.filter(kind=kind)
    first = FirstView.objects.filter(view=OuterRef("pk"), user=user)
    return found.annotate(is_first=Exists(first)).order_by("name", "id")


def view(workspace: Workspace, user: Any, id: int) -> SavedView:
    found = views_of(workspace, user).filter(pk=id).first() if 0 < id < 2**63 else None
    if found is None:
        raise NotFound("There is no such view, or it is somebody else's own.")
    return found
