"""What the first start makes, and every later one leaves alone: the administrator and the sample workspace."""

from registry.accounts import services as accounts
from registry.accounts.models import User
from registry.workspaces import services as workspaces
from registry.workspaces.models import Workspace

ADMINISTRATOR = "admin"
SAMPLE_WORKSPACE = "Sample"


def administrator() -> User:
    """Whoever the printed link signs in: the oldest administrator, made now if there is nobody."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    return found or accounts.create_user(username=ADMINISTRATOR, full_name="Administrator", is_superuser=True)


def sample_workspace(by: User) -> Workspace | None:
    """Made once, with the first start. Nothing comes back that people have removed."""
    if Workspace.objects.exists():
        return None
    return workspaces.create(
        name=SAMPLE_WORKSPACE, by=by, description="Data sets and pipelines to try things with. Everything here may be changed."
    )
