"""The home page: what is running now, the recent work, and sample pipelines to start from."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from designer.pipelines import sample_data, samples
from designer.pipelines import selectors as pipelines
from designer.pipelines import services as designer
from designer.pipelines.models import Pipeline
from registry.data import selectors as data
from registry.runs import listing
from registry.runs.models import Run
from registry.runs.states import ACTIVE, TERMINAL, RunStatus
from registry.workspaces import access, selectors
from registry.workspaces.models import Workspace
from studio.pages.shell import LAST_WORKSPACE

RECENT = 6
MOST_ACTIVE = 10


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
    last_event = listing.last_workspace_event(opened)
    context = {
        "nav": "home",
        "opened": opened,
        "last_event": last_event,
        "pipelines": pipelines.listing(opened)[:RECENT],
        "assets": data.assets(opened)[:RECENT],
        "samples": _samples(opened),
        "may_edit": access.allowed(request.user, "pipelines.edit", opened),
    }
    return render(request, "home/home.html", context | _now(opened))


@require_GET
def now(request: HttpRequest, workspace: str) -> HttpResponse:
    """The part of the home page that moves; the browser asks for it when it hears of a run."""
    opened = access.open_workspace(request.user, workspace)
    return render(request, "home/now.html", {"opened": opened} | _now(opened))


@require_POST
def new_pipeline(request: HttpRequest, workspace: str) -> HttpResponse:
    """An empty canvas at one click; it is named when it is known what it is."""
    opened = access.open_workspace(request.user, workspace, "pipelines.edit")
    made = designer.create(workspace=opened, by=request.user, name="Untitled pipeline")
    return redirect("pipeline", workspace=workspace, pipeline=made.pk)


@require_POST
def open_sample(request: HttpRequest, workspace: str, slug: str) -> HttpResponse:
    """To the sample's pipeline, drawn now if it is not there; with `run` it starts on the way."""
    opened = access.open_workspace(request.user, workspace, "pipelines.edit")
    pipeline = Pipeline.objects.filter(workspace=opened, sample=slug, archived_at=None).order_by("pk").first()
    if pipeline is None:
        pipeline = samples.create(workspace=opened, by=request.user, slug=slug)
    if "run" in request.POST:
        designer.submit(pipeline=pipeline, by=request.user, revision=pipeline.revision)
    return redirect("pipeline", workspace=workspace, pipeline=pipeline.pk)


def _now(workspace: Workspace) -> dict[str, Any]:
    rows = listing.listed(workspace)
    active = list(rows.filter(status__in=ACTIVE)[: MOST_ACTIVE + 1])
    return {
        "active": _with_steps(active[:MOST_ACTIVE]),
        "more_active": len(active) > MOST_ACTIVE,
        "recent": list(rows.filter(status__in=TERMINAL)[:RECENT]),
    }


def _with_steps(active: list[Run]) -> list[Run]:
    """Each with how many of its nodes are done, in one query for all."""
    over = Count("pk", filter=Q(status__in=TERMINAL) & ~Q(status=RunStatus.SKIPPED))
    counted = {
        row["parent"]: row
        for row in Run.objects.filter(parent__in=active).values("parent").annotate(all=Count("pk"), over=over)
    }
    for run in active:
        row = counted.get(run.pk, {"all": 0, "over": 0})
        run.nodes, run.nodes_done = row["all"], row["over"]
        run.share = round(100 * row["over"] / row["all"]) if row["all"] else 0
    return active


def _samples(workspace: Workspace) -> list[samples.Sample]:
    """Those whose data is here."""
    names = {sample.slug: sample.name for sample in sample_data.SAMPLE_DATA}
    there = set(data.assets(workspace).filter(name__in=names.values()).order_by().values_list("name", flat=True))
    return [sample for sample in samples.SAMPLES if names.get(sample.data) in there]


urlpatterns = [
    path("", home, name="home"),
    path("now/", now, name="now"),
    path("new-pipeline/", new_pipeline, name="new-pipeline"),
    path("samples/<slug:slug>/", open_sample, name="open-sample"),
]
