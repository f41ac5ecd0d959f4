"""Runs side by side. The address is the view: which runs, which one is the base, what is shown of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from registry.errors import Invalid, NotFound
from registry.runs import selections
from registry.workspaces import access
from registry.workspaces.models import Workspace

# More ids than this make an address that servers and mail programs cut off; a selection stands for them.
MOST_IN_ADDRESS = 40


@require_GET
def compare(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "runs.view")
    ids, problem = _asked(request, opened)
    if not request.GET.get("set") and len(ids) > MOST_IN_ADDRESS:
        return _with_selection(request, opened, ids)
    return render(
        request,
        "compare/compare.html",
        {
            "nav": "runs",
            "opened": opened,
            "problem": problem,
            "page": {"runs": ids, "set": request.GET.get("set", "") if ids else "", "mostInAddress": MOST_IN_ADDRESS},
            "source": _source(opened, request, ids),
        },
    )


@require_POST
def choose(request: HttpRequest, workspace: str) -> HttpResponse:
    """Runs chosen in a form, however many: to the address that stands for them."""
    opened = access.open_workspace(request.user, workspace, "runs.view")
    given = request.POST.getlist("runs")
    ids = selections.distinct(id for part in given for id in part.split(","))
    if len(ids) > MOST_IN_ADDRESS:
        return redirect(f"{_address(opened)}?{urlencode({'set': selections.keep(opened, ids)})}")
    return redirect(f"{_address(opened)}?runs={','.join(id for id in ids if selections.is_id(id))}")


def _asked(request: HttpRequest, workspace: Workspace) -> tuple[list[str], str]:
    """The ids and, where they cannot be known, the sentence that says so: the page then tells how to choose."""
    try:
        if key := request.GET.get("set", ""):
            return selections.kept(workspace, key), ""
        return selections.distinct(request.GET.get("runs", "").split(",")), ""
    except (Invalid, NotFound) as error:
        return [], error.message


def _with_selection(request: HttpRequest, workspace: Workspace, ids: list[str]) -> HttpResponse:
    query = request.GET.copy()
    del query["runs"]
    query["set"] = selections.keep(workspace, [id for id in ids if selections.is_id(id)])
    return redirect(f"{_address(workspace)}?{query.urlencode()}")


def _address(workspace: Workspace) -> str:
    return reverse("compare", kwargs={"workspace": workspace.slug})


def _source(workspace: Workspace, request: HttpRequest, ids: list[str]) -> str:
    """Where the browser reads the table from, said early: it fetches while it still reads the scripts."""
    if not ids:
        return ""
    asked: dict[str, Any] = {"set": key} if (key := request.GET.get("set", "")) else {"runs": ",".join(ids)}
    return f"{reverse('api-runs-compare', kwargs={'workspace': workspace.slug})}?{urlencode(asked, safe=',')}"


urlpatterns = [
    path("runs/compare/", compare, name="compare"),
    path("runs/compare/choose/", choose, name="compare-choose"),
]
