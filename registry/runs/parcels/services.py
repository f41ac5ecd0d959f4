"""Asking for a parcel to be taken in, and what the engine's work on it means."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.data import incoming
from registry.data.models import Upload
from registry.errors import Conflict
from registry.runs import services
from registry.runs.models import Run
from registry.runs.parcels import taking_in
from registry.runs.spec import RunSpec

TASK = "experiment-import"


@transaction.atomic
def start(*, upload: Upload, by: Any) -> Run:
    """Queue a run that takes in the experiment in this upload."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.purpose != Upload.Purpose.EXPERIMENT:
        raise Conflict(f"{upload.filename} was sent as data, not as an experiment.", code="not-an-experiment")
    if upload.status != Upload.Status.RECEIVED:
        busy = upload.status == Upload.Status.IMPORTING
        why = "is being taken in already" if busy else "has not arrived yet" if upload.received < upload.size else "was taken in"
        raise Conflict(f"{upload.filename} {why}.", code="not-received")
    args = {
        "source": str(incoming.source(settings.UPLOAD_DIR, upload.pk)),
        "folder": str(incoming.folder(settings.UPLOAD_DIR, upload.pk) / "parcel"),
        "filename": upload.filename,
        "upload": str(upload.pk),
    }
    run = services.submit(
        workspace=upload.workspace,
        by=by,
        kind=TASK,
        name=f"Take in {upload.filename}"[:250],
        spec=RunSpec(kind="task", task=TASK, args=args),
    )
    Upload.objects.filter(pk=upload.pk).update(status=Upload.Status.IMPORTING, touched_at=timezone.now())
    return run


def unpacked(run: Run, spec: RunSpec, result: Mapping[str, Any], alive: Callable[[], bool]) -> bool:
    """The engine has unpacked and checked it: write the runs. Called again after a kill it goes on. False: `alive` said
    that somebody else does."""
    if Upload.objects.filter(pk=spec.args["upload"], status=Upload.Status.IMPORTING).exists():
        try:
            taking_in.take_in(run, result, alive=alive)
        except taking_in.Interrupted:
            return False
    return True


def finished(spec: RunSpec) -> None:
    Upload.objects.filter(pk=spec.args["upload"]).update(status=Upload.Status.IMPORTED, touched_at=timezone.now())
    incoming.discard(settings.UPLOAD_DIR, spec.args["upload"])


def failed(spec: RunSpec) -> None:
    """The file stays for a day: what was wrong may be a full disk, and gigabytes need not be sent again."""
    Upload.objects.filter(pk=spec.args["upload"], status=Upload.Status.IMPORTING).update(
        status=Upload.Status.RECEIVED, touched_at=timezone.now()
    )
