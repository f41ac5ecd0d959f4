"""The home page: what is running now, the recent work, and sample pipelines to start from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from registry.workspaces import access, selectors

LAST_WORKSPACE = "last_workspace"


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the workspace this person was in last, else to the first they may open."""
    slugs = [m.workspace.slug for m in selectors.memberships_of(request.user)]
    if not slugs:
        return render(request, "home/nowhere.html")
    last = request.session.get(LAST_WORKSPACE)
    return redirect("home", workspace=last if last in slugs else slugs[0])


@require_GET
def home(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace)
    if request.session.get(LAST_WORKSPACE) != opened.slug:
        request.session[LAST_WORKSPACE] = opened.slug
    return render(request, "home/home.html", {"nav": "home", "opened": opened})


urlpatterns = [path("", home, name="home")]
