"""Uploads and assets: what people do to them. What the engine reports is in `conversion`, and part of this surface.

A file comes in by chunks, is inspected, corrected by its sender, and becomes a version of an asset. Nothing but the
upload exists until the import is asked for, and a failed import leaves nothing but the upload.
"""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from registry.data import conversion, incoming, names, signals
from registry.data import options as reading
from registry.data.models import DataAsset, DataVersion, Upload, VersionStatus
from registry.errors import Conflict, Invalid
from registry.workspaces import access
from registry.workspaces.models import Workspace

CHUNK_SIZE = 8 * 1024 * 1024
LARGEST_CHUNK = 64 * 1024 * 1024
LARGEST_FILE = 100 * 1024**3
SPARE_DISK = 512 * 1024**2  # never filled by uploads: the database lives there too
ABANDONED_AFTER = timedelta(days=1)

# The engine's verbs; a file of their own for its length only.
inspection_args = conversion.inspection_args
inspection_done = conversion.inspection_done
inspection_failed = conversion.inspection_failed
import_args = conversion.import_args
import_progress = conversion.import_progress
import_ready = conversion.import_ready
import_done = conversion.import_done
import_failed = conversion.import_failed
import_file = conversion.import_file


def start_upload(
    *, workspace: Workspace, by: Any, filename: str, size: int, purpose: str = Upload.Purpose.DATA
) -> Upload:
    """Room for a file of `size` bytes. Raises `Invalid` for what cannot be kept."""
    access.require(by, "data.edit", workspace)
    name = names.file_name(filename)
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Invalid("The size of the file must be its number of bytes.", code="bad-size", fields={"size": "invalid"})
    if size == 0:
        raise Invalid(f"{name} is empty.", code="empty-file", fields={"size": "empty"})
    if size > LARGEST_FILE:
        raise Invalid(f"{name} has more than {LARGEST_FILE // 1024**3} GB.", code="too-large")
    if size + SPARE_DISK > incoming.free_bytes(settings.UPLOAD_DIR):
        raise Invalid(f"The studio's disk has no room for {name}. Free some space or ask who runs the studio.", code="disk-full")
    return Upload.objects.create(workspace=workspace, created_by=by, filename=name, size=size, purpose=purpose)


def receive(*, upload: Upload, by: Any, offset: int, stream: BinaryIO) -> Upload:
    """Take the bytes that belong at `offset`. A chunk that is here already is taken as received; a gap is a `Conflict`
    that says where to go on."""
    access.require(by, "data.edit", upload.workspace)
    with incoming.held(settings.UPLOAD_DIR, upload.pk) as path:
        try:
            upload.refresh_from_db()
        except Upload.DoesNotExist:
            incoming.discard(settings.UPLOAD_DIR, upload.pk)
            raise Conflict("This upload was thrown away.", code="upload-gone") from None
        if upload.status != Upload.Status.RECEIVING or offset < upload.received:
            return upload
        if offset > upload.received:
            raise Conflict(
                f"{upload.filename}: bytes {upload.received:,} to {offset:,} are missing. Go on from {upload.received:,}.",
                code="wrong-offset",
                fields={"received": upload.received},
            )
        if incoming.free_bytes(settings.UPLOAD_DIR) < SPARE_DISK:
            # Asked at the beginning too, but many files may be on their way.
            raise Invalid("The studio's disk is full, so the file cannot be kept.", code="disk-full")
        written = incoming.write(path, offset, stream, min(upload.size - offset, LARGEST_CHUNK))
        upload.received = offset + written
        upload.touched_at = timezone.now()
        complete = upload.received == upload.size
        if complete:
            is_data = upload.purpose == Upload.Purpose.DATA
            upload.status = Upload.Status.INSPECTING if is_data else Upload.Status.RECEIVED
        with transaction.atomic():
            upload.save(update_fields=["received", "touched_at", "status"])
            if complete and is_data:
                _ask_for_inspection(upload)
    return upload


def change_options(*, upload: Upload, by: Any, changes: Any) -> Upload:
    """Read the file in another way. What is None goes back to what is detected; the file is looked at again."""
    access.require(by, "data.edit", upload.workspace)
    parsed = reading.parse(changes)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.purpose != Upload.Purpose.DATA:
            raise Conflict(f"{upload.filename} was not sent as data.", code="not-data")
        if upload.status == Upload.Status.RECEIVING:
            raise Conflict(f"{upload.filename} is still being uploaded.", code="not-received")
        if upload.status in (Upload.Status.IMPORTING, Upload.Status.IMPORTED):
            raise Conflict(f"{upload.filename} is being imported already.", code="import-began")
        upload.options = reading.merge(upload.options, parsed)
        upload.status = Upload.Status.INSPECTING
        upload.error = None
        upload.touched_at = timezone.now()
        upload.save(update_fields=["options", "status", "error", "touched_at"])
        _ask_for_inspection(upload)
    return upload


def start_import(
    *, upload: Upload, by: Any, name: str, description: str | None = None, options: Any = None
) -> DataVersion:
    """Make the uploaded file the next version of `name`, read as its inspection says. Two at once become two versions."""
    access.require(by, "data.edit", upload.workspace)
    name = names.asset_name(name)
    changes = reading.parse(options) if options else {}
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.status in (Upload.Status.IMPORTING, Upload.Status.IMPORTED):
            raise Conflict(f"{upload.filename} is being imported already.", code="import-began")
        if upload.status != Upload.Status.INSPECTED:
            raise Conflict(f"{upload.filename} is not ready to be imported: {upload.get_status_display().lower()}.", code="not-inspected")
        if problems := [p for p in upload.inspection.get("problems", ()) if p.get("severity") == "error"]:
            raise Invalid(problems[0]["message"], code=problems[0].get("code", "bad-file"), fields={"problems": problems})
        wanted = conversion.effective_options(upload, changes)
        version = _next_version(upload.workspace, by, name, description)
        version.source_name = upload.filename
        version.source_bytes = upload.size
        version.options = wanted
        version.progress = {"done": 0, "total": 100, "message": "Waiting for a free slot"}
        version.save()
        upload.version = version
        upload.status = Upload.Status.IMPORTING
        upload.error = None
        upload.touched_at = timezone.now()
        upload.save(update_fields=["version", "status", "error", "touched_at"])
        transaction.on_commit(partial(signals.import_requested.send_robust, sender=DataVersion, version_id=version.pk))
    return version


def discard_upload(*, upload: Upload, by: Any) -> None:
    """Throw the upload away. Raises `Conflict` while it is being imported."""
    access.require(by, "data.edit", upload.workspace)
    gone, _ = Upload.objects.filter(pk=upload.pk).exclude(status=Upload.Status.IMPORTING).delete()
    if not gone and Upload.objects.filter(pk=upload.pk).exists():
        raise Conflict(f"{upload.filename} is being imported; it is cleaned away when that ends.", code="import-began")
    incoming.discard(settings.UPLOAD_DIR, upload.pk)


@transaction.atomic
def edit(
    *, asset: DataAsset, by: Any, name: str | None = None, description: str | None = None, tags: Any = None
) -> DataAsset:
    """Rename, describe or tag. Pipelines refer to data by name, so a page warns before it renames."""
    access.require(by, "data.edit", asset.workspace)
    if name is not None:
        asset.name = names.asset_name(name)
    if description is not None:
        if not isinstance(description, str) or len(description) > 10_000:
            raise Invalid("The description must be a text of at most 10,000 characters.", code="bad-description")
        asset.description = description.strip()
    if tags is not None:
        asset.tags = _tags(tags)
    asset.updated_at = timezone.now()
    try:
        with transaction.atomic():
            asset.save(update_fields=["name", "description", "tags", "updated_at"])
    except IntegrityError:
        raise Conflict(
            f"There is data called “{asset.name}” already, or was before it was deleted. Choose another name.",
            code="name-taken",
            fields={"name": "taken"},
        ) from None
    return asset


def archive(*, asset: DataAsset, by: Any) -> None:
    """Take the asset out of every list. Runs that read it still say so; an upload to its name brings it back."""
    access.require(by, "data.edit", asset.workspace)
    DataAsset.objects.filter(pk=asset.pk, archived_at=None).update(archived_at=timezone.now())


def clean_abandoned() -> int:
    """Throw away what nobody touched for a day: uploads never finished, never imported, or imported and done with.
    Returns how many."""
    long_ago = timezone.now() - ABANDONED_AFTER
    old = Upload.objects.filter(touched_at__lt=long_ago).exclude(status=Upload.Status.IMPORTING)
    cleaned = 0
    for pk in list(old.values_list("pk", flat=True)[:500]):
        # Asked again, because its sender may have come back meanwhile.
        if old.filter(pk=pk).delete()[0]:
            incoming.discard(settings.UPLOAD_DIR, pk)
            cleaned += 1
    return cleaned + _clean_stray_folders(long_ago.timestamp())


def _clean_stray_folders(before: float) -> int:
    """Folders whose upload is gone, or that were for a moment only: a process was killed between the two."""
    cleaned = 0
    for path in settings.UPLOAD_DIR.iterdir() if settings.UPLOAD_DIR.is_dir() else ():
        is_passing = path.name.startswith(conversion.PASSING)
        try:
            known = not is_passing and Upload.objects.filter(pk=uuid.UUID(path.name)).exists()
            if known or path.stat().st_mtime > before:
                continue
        except (ValueError, FileNotFoundError):
            continue  # not ours, or gone this moment
        incoming.discard(settings.UPLOAD_DIR, path.name)
        cleaned += 1
    return cleaned


def _next_version(workspace: Workspace, by: Any, name: str, description: str | None) -> DataVersion:
    """Inside a transaction. The asset's row is written first, so that two imports to one name take turns."""
    asset, _ = DataAsset.objects.get_or_create(workspace=workspace, name=name, defaults={"created_by": by})
    DataAsset.objects.filter(pk=asset.pk).update(updated_at=timezone.now(), archived_at=None)
    if description:
        DataAsset.objects.filter(pk=asset.pk).update(description=description.strip()[:10_000])
    last = DataVersion.objects.filter(asset=asset).aggregate(last=Max("number"))["last"] or 0
    return DataVersion(asset=asset, number=last + 1, status=VersionStatus.IMPORTING, created_by=by)


def _ask_for_inspection(upload: Upload) -> None:
    transaction.on_commit(partial(signals.upload_received.send_robust, sender=Upload, upload_id=upload.pk))


def _tags(tags: Any) -> list[str]:
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Invalid("Tags must be a list of texts.", code="bad-tags", fields={"tags": "invalid"})
    clean = list(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(clean) > 50 or any(len(tag) > 80 for tag in clean):
        raise Invalid("At most 50 tags of at most 80 characters.", code="bad-tags", fields={"tags": "too many"})
    return clean
