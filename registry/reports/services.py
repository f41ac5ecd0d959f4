"""Writing reports. Two tabs cannot silently overwrite each other, and what was said before can be had again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry.accounts.models import digest, new_secret
from registry.errors import Conflict, Invalid, NotFound
from registry.reports.models import Report, ReportVersion
from registry.workspaces import access
from registry.workspaces.models import Workspace

MOST_TITLE = 200
MOST_BODY = 500_000
# Autosave writes every second or so: one person's edits within this time are one version.
ONE_VERSION = timedelta(minutes=5)


@transaction.atomic
def create(*, workspace: Workspace, by: Any, title: str, body: str = "") -> Report:
    access.require(by, "reports.edit", workspace)
    report = Report.objects.create(
        workspace=workspace, title=checked_title(title), body=checked_body(body), created_by=by, updated_by=by
    )
    _keep_version(report, by)
    return report


@transaction.atomic
def save(
    *, report: Report, by: Any, revision: int, title: str | None = None, body: str | None = None
) -> Report:
    """Save what was made from `revision`. Raises `Conflict` if somebody has saved meanwhile."""
    access.require(by, "reports.edit", report.workspace)
    fields: dict[str, Any] = {"updated_by": by, "updated_at": timezone.now()}
    if title is not None:
        fields["title"] = checked_title(title)
    if body is not None:
        fields["body"] = checked_body(body)
    live = Report.objects.filter(pk=report.pk, revision=revision, deleted_at=None)
    if not live.update(revision=F("revision") + 1, **fields):
        now = Report.objects.select_related("updated_by").filter(pk=report.pk, deleted_at=None).first()
        if now is None:
            raise NotFound(f"The report {report.title} was deleted meanwhile. Its text is still in your window: copy it.")
        who = now.updated_by.display_name() if now.updated_by else "Somebody"
        raise Conflict(
            f"{who} has saved this report since you opened it. Reload it to see their text; yours is still in the window.",
            code="stale-revision",
            fields={"revision": now.revision},
        )
    report.refresh_from_db()
    _keep_version(report, by)
    return report


@transaction.atomic
def restore_version(*, report: Report, by: Any, revision: int, version: int) -> Report:
    """Make what version `version` said the text again, as a new revision on top of `revision`."""
    earlier = report.versions.filter(revision=version).first()
    if earlier is None:
        raise NotFound(f"The report {report.title} has no version {version}.")
    return save(report=report, by=by, revision=revision, title=earlier.title, body=earlier.body)


def delete(*, report: Report, by: Any) -> None:
    """Into the bin, and its link goes dead; `undelete` brings it back without the link."""
    access.require(by, "reports.edit", report.workspace)
    Report.objects.filter(pk=report.pk, deleted_at=None).update(deleted_at=timezone.now(), link_digest=None)


def undelete(*, report: Report, by: Any) -> None:
    access.require(by, "reports.edit", report.workspace)
    Report.objects.filter(pk=report.pk).update(deleted_at=None)


def share(*, report: Report, by: Any) -> str:
    """The secret of a new link; an earlier link stops working. Whoever has it reads the report as it is from then on,
    with the charts and tables that stand in it, and nothing else."""
    access.require(by, "reports.edit", report.workspace)
    secret = new_secret("")
    Report.objects.filter(pk=report.pk, deleted_at=None).update(link_digest=digest(secret))
    return secret


def unshare(*, report: Report, by: Any) -> None:
    access.require(by, "reports.edit", report.workspace)
    Report.objects.filter(pk=report.pk).update(link_digest=None)


def checked_title(title: Any) -> str:
    title = " ".join(str(title or "").replace("\0", "").split())
    if not title:
        raise Invalid("Give the report a title.", fields={"title": "A report needs a title."})
    if len(title) > MOST_TITLE:
        raise Invalid(
            f"A title may have {MOST_TITLE} characters; this one has {len(title)}.",
            fields={"title": f"At most {MOST_TITLE} characters."},
        )
    return title


def checked_body(body: Any) -> str:
    body = str(body or "").replace("\r\n", "\n").replace("\0", "")
    if len(body) > MOST_BODY:
        raise Invalid(
            f"A report may have {MOST_BODY:,} characters; this one has {len(body):,}. Split it into several.",
            fields={"body": f"At most {MOST_BODY:,} characters."},
        )
    return body


def _keep_version(report: Report, by: Any) -> None:
    newest = report.versions.order_by("-revision").first()
    said = {"revision": report.revision, "title": report.title, "body": report.body, "saved_at": timezone.now()}
    # The first of a stretch of edits stays what it was: what others wrote is never edited away.
    is_same_stretch = (
        newest is not None
        and newest.saved_by_id == by.pk
        and newest.revision > 1
        and timezone.now() - newest.saved_at < ONE_VERSION
    )
    if is_same_stretch:
        ReportVersion.objects.filter(pk=newest.pk).update(**said)
    else:
        ReportVersion.objects.create(report=report, saved_by=by, **said)
