"""One run: its live graph, logs, metrics and outputs, and the forms that stop, repeat and put it away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from designer.pipelines import planning
from designer.pipelines.models import PipelineRun
from registry.mlmodels import selectors as mlmodels
from registry.mlmodels.artifact_api import models_of
from registry.mlmodels.shapes import MadeOut
from registry.runs import about, listing, selectors, services
from registry.runs.api.runs import detail
from registry.runs.browsing import finds, places
from registry.runs.models import Run, Tag
from registry.workspaces import access


@require_GET
def run(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "runs.view")
    found = selectors.detail(opened, run_id)
    if found.parent is not None:
        # A step is shown within its run.
        address = redirect("run", workspace=opened.slug, run_id=found.parent.run_id)
        address["Location"] += f"?step={found.node_id}"
        return address
    seen = detail(found)
    tags = dict(Tag.objects.filter(run=found, key=finds.TABLES_TAG).values_list("key", "value"))
    drawing = PipelineRun.objects.select_related("pipeline").filter(run=found).first()
    return render(
        request,
        "runs/run.html",
        {
            "nav": "runs",
            "opened": opened,
            "run": found,
            "drawing": drawing,
            "inputs": listing.inputs(found),
            "may_submit": access.allowed(request.user, "runs.submit", opened),
            "page": {
                "detail": seen,
                "about": about.about(found, request.user),
                "artifacts": finds.summary(places.of_run(found), tags),
                "logged": models_of(found),
                "graph": drawing.graph if drawing else None,
                "components": _components(drawing.graph) if drawing else {},
                "models": MadeOut(mlmodels.made_by(found), many=True).data,
                "mayRegister": access.allowed(request.user, "models.edit", opened),
                "mayEdit": access.allowed(request.user, "runs.edit", opened),
                "mayTidy": access.allowed(request.user, "members.manage", opened),
            },
        },
    )


def _components(graph: dict[str, Any]) -> dict[str, Any]:
    """What the drawing needs to know of the components it uses, those that are gone left out."""
    catalogue = planning.catalogue()
    known = {node["component"]: catalogue.get(node["component"]) for node in graph.get("nodes", [])}
    return {
        id: {
            "title": component.title,
            "family": component.family,
            "inputs": [port.name for port in component.inputs],
            "outputs": [port.name for port in component.outputs],
            "titles": {port.name: port.title for port in component.outputs},
        }
        for id, component in known.items()
        if component is not None
    }


@require_POST
def cancel(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    stopped = services.cancel(run=_run(request, workspace, run_id), by=request.user)
    messages.info(request, f"{stopped.name} is being stopped." if not stopped.is_over() else f"{stopped.name} was cancelled.")
    return redirect("run", workspace=workspace, run_id=stopped.run_id)


@require_POST
def rerun(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    reuse = request.POST.get("reuse", "yes") != "no"
    again = services.rerun(run=_run(request, workspace, run_id), by=request.user, reuse=reuse)
    return redirect("run", workspace=workspace, run_id=again.run_id)


@require_POST
def resume(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    again = services.resume(run=_run(request, workspace, run_id), by=request.user)
    return redirect("run", workspace=workspace, run_id=again.run_id)


@require_POST
def archive(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    found = _run(request, workspace, run_id)
    services.archive(run=found, by=request.user)
    messages.success(request, f"{found.name} was taken out of the list. Its address goes on working.")
    return redirect("runs", workspace=workspace)


def _run(request: HttpRequest, workspace: str, run_id: str) -> Run:
    return selectors.detail(access.open_workspace(request.user, workspace, "runs.view"), run_id)


urlpatterns = [
    path("runs/<slug:run_id>/", run, name="run"),
    path("runs/<slug:run_id>/cancel/", cancel, name="run-cancel"),
    path("runs/<slug:run_id>/rerun/", rerun, name="run-rerun"),
    path("runs/<slug:run_id>/resume/", resume, name="run-resume"),
    path("runs/<slug:run_id>/archive/", archive, name="run-archive"),
]
