"""Which workspace a call is about: the one in its address, else its token's, else the one its header names, else the
first that the person belongs to. An outsider is told that there is none."""

from registry.accounts.models import User
from registry.mlflow_api.errors import missing
from registry.workspaces.models import Membership, Role, TokenWorkspace, Workspace

NOWHERE = "There is no such workspace, or you are not a member of it."


def of(user: User, token: int | None, prefix: str | None, header: str | None) -> tuple[Workspace, Role]:
    mine = Membership.objects.filter(user=user).select_related("workspace")
    if prefix is not None:
        member = mine.filter(workspace__slug=prefix).first()
    elif chosen := _of_token(token):
        member = mine.filter(workspace=chosen).first()
    elif header:
        member = mine.filter(workspace__slug=header).first()
    else:
        member = mine.order_by("pk").first()
        if member is None:
            raise missing("You belong to no workspace yet. Ask an owner of one to add you.")
    if member is None:
        raise missing(NOWHERE)
    return member.workspace, Role(member.role)


def _of_token(token: int | None) -> int | None:
    if token is None:
        return None
    return TokenWorkspace.objects.filter(token=token).values_list("workspace", flat=True).first()
