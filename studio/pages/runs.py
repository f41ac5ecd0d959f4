"""The page of runs. The browser draws it (`static/src/runstable`) from the REST API; its address is the view."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from registry.boards import selectors as boards
from registry.boards.api import ViewOut
from registry.runs import listing
from registry.runs.models import Experiment, Run
from registry.runs.search.tree import value_text
from registry.runs.states import ACTIVE, RunStatus
from registry.workspaces import access
from registry.workspaces.models import Workspace

MAY = {"edit": "runs.edit", "cancel": "runs.cancel", "submit": "runs.submit"}
# Plain words in an address, for links from other pages and by hand; the page itself writes filters.
WORDS = {
    "status": "attributes.status = {}",
    "kind": "attributes.kind = {}",
    "person": "attributes.user = {}",
    "q": "attributes.name ILIKE {}",
}
STATES = {
    "active": ACTIVE,
    "unfinished": frozenset({RunStatus.FAILED, RunStatus.ERRORED, RunStatus.CANCELLED}),
}
MOST_EXPERIMENTS = 20


@require_GET
def runs(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "runs.view")
    if meant := _meant(opened, request.GET):
        return redirect(f"{request.path}?{meant}")
    boot = {
        "workspace": opened.slug,
        # Before the rows are asked for: what happens in between is heard of once more, never missed.
        "last_event": listing.last_workspace_event(opened),
        "may": {name: access.allowed(request.user, action, opened) for name, action in MAY.items()},
        "designer": reverse("designer", kwargs={"workspace": opened.slug}),
        "account": reverse("account"),
        # What this person wants to see first, unless the address asks for something else.
        "first": _first_view(request, opened) if not request.GET else None,
    }
    return render(request, "runs/list.html", {"nav": "runs", "opened": opened, "boot": boot})


def _first_view(request: HttpRequest, workspace: Workspace) -> Any:
    view = boards.views_of(workspace, request.user, "runs").filter(is_first=True).first()
    return None if view is None else ViewOut(view, context={"user": request.user}).data


def _meant(workspace: Workspace, query: QueryDict) -> str:
    """The view that plain words in the address ask for, or "" where there are none."""
    given = {name: value.strip() for name, value in query.items() if value.strip() and "\0" not in value}
    conditions = []
    for name, condition in WORDS.items():
        value = given.get(name, "")
        if name == "status" and value in STATES:
            conditions.append(
                f"attributes.status IN ({', '.join(value_text(s.value) for s in sorted(STATES[value]))})"
            )
        elif value:
            conditions.append(condition.format(value_text(f"%{value}%" if name == "q" else value)))
    view = {"filter": " AND ".join(conditions)} if conditions else {}
    experiments = _experiments_of(workspace, given.get("pipeline", ""))
    if given.get("e") == "0":
        # As clients of the protocol call the default one.
        experiments = list(
            Experiment.objects.filter(workspace=workspace, is_default=True).values_list("pk", flat=True)
        )
    if experiments:
        view["e"] = ",".join(map(str, experiments))
    return urlencode(view)


def _experiments_of(workspace: Workspace, pipeline: str) -> list[int]:
    """A pipeline's runs stand in the experiment of its name; in several, if it was renamed."""
    if not (pipeline.isdecimal() and pipeline.isascii() and len(pipeline) < 19):
        return []
    found = Run.objects.filter(
        workspace=workspace, pipeline_run__pipeline=int(pipeline), experiment__isnull=False
    )
    return list(
        found.order_by("experiment").values_list("experiment", flat=True).distinct()[:MOST_EXPERIMENTS]
    )


urlpatterns = [path("runs/", runs, name="runs")]
