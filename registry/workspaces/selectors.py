"""Reads about workspaces and their members."""

from django.db.models import QuerySet

from registry.accounts.models import User
from registry.workspaces.models import Membership, Role, Workspace


def memberships_of(user: User) -> list[Membership]:
    """Every workspace that this person may open, by name."""
    return list(Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name", "pk"))


def visible_to(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(memberships__user=user)


def members(workspace: Workspace) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(workspace=workspace)
        .select_related("user")
        .order_by("user__username")
    )


def owners(workspace: Workspace) -> QuerySet[Membership]:
    # A person whose account is off cannot look after a workspace.
    return Membership.objects.filter(workspace=workspace, role=Role.OWNER, user__is_active=True)
