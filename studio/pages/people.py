"""Workspaces and the people in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.errors import StudioError
from registry.workspaces import access, selectors, services
from registry.workspaces.models import Role

MEANINGS = [
    (Role.OWNER, "Owner", "may do everything, and decides who is in"),
    (Role.CONTRIBUTOR, "Contributor", "uploads data, draws and runs pipelines, registers models"),
    (Role.READER, "Reader", "sees everything and changes nothing"),
]


@require_GET
def people(request: HttpRequest, workspace: str) -> HttpResponse:
    return render(request, "people/people.html", _shown(request, workspace))


@require_POST
def invite(request: HttpRequest, workspace: str) -> HttpResponse:
    """Answers with the page itself, not a redirect: the invitation link is shown this once and kept nowhere."""
    opened = access.open_workspace(request.user, workspace, "members.manage")
    form = {name: request.POST.get(name, "") for name in ("username", "full_name", "email", "role")}
    try:
        membership, secret = services.invite(workspace=opened, by=request.user, **form)
    except StudioError as error:
        shown = _shown(request, workspace) | {"form": form, "problem": error.message}
        return render(request, "people/people.html", shown, status=error.status)
    if not secret:
        messages.success(request, f"{membership.user.username} is now a {Role(membership.role).label.lower()}.")
        return redirect("people", workspace=workspace)
    return _show_link(request, workspace, membership.user, secret)


@require_POST
def renew(request: HttpRequest, workspace: str, user_id: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "members.manage")
    secret = services.renew_invitation(workspace=opened, by=request.user, user_id=user_id)
    return _show_link(request, workspace, selectors.members(opened).get(user_id=user_id).user, secret)


@require_POST
def change_role(request: HttpRequest, workspace: str, user_id: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "members.manage")
    changed = services.change_role(
        workspace=opened, by=request.user, user_id=user_id, role=request.POST.get("role", "")
    )
    messages.success(request, f"{changed.user.username} is now {changed.get_role_display().lower()}.")
    return redirect("people", workspace=workspace)


@require_POST
def remove(request: HttpRequest, workspace: str, user_id: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace)
    services.remove_member(workspace=opened, by=request.user, user_id=user_id)
    if user_id == request.user.pk:
        messages.success(request, f"You have left {opened.name}.")
        return redirect("/")
    messages.success(request, "Removed. What they made stays.")
    return redirect("people", workspace=workspace)


@require_http_methods(["GET", "POST"])
def new_workspace(request: HttpRequest) -> HttpResponse:
    form = {name: request.POST.get(name, "") for name in ("name", "description")}
    problem = ""
    if request.method == "POST":
        try:
            return redirect("home", workspace=services.create(by=request.user, **form).slug)
        except StudioError as error:
            problem = error.message
    return render(request, "people/new_workspace.html", form | {"problem": problem}, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
def workspace_settings(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "workspace.manage")
    problem = ""
    if request.method == "POST":
        try:
            services.change(
                workspace=opened, by=request.user, name=request.POST.get("name", ""),
                description=request.POST.get("description", ""),
            )
        except StudioError as error:
            problem = error.message
        else:
            messages.success(request, "Saved.")
            return redirect("workspace-settings", workspace=workspace)
    context = {"nav": "people", "opened": opened, "problem": problem}
    return render(request, "people/settings.html", context, status=422 if problem else 200)


def _shown(request: HttpRequest, slug: str) -> dict[str, object]:
    opened = access.open_workspace(request.user, slug, "members.view")
    manages = access.allowed(request.user, "members.manage", opened)
    members = list(selectors.members(opened))
    never_came = {
        m.user_id for m in members
        if manages and m.user.last_login is None and services.can_be_invited_again(m.user, request.user)
    }
    me = next(m for m in members if m.user_id == request.user.pk)
    owners = sum(m.role == Role.OWNER for m in members)
    return {
        "may_leave": me.role != Role.OWNER or owners > 1,
        "nav": "people", "members": members, "manages": manages, "never_came": never_came, "meanings": MEANINGS,
        "form": {"role": Role.CONTRIBUTOR.value},
    }


def _show_link(request: HttpRequest, workspace: str, person: object, secret: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("sign-in-link", args=[secret]))
    response = render(request, "people/people.html", _shown(request, workspace) | {"link": link, "person": person})
    response.headers["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("people/", people, name="people"),
    path("people/invite/", invite, name="invite"),
    path("people/<int:user_id>/invitation/", renew, name="renew-invitation"),
    path("people/<int:user_id>/role/", change_role, name="change-role"),
    path("people/<int:user_id>/remove/", remove, name="remove-member"),
    path("settings/", workspace_settings, name="workspace-settings"),
]
