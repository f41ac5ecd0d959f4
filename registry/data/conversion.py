"""What the engine reports of inspections and imports, and what it needs to begin them. Nobody's role is asked here:
the person who asked was asked then."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registry import storage
from registry.data import incoming, names, table_format
from registry.data import options as reading
from registry.data.models import DataAsset, DataVersion, Upload, VersionStatus
from registry.errors import Invalid, StudioError
from registry.workspaces import access
from registry.workspaces.models import Workspace

PASSING = "import-"  # how folders begin that are gone when their import is
PROFILING = {"done": 80, "total": 100, "message": "Computing the profile"}  # of a version that is ready


def inspection_args(upload_id: object) -> dict[str, Any] | None:
    """What the task "data-inspect" is given; None where there is nothing left to look at."""
    upload = Upload.objects.filter(pk=upload_id, status=Upload.Status.INSPECTING).defer("inspection").first()
    if upload is None:
        return None
    return {
        "source": str(incoming.source(settings.UPLOAD_DIR, upload.pk)),
        "filename": upload.filename,
        "options": upload.options,
        "work": str(incoming.folder(settings.UPLOAD_DIR, upload.pk)),
    }


def inspection_done(upload_id: object, result: Mapping[str, Any]) -> None:
    """Keep what was found. A result for options that were changed meanwhile is dropped: a newer look is under way."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(pk=upload_id, status=Upload.Status.INSPECTING).first()
        if upload is None or result.get("asked") != upload.options:
            return
        upload.inspection = dict(result)
        upload.status = Upload.Status.INSPECTED
        upload.error = None
        upload.touched_at = timezone.now()
        upload.save(update_fields=["inspection", "status", "error", "touched_at"])


def inspection_failed(upload_id: object, error: StudioError | Mapping[str, Any]) -> None:
    """Say why the file cannot be read like this. The sender may choose other options, or throw it away."""
    Upload.objects.filter(pk=upload_id, status=Upload.Status.INSPECTING).update(
        status=Upload.Status.REFUSED, error=_described(error), touched_at=timezone.now()
    )


def import_args(version_id: int) -> dict[str, Any] | None:
    """What the task "data-import" is given; None where the version does not wait any more."""
    upload = Upload.objects.filter(version=version_id, version__status=VersionStatus.IMPORTING).select_related("version").first()
    if upload is None:
        return None
    return {
        "source": str(incoming.source(settings.UPLOAD_DIR, upload.pk)),
        "filename": upload.filename,
        "options": upload.version.options,
        "target_folder": str(incoming.target(settings.UPLOAD_DIR, upload.pk)),
    }


def import_progress(version_id: int, progress: Mapping[str, Any]) -> None:
    DataVersion.objects.filter(pk=version_id, status=VersionStatus.IMPORTING).update(progress=dict(progress))


def import_ready(version_id: int, result: Mapping[str, Any]) -> None:
    """The table is whole: put it into the store and make the version ready. Its profile is still being computed, which
    `progress` says until `import_done`. Calling it twice does no harm."""
    version = DataVersion.objects.filter(pk=version_id, status=VersionStatus.IMPORTING).select_related("asset").first()
    if version is None:
        return
    _make_ready(version, Path(result["folder"]), result, progress=PROFILING)
    Upload.objects.filter(version=version).update(
        status=Upload.Status.IMPORTED, error=None, inspection=None, touched_at=timezone.now()
    )


def import_done(version_id: int, result: Mapping[str, Any]) -> None:
    """All is there, the profile too; nothing of the upload is needed any more. Calling it twice does no harm."""
    import_ready(version_id, result)
    version = DataVersion.objects.filter(pk=version_id, status=VersionStatus.READY).first()
    if version is None:
        return
    profile = Path(result["folder"]) / table_format.PROFILE_FILE
    if profile.is_file():
        key = f"{_folder_key(version)}/{table_format.PROFILE_FILE}"
        storage.open_store(settings.STORE_DIR).put_file(profile, key)
        version.profile_path = key
    version.progress = {}
    version.save(update_fields=["profile_path", "progress"])
    _discard_uploads(version)


def import_failed(version_id: int, error: StudioError | Mapping[str, Any]) -> None:
    """Nothing half-registered stays: the version goes, and the asset if it had no other. The upload is as before, with
    the reason, so that its sender can correct and try again. A version that is ready stays: it only lacks its profile,
    which is then computed by whoever asks for it first."""
    described = _described(error)
    with transaction.atomic():
        version = DataVersion.objects.filter(pk=version_id, status=VersionStatus.IMPORTING).first()
        if version is None:
            for ready in DataVersion.objects.filter(pk=version_id, status=VersionStatus.READY).exclude(progress={}):
                DataVersion.objects.filter(pk=ready.pk).update(progress={})
                _discard_uploads(ready)
            return
        uploads = list(Upload.objects.filter(version=version).values_list("pk", flat=True))
        Upload.objects.filter(pk__in=uploads).update(
            status=Upload.Status.INSPECTED, error=described, version=None, touched_at=timezone.now()
        )
        asset_id = version.asset_id
        key = _folder_key(version)
        version.delete()
        if not DataVersion.objects.filter(asset=asset_id).exists():
            DataAsset.objects.filter(pk=asset_id).delete()
    storage.open_store(settings.STORE_DIR).remove(key)
    for upload_id in uploads:
        storage._discard(incoming.target(settings.UPLOAD_DIR, upload_id))


def effective_options(upload: Upload, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the conversion reads by: what the inspection found, with a person's last changes of kinds and columns."""
    wanted = json.loads(json.dumps(upload.inspection["options"]))
    structural = changes.keys() - {"kinds", "keep"}
    if any(wanted.get(name) != changes[name] for name in structural):
        raise Invalid(
            "The reading options changed since the file was last looked at. Change the upload's options first, then import.",
            code="options-changed",
            fields=dict.fromkeys(structural, "changed"),
        )
    known = {column["name"]: column for column in wanted["columns"]}
    for name, kind in (changes.get("kinds") or {}).items():
        if name not in known:
            raise Invalid(f"There is no column “{name}” in {upload.filename}.", code="unknown-column", fields={"column": name})
        known[name].update(kind=kind, chosen=True, form=known[name].get("form") if known[name]["kind"] == kind else None)
    if changes.get("keep") is not None:
        keep = set(changes["keep"])
        if unknown := keep - known.keys():
            raise Invalid(f"There is no column “{sorted(unknown)[0]}” in {upload.filename}.", code="unknown-column")
        for column in wanted["columns"]:
            column["keep"] = column["name"] in keep
    if not any(column["keep"] for column in wanted["columns"]):
        raise Invalid("Keep at least one column.", code="no-columns")
    return wanted


def import_file(
    *, workspace: Workspace, by: Any, name: str, source: Path, filename: str = "", options: Any = None, description: str = ""
) -> DataVersion:
    """Import a file of this machine here and now, as far as possible like an upload: for samples and commands.

    Computes in this process for as long as it takes; never to be called by a page. Raises what inspection and
    conversion raise, and then leaves nothing behind.
    """
    import tempfile

    from registry.data import convert, inspect

    access.require(by, "data.edit", workspace)
    name = names.asset_name(name)
    choices = reading.merge({}, reading.parse(options or {}))
    args = {"source": str(source), "filename": filename or Path(source).name, "options": choices}
    found = inspect.run(args, None)
    if problems := [p for p in found["problems"] if p.get("severity") == "error"]:
        raise Invalid(problems[0]["message"], code=problems[0]["code"])
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_DIR, prefix=PASSING) as folder:
        result = convert.run({**args, "options": found["options"], "target_folder": f"{folder}/table"}, None)
        with transaction.atomic():
            asset, _ = DataAsset.objects.get_or_create(workspace=workspace, name=name, defaults={"created_by": by})
            DataAsset.objects.filter(pk=asset.pk).update(updated_at=timezone.now(), archived_at=None)
            if description:
                DataAsset.objects.filter(pk=asset.pk).update(description=description)
            last = DataVersion.objects.filter(asset=asset).aggregate(last=Max("number"))["last"] or 0
            version = DataVersion.objects.create(
                asset=asset, number=last + 1, created_by=by, options=found["options"],
                source_name=names.file_name(args["filename"]), source_bytes=Path(source).stat().st_size,
            )  # fmt: skip
            _make_ready(version, Path(result["folder"]), result)
    version.refresh_from_db()
    return version


def _discard_uploads(version: DataVersion) -> None:
    for upload_id in Upload.objects.filter(version=version).values_list("pk", flat=True):
        incoming.discard(settings.UPLOAD_DIR, upload_id)


def _make_ready(
    version: DataVersion, folder: Path, result: Mapping[str, Any], progress: Mapping[str, Any] | None = None
) -> None:
    """`progress` where the profile is not there yet."""
    key = _folder_key(version)
    storage.open_store(settings.STORE_DIR).put_folder(folder, key)
    now = timezone.now()
    DataVersion.objects.filter(pk=version.pk, status=VersionStatus.IMPORTING).update(
        status=VersionStatus.READY,
        path=f"{key}/{table_format.TABLE_FILE}",
        profile_path="" if progress else f"{key}/{table_format.PROFILE_FILE}",
        rows=result["rows"],
        columns=result["columns"],
        bytes=result["bytes"],
        content_hash=result["content_hash"],
        notes=result.get("notes", []),
        progress=dict(progress or {}),
        error=None,
        ready_at=now,
    )
    DataAsset.objects.filter(pk=version.asset_id).update(updated_at=now)


def _folder_key(version: DataVersion) -> str:
    return f"data/{version.asset_id}/{version.number}"


def _described(error: StudioError | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(error, StudioError):
        return error.as_dict()
    given = dict(error)
    return {
        "code": str(given.get("code") or "error"),
        "message": str(given.get("message") or "The file could not be read."),
        "fields": given.get("fields") or {},
    }
