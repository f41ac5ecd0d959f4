"""Reading assets, versions and uploads. Every function is given the workspace or the person; none selects what is
large without need."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from registry import storage
from registry.data.models import DataAsset, DataVersion, Upload, VersionStatus
from registry.errors import Conflict, NotFound
from registry.workspaces.models import Workspace


def assets(workspace: Workspace, *, q: str = "", tag: str = "", order: str = "updated") -> QuerySet[DataAsset]:
    """The assets of a workspace, each with `latest`: {"number", "status", "rows", "bytes", "width", …} or None.
    Assets whose only version is still being imported are there too."""
    newest = DataVersion.objects.filter(asset=OuterRef("pk")).order_by("-number")
    ready = newest.filter(status=VersionStatus.READY)
    facts = JSONObject(
        number=F("number"), status=F("status"), rows=F("rows"), bytes=F("bytes"), created_at=F("created_at"),
        source_name=F("source_name"),
    )  # fmt: skip
    found = (
        DataAsset.objects.filter(workspace=workspace, archived_at=None)
        .select_related("created_by")
        .annotate(newest=Subquery(newest.values(facts=facts)[:1]), ready=Subquery(ready.values(facts=facts)[:1]))
    )
    if q:
        found = found.filter(Q(name__icontains=q) | Q(description__icontains=q))
    if tag:
        found = found.filter(tags__icontains=f'"{tag}"')
    return found.order_by(*ORDERS.get(order, ORDERS["updated"]))


ORDERS = {"updated": ("-updated_at", "-id"), "name": ("name", "id"), "created": ("-created_at", "-id")}


def asset(workspace: Workspace, name: str) -> DataAsset:
    found = DataAsset.objects.filter(workspace=workspace, name=name, archived_at=None).select_related("created_by").first()
    if found is None:
        raise NotFound(f"There is no data called “{name}” in {workspace.name}.", fields={"name": name})
    return found


def versions(asset: DataAsset) -> QuerySet[DataVersion]:
    """Newest first, without their columns, which may be thousands."""
    return (
        DataVersion.objects.filter(asset=asset)
        .select_related("created_by")
        .defer("columns", "options")
        .order_by("-number")
    )


def version(asset: DataAsset, number: int | None = None) -> DataVersion:
    """That version in whatever state; without a number the latest that is ready, else the latest."""
    all_versions = DataVersion.objects.filter(asset=asset).select_related("created_by", "asset")
    if number is not None:
        found = all_versions.filter(number=number).first()
    else:
        newest_first = all_versions.order_by("-number")
        found = newest_first.filter(status=VersionStatus.READY).first() or newest_first.first()
    if found is None:
        wanted = f"version {number}" if number is not None else "version"
        raise NotFound(f"There is no {wanted} of “{asset.name}”.", fields={"name": asset.name, "version": number})
    return found


def table_path(version: DataVersion) -> Path:
    """The version's Parquet file on this machine. Raises `Conflict` while it is not ready."""
    if version.status != VersionStatus.READY:
        state = "is still being imported" if version.status == VersionStatus.IMPORTING else "could not be imported"
        raise Conflict(f"Version {version.number} of “{version.asset.name}” {state}.", code="not-ready")
    return storage.open_store(settings.STORE_DIR).local_path(version.path)


def profiled_path(version: DataVersion) -> Path:
    """The same for those who want its profile. Raises `Conflict` also while the import still computes that."""
    if version.status == VersionStatus.READY and version.progress:
        raise Conflict(
            f"The profile of version {version.number} of “{version.asset.name}” is still being computed. Ask again in a moment.",
            code="profile-not-ready",
        )
    return table_path(version)


def upload(workspace: Workspace, user: Any, upload_id: object) -> Upload:
    """An upload is its sender's alone."""
    found = Upload.objects.filter(workspace=workspace, created_by=user, pk=upload_id).first()
    if found is None:
        raise NotFound("There is no such upload. It may have been imported, or cleaned away after a day.")
    return found


def open_uploads(workspace: Workspace, user: Any) -> QuerySet[Upload]:
    """What this person has begun and neither imported nor thrown away."""
    return (
        Upload.objects.filter(workspace=workspace, created_by=user, purpose=Upload.Purpose.DATA)
        .exclude(status=Upload.Status.IMPORTED)
        .select_related("version__asset")
        .defer("inspection", "version__columns", "version__options")
        .order_by("-touched_at")
    )
