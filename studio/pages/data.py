"""Data: the list of assets, uploading, correcting how a file is read, and an asset with its versions and rows."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from registry.data import names, options, selectors, services, table_format
from registry.data.models import Upload, VersionStatus
from registry.workspaces import access
from registry.workspaces.models import Workspace

PAGE_SIZE = 50
MOST_VERSIONS = 100
MOST_UPLOADS = 20
ORDERS = [("updated", "Last changed first"), ("name", "By name"), ("created", "Newest first")]


@require_GET
def data(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "data.view")
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "tag", "order")}
    page = _page(request.GET.get("page", ""))
    found = selectors.assets(opened, q=asked["q"], tag=asked["tag"], order=asked["order"] or "updated")
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    may_edit = access.allowed(request.user, "data.edit", opened)
    return render(
        request,
        "data/list.html",
        {
            "nav": "data",
            "opened": opened,
            "assets": rows[:PAGE_SIZE],
            "asked": asked,
            "filtered": bool(asked["q"] or asked["tag"]),
            "orders": ORDERS,
            "newer": page - 1 if page > 1 else None,
            "older": page + 1 if len(rows) > PAGE_SIZE else None,
            "uploads": list(selectors.open_uploads(opened, request.user)[:MOST_UPLOADS]) if may_edit else [],
            "may_edit": may_edit,
        },
    )


@require_GET
def upload(request: HttpRequest, workspace: str) -> HttpResponse:
    """Where files are dropped. `?name=` is the asset that becomes a new version."""
    opened = access.open_workspace(request.user, workspace, "data.edit")
    return render(
        request,
        "data/upload.html",
        {
            "nav": "data",
            "opened": opened,
            "uploads": list(selectors.open_uploads(opened, request.user)[:MOST_UPLOADS]),
            "name": request.GET.get("name", "")[: names.LONGEST_ASSET],
            "api": f"{_api(opened)}/uploads",
            "chunk_size": services.CHUNK_SIZE,
        },
    )


@require_GET
def one_upload(request: HttpRequest, workspace: str, upload_id: UUID) -> HttpResponse:
    """One upload until it is imported: what the file holds, how it is read, what it will be called."""
    opened = access.open_workspace(request.user, workspace, "data.edit")
    found = selectors.upload(opened, request.user, upload_id)
    return render(
        request,
        "data/one_upload.html",
        {
            "nav": "data",
            "opened": opened,
            "upload": found,
            "api": f"{_api(opened)}/uploads/{found.pk}",
            "assets_api": _api(opened),
            "name": request.GET.get("name", "")[: names.LONGEST_ASSET] or names.suggested(found.filename),
            "longest_name": names.LONGEST_ASSET,
            "known": selectors.assets(opened, order="name").values_list("name", flat=True)[:500],
            "separators": options.SEPARATORS.items(),
            "quotes": options.QUOTES.items(),
            "encodings": options.ENCODINGS.items(),
            "decimals": options.DECIMALS.items(),
            "thousands": options.THOUSANDS.items(),
            "bad_rows": options.BAD_ROWS.items(),
            "kinds": table_format.KINDS,
            "receiving": found.status == Upload.Status.RECEIVING,
        },
    )


@require_GET
def asset(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "data.view")
    found = selectors.asset(opened, name)
    number = request.GET.get("version", "")
    shown = selectors.version(found, int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else None)
    versions = list(selectors.versions(found)[: MOST_VERSIONS + 1])
    api = f"{_api(opened)}/{quote(found.name, safe='')}"
    return render(
        request,
        "data/asset.html",
        {
            "nav": "data",
            "opened": opened,
            "asset": found,
            "version": shown,
            "ready": shown.status == VersionStatus.READY,
            "versions": versions[:MOST_VERSIONS],
            "more_versions": len(versions) > MOST_VERSIONS,
            "api": api,
            "version_api": f"{api}/versions/{shown.number}",
            "may_edit": access.allowed(request.user, "data.edit", opened),
            "longest_name": names.LONGEST_ASSET,
        },
    )


def _api(workspace: Workspace) -> str:
    return f"/api/v1/w/{workspace.slug}/data"


def _page(text: Any) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


urlpatterns = [
    path("data/", data, name="data"),
    path("data/upload/", upload, name="data-upload"),
    path("data/uploads/<uuid:upload_id>/", one_upload, name="data-one-upload"),
    path("data/<str:name>/", asset, name="data-asset"),
]
