"""Reports: the list, one report to read, write and print, and the page behind a shared link."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from registry.errors import NotFound
from registry.reports import blocks, drawing, selectors
from registry.reports.models import Report
from registry.workspaces import access

PAGE_SIZE = 50


@require_GET
def reports(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "reports.view")
    q, in_bin = request.GET.get("q", "").strip(), request.GET.get("bin") == "1"
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() and number.isascii() and len(number) < 7 else 1
    rows = list(selectors.reports_of(opened, q=q, deleted=in_bin)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    return render(
        request,
        "reports/list.html",
        {
            "nav": "reports",
            "opened": opened,
            "reports": rows[:PAGE_SIZE],
            "newer": str(page - 1) if page > 1 else "",
            "older": str(page + 1) if len(rows) > PAGE_SIZE else "",
            "q": q,
            "in_bin": in_bin,
            "may_edit": access.allowed(request.user, "reports.edit", opened),
        },
    )


@require_GET
def report(request: HttpRequest, workspace: str, report: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "reports.view")
    found = selectors.report(opened, report)
    may_edit = access.allowed(request.user, "reports.edit", opened)
    page = {**_page(found), "revision": found.revision, "mayEdit": may_edit, "hasLink": found.link_digest is not None}
    return render(
        request, "reports/report.html", {"nav": "reports", "opened": opened, "report": found, "may_edit": may_edit, "page": page}
    )


@login_not_required
@never_cache
@require_GET
def shared(request: HttpRequest, link: str) -> HttpResponse:
    """Read by whoever has the link. The frame of the studio is not around it: the reader may have no account."""
    found = selectors.shared(link)
    response = render(request, "reports/shared.html", {"report": found, "page": _page(found)})
    # The address is the key: it must not travel to other sites in a Referer, nor into search machines.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@never_cache
@require_GET
def shared_block(request: HttpRequest, link: str, number: int) -> HttpResponse:
    """What block `number` (counted from 0) of a shared report shows now. Only what stands in the report can be asked."""
    found = selectors.shared(link)
    texts = [text for _, text in blocks.texts(found.body)]
    if number >= len(texts):
        raise NotFound("The report has changed. Reload the page.")
    return HttpResponse(drawing.as_json(found.workspace, blocks.parse(texts[number])), content_type="application/json")


def _page(found: Report) -> dict[str, Any]:
    return {"id": found.pk, "title": found.title, "body": found.body}


urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/<int:report>/", report, name="report"),
]
shared_urlpatterns = [
    path("shared/<str:link>/", shared, name="shared-report"),
    path("shared/<str:link>/blocks/<int:number>", shared_block, name="shared-report-block"),
]
