"""Runs that are executed elsewhere and only logged here: what their clients may do to them. They have no spec.

A client may also log to a run that the studio executes (a script among a pipeline's nodes that resumes it by its id);
its state is the engine's, so a client's word on that is heard without effect.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.errors import Invalid, NotFound
from registry.runs import news, states, tracking
from registry.runs.models import Experiment, Run, Tag
from registry.runs.states import RunStatus
from registry.workspaces import access
from registry.workspaces.models import Workspace

NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The years 1 and 9999, in milliseconds: what clients say may be hours off, or no time at all.
FIRST_MOMENT, LAST_MOMENT = -62_135_596_800_000, 253_402_300_799_000


def find(workspace: Workspace, run_id: str) -> Run:
    """A run as clients know it: any that belongs to an experiment. Raises `NotFound`."""
    run = (
        Run.objects.select_related("experiment", "created_by")
        .defer("spec", "environment", "key_parts")
        .filter(workspace=workspace, run_id=run_id)
        .exclude(experiment=None)
        .first()
    )
    if run is None:
        raise NotFound(f"Run with id={run_id} not found")
    return run


@transaction.atomic
def create(
    *,
    experiment: Experiment,
    by: Any,
    name: str,
    started: int | None = None,
    tags: Mapping[str, str] | None = None,
    source: str = "",
    user: str = "",
) -> Run:
    """A run that is at work from now on. `started` in milliseconds, by the client's clock; `user` whom it names."""
    access.require(by, "runs.submit", experiment.workspace)
    if experiment.deleted_at is not None:
        raise Invalid(
            f"The experiment {experiment.pk} must be in the 'active' state. Current state is deleted.",
            code="experiment-is-deleted",
        )
    tags = dict(tags or {})
    tags.pop(NAME_TAG, None)
    run = Run.objects.create(
        workspace=experiment.workspace,
        experiment=experiment,
        nested_in=_parent(experiment.workspace, tags.get(PARENT_TAG, "")),
        kind="tracked",
        name=name[:250],
        source=source[:250],
        status=RunStatus.RUNNING,
        created_by=by,
        client_user=user[:256],
        started_at=timezone.now() if started is None else moment(started),
        compute="",
    )
    news.of_run(run).save()
    tracking.write(tracking.Batch(run.pk, tags=list(tags.items())))
    Experiment.objects.filter(pk=experiment.pk).update(updated_at=timezone.now())
    return run


@transaction.atomic
def update(*, run: Run, by: Any, name: str = "", status: RunStatus | None = None, ended: int | None = None) -> Run:
    """Rename it, or move it: a client is free to, as only it knows what happens there."""
    access.require(by, "runs.submit", run.workspace)
    require_active(run)
    fields: dict[str, Any] = {}
    if name:
        fields["name"] = name[:250]
    if not _is_ours(run):
        if ended:
            fields["ended_at"] = moment(ended)
        if status is not None:
            fields["status"] = status
            if not states.is_terminal(status):
                fields.setdefault("ended_at", None)
            elif not ended and run.ended_at is None:
                fields["ended_at"] = timezone.now()
        ended_at, started_at = fields.get("ended_at", run.ended_at), run.started_at
        fields["seconds"] = max((ended_at - started_at).total_seconds(), 0.0) if ended_at and started_at else None
    if fields:
        Run.objects.filter(pk=run.pk).update(**fields)
        for field, value in fields.items():
            setattr(run, field, value)
        news.of_run(run).save()
    return run


@transaction.atomic
def delete(*, run: Run, by: Any) -> None:
    """Into the bin. Deleting twice is no mistake."""
    access.require(by, "runs.edit", run.workspace)
    Run.objects.filter(pk=run.pk, deleted_at=None).update(deleted_at=timezone.now())
    news.of_run(run).save()


@transaction.atomic
def restore(*, run: Run, by: Any) -> None:
    access.require(by, "runs.edit", run.workspace)
    Run.objects.filter(pk=run.pk).update(deleted_at=None)
    news.of_run(run).save()


@transaction.atomic
def delete_tag(*, run: Run, by: Any, key: str) -> None:
    access.require(by, "runs.submit", run.workspace)
    require_active(run)
    deleted, _ = Tag.objects.filter(run=run, key=key).delete()
    # Its name is the run's own, of which the tag is only another face.
    if not deleted and key != NAME_TAG:
        raise NotFound(f"No tag with name: {key} in run with id {run.run_id}")
    if key == PARENT_TAG:
        Run.objects.filter(pk=run.pk).update(nested_in=None)


def require_active(run: Run) -> None:
    if run.deleted_at is not None:
        raise deleted(run.run_id)


def deleted(run_id: str) -> Invalid:
    return Invalid(f"The run {run_id} must be in the 'active' state. Current state is deleted.", code="run-is-deleted")


def moment(milliseconds: int) -> datetime:
    if not FIRST_MOMENT <= milliseconds <= LAST_MOMENT:
        raise Invalid(f"{milliseconds} is not a time in milliseconds since 1970.", code="bad-time")
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // timedelta(milliseconds=1)


def _parent(workspace: Workspace, run_id: str) -> Run | None:
    return Run.objects.filter(workspace=workspace, run_id=run_id).only("pk").first() if run_id else None


def _is_ours(run: Run) -> bool:
    return run.kind != "tracked"
