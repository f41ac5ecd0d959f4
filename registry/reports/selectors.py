"""Reading reports. Lists never select what they say."""

from django.db.models import Q, QuerySet

from registry.accounts.models import digest
from registry.errors import NotFound
from registry.reports.models import Report, ReportVersion
from registry.workspaces.models import Workspace


def reports_of(workspace: Workspace, *, q: str = "", deleted: bool = False) -> QuerySet[Report]:
    """Last changed first."""
    found = Report.objects.filter(workspace=workspace, deleted_at__isnull=not deleted)
    for word in q.replace("\0", "").split():
        found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
    return found.select_related("updated_by").defer("body").order_by("-updated_at", "-id")


def report(workspace: Workspace, id: int, *, deleted: bool = False) -> Report:
    found = (
        Report.objects.select_related("workspace", "created_by", "updated_by")
        .filter(workspace=workspace, pk=id)
        .first()
    )
    if found is None or (found.deleted_at is not None and not deleted):
        raise NotFound("There is no such report in this workspace. It may have been deleted.")
    return found


def shared(secret: str) -> Report:
    found = (
        Report.objects.select_related("workspace", "updated_by")
        .filter(link_digest=digest(secret), deleted_at=None)
        .first()
    )
    if found is None:
        raise NotFound("This link leads to no report. It may have been withdrawn; ask whoever gave it to you.")
    return found


def versions(report: Report) -> QuerySet[ReportVersion]:
    return report.versions.select_related("saved_by").order_by("-revision")
