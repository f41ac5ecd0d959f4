"""Who may do what: one table, asked by every service, page and API view.

An outsider is told "not found", never "refused": that something exists is already news.
"""

from typing import Any

from registry.errors import NotFound, Refused
from registry.workspaces.models import Membership, Role, Workspace

READ = frozenset({Role.READER, Role.CONTRIBUTOR, Role.OWNER})
WRITE = frozenset({Role.CONTRIBUTOR, Role.OWNER})
OWN = frozenset({Role.OWNER})

ACTIONS: dict[str, frozenset[Role]] = {
    "workspace.view": READ,
    "data.view": READ,
    "data.edit": WRITE,
    "pipelines.view": READ,
    "pipelines.edit": WRITE,
    "runs.view": READ,
    "runs.submit": WRITE,
    "runs.cancel": WRITE,
    "runs.edit": WRITE,
    "models.view": READ,
    "models.edit": WRITE,
    "reports.view": READ,
    "reports.edit": WRITE,
    "members.view": READ,
    "members.manage": OWN,
    "workspace.manage": OWN,
}


def role_of(user: Any, workspace: Workspace) -> Role | None:
    if not user or not user.is_authenticated or not user.is_active:
        return None
    role = Membership.objects.filter(workspace=workspace, user=user).values_list("role", flat=True).first()
    return Role(role) if role else None


def allowed(user: Any, action: str, workspace: Workspace) -> bool:
    return role_of(user, workspace) in ACTIONS[action]


def require(user: Any, action: str, workspace: Workspace) -> Role:
    """The person's role. Raises `NotFound` for an outsider, `Refused` for a member whose role is too small."""
    role = role_of(user, workspace)
    if role is None:
        raise NotFound("There is no such workspace, or you are not a member of it.")
    if role not in ACTIONS[action]:
        raise Refused(
            f"Your role in {workspace.name} is {role.label.lower()}, which does not allow this. "
            "An owner of the workspace can change it.",
            fields={"action": action, "role": role.value},
        )
    return role


def open_workspace(user: Any, slug: str, action: str = "workspace.view") -> Workspace:
    """The workspace of that address, if this person may do `action` in it."""
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise NotFound("There is no such workspace, or you are not a member of it.")
    require(user, action, workspace)
    return workspace
