"""The designer: the list of pipelines with the samples, and the canvas."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from designer.pipelines import samples, selectors
from registry.workspaces import access

PAGE_SIZE = 25


@require_GET
def pipelines(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "pipelines.view")
    q = request.GET.get("q", "").strip()
    number = _number(request.GET.get("page"))
    # One row more than is shown tells whether there is a next page, without counting the table.
    rows = list(selectors.listing(opened, q=q)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    return render(
        request,
        "designer/list.html",
        {
            "nav": "designer",
            "opened": opened,
            "pipelines": rows[:PAGE_SIZE],
            "page": number,
            "next": number + 1 if len(rows) > PAGE_SIZE else None,
            "previous": number - 1,
            "q": q,
            "samples": samples.SAMPLES,
            "can_edit": access.allowed(request.user, "pipelines.edit", opened),
        },
    )


@require_GET
def canvas(request: HttpRequest, workspace: str, pipeline: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "pipelines.view")
    found = selectors.find(opened, pipeline)
    return render(request, "designer/canvas.html", {"nav": "designer", "opened": opened, "pipeline": found})


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 7 else 1


urlpatterns = [
    path("designer/", pipelines, name="designer"),
    path("designer/<int:pipeline>/", canvas, name="pipeline"),
]
