"""The list of runs."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from designer.pipelines import selectors as pipelines
from designer.pipelines.models import Pipeline
from registry.runs import listing
from registry.runs.models import Run
from registry.workspaces import access
from registry.workspaces.models import Workspace
from studio.pages.templatetags.runs import LOOKS

PAGE_SIZE = 50
FILTERS = ("status", "kind", "person", "pipeline", "q")
GROUPS = [("active", "Active"), ("unfinished", "Failed or cancelled")]
MOST_PIPELINES = 200


@require_GET
def runs(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "runs.view")
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    # Before the rows: what happens in between is heard of once more, never missed.
    last_event = listing.last_workspace_event(opened)
    rows, newer, older = _page(listing.listed(opened, **asked), request.GET)
    return render(
        request,
        # The browser asks for the table alone when something has happened.
        "runs/table.html" if request.headers.get("X-Part") == "table" else "runs/list.html",
        {
            "nav": "runs",
            "opened": opened,
            "runs": rows,
            "drawn": pipelines.drawn_from(rows),
            "newer": newer,
            "older": older,
            "asked": asked,
            "filtered": any(asked.values()),
            "last_event": last_event,
            "may_submit": access.allowed(request.user, "runs.cancel", opened),
            "states": [*GROUPS, *((status, look[0]) for status, look in LOOKS.items() if status != "skipped")],
            "kinds": listing.kinds(opened),
            "people": listing.people(opened),
            "pipelines": _pipelines_to_choose(opened, asked["pipeline"]),
        },
    )


def _page(runs: QuerySet[Run], query: Any) -> tuple[list[Run], str, str]:
    """A page and the places of its neighbours: ("" where there is none)."""
    place = _place(query.get("older") or query.get("newer") or "")
    backwards = bool(place and query.get("newer") and not query.get("older"))
    if place:
        moment, pk = place
        if backwards:
            runs = runs.filter(created_at__gte=moment).filter(Q(created_at__gt=moment) | Q(pk__gt=pk))
            runs = runs.order_by("created_at", "id")
        else:
            runs = runs.filter(created_at__lte=moment).filter(Q(created_at__lt=moment) | Q(pk__lt=pk))
    rows = list(runs[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_newer, has_older = (more, True) if backwards else (bool(place), more)
    return rows, _written(rows[0]) if rows and has_newer else "", _written(rows[-1]) if rows and has_older else ""


def _written(run: Run) -> str:
    return f"{int(run.created_at.timestamp() * 1_000_000)}.{run.pk}"


def _place(text: str) -> tuple[datetime, int] | None:
    moment, _, pk = text.partition(".")
    if not (moment.isdecimal() and pk.isdecimal() and text.isascii() and len(moment) < 17 and len(pk) < 19):
        return None
    seconds, micros = divmod(int(moment), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), int(pk)


def _pipelines_to_choose(workspace: Workspace, chosen: str) -> list[Pipeline]:
    """The last changed ones, and the chosen one wherever it stands."""
    ours = Pipeline.objects.filter(workspace=workspace).only("name")
    found = list(ours.filter(archived_at=None).order_by("-updated_at", "-id")[:MOST_PIPELINES])
    if chosen.isdecimal() and len(chosen) < 19 and int(chosen) not in {pipeline.pk for pipeline in found}:
        found += ours.filter(pk=int(chosen))
    return found


urlpatterns = [path("runs/", runs, name="runs")]
