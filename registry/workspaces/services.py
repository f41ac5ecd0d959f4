"""Workspaces and who is in them: every change to them. *May they · is it legal · write.*"""

import secrets

from django.db import transaction
from django.utils.text import slugify

from registry.accounts import services as accounts
from registry.accounts.models import ApiToken, User
from registry.errors import Conflict, Invalid, NotFound, Refused
from registry.workspaces import access, selectors
from registry.workspaces.models import Membership, Role, TokenWorkspace, Workspace


@transaction.atomic
def create(*, name: str, by: User, description: str = "") -> Workspace:
    """A new workspace; whoever makes it owns it."""
    name = _checked_name(name)
    workspace = Workspace.objects.create(name=name, slug=_free_slug(name), description=description.strip())
    Membership.objects.create(workspace=workspace, user=by, role=Role.OWNER)
    return workspace


def change(*, workspace: Workspace, by: User, name: str | None = None, description: str | None = None) -> Workspace:
    """Rename or describe. The address stays: links to the workspace go on working."""
    access.require(by, "workspace.manage", workspace)
    if name is not None:
        workspace.name = _checked_name(name)
    if description is not None:
        workspace.description = description.strip()
    workspace.save(update_fields=["name", "description"])
    return workspace


@transaction.atomic
def add_member(*, workspace: Workspace, by: User, user: User, role: str) -> Membership:
    access.require(by, "members.manage", workspace)
    role = _checked_role(role)
    membership, created = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
    if not created:
        raise Conflict(f"{user.username} is already a member of {workspace.name}.", fields={"username": user.username})
    return membership


@transaction.atomic
def invite(
    *, workspace: Workspace, by: User, username: str, role: str, full_name: str = "", email: str = ""
) -> tuple[Membership, str]:
    """Add a person by name. Somebody new is created, and the second value is the secret of their one-time link;
    for somebody who is known already it is empty."""
    access.require(by, "members.manage", workspace)
    _checked_role(role)
    known = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    user = known or accounts.create_user(username=username, full_name=full_name, email=email)
    membership = add_member(workspace=workspace, by=by, user=user, role=role)
    return membership, "" if known else accounts.make_link(user=user, lasts=accounts.INVITATION_LASTS)


def renew_invitation(*, workspace: Workspace, by: User, user_id: int) -> str:
    """A new link for a member who never came. Only while nobody else's workspace is behind that name."""
    access.require(by, "members.manage", workspace)
    member = _member(workspace, user_id).user
    if not can_be_invited_again(member, by):
        raise Refused(
            f"{member.username} has signed in before or belongs to another workspace too, so no link can be made for "
            f"them here. On the studio's machine: python manage.py sign_in_link {member.username}"
        )
    return accounts.make_link(user=member, lasts=accounts.INVITATION_LASTS)


def can_be_invited_again(member: User, by: User) -> bool:
    """Whoever holds a link becomes that person: it may open nothing that the inviter does not own."""
    if member.last_login is not None or member.has_usable_password() or member.is_superuser:
        return False
    owned = Membership.objects.filter(user=by, role=Role.OWNER).values("workspace")
    return not Membership.objects.filter(user=member).exclude(workspace__in=owned).exists()


@transaction.atomic
def change_role(*, workspace: Workspace, by: User, user_id: int, role: str) -> Membership:
    access.require(by, "members.manage", workspace)
    role = _checked_role(role)
    membership = _member(workspace, user_id)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(*, workspace: Workspace, by: User, user_id: int) -> None:
    """Take a person out; what they made stays. Anybody may leave by themselves."""
    if by.pk != user_id:
        access.require(by, "members.manage", workspace)
    membership = _member(workspace, user_id)
    _keep_an_owner(membership)
    membership.delete()


@transaction.atomic
def make_token(
    *, user: User, name: str, days: int | None = None, workspace: str = ""
) -> tuple[ApiToken, str]:
    """A token and its secret. `workspace`, the address of one: where programs that name none are led with it."""
    leads_to = access.open_workspace(user, workspace) if workspace else None
    token, secret = accounts.make_token(user=user, name=name, days=days)
    if leads_to is not None:
        TokenWorkspace.objects.create(token=token, workspace=leads_to)
    return token, secret


def _member(workspace: Workspace, user_id: int) -> Membership:
    membership = Membership.objects.select_related("user").filter(workspace=workspace, user_id=user_id).first()
    if membership is None:
        raise NotFound(f"There is no such member of {workspace.name}.")
    return membership


def _keep_an_owner(membership: Membership) -> None:
    """Called inside a transaction that holds the write lock, so two owners cannot both be the last to leave."""
    others = selectors.owners(membership.workspace).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise Conflict(
            f"{membership.user.username} is the last owner of {membership.workspace.name}. Make somebody else an owner "
            "first.",
            code="last-owner",
        )


def _checked_role(role: str) -> Role:
    if role not in Role.values:
        raise Invalid(f"{role!r} is not a role. There are: {', '.join(Role.values)}.", fields={"role": ["No such role."]})
    return Role(role)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid("Give the workspace a name of up to 80 characters.", fields={"name": ["1 to 80 characters."]})
    return name


def _free_slug(name: str) -> str:
    slug = slugify(name)[:60].strip("-") or "workspace"
    while Workspace.objects.filter(slug=slug).exists():
        slug = f"{slug[:60]}-{secrets.token_hex(2)}"
    return slug
