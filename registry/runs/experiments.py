"""Experiments: what belongs together. *May they · is it legal · write.*"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import Conflict, Invalid, NotFound
from registry.runs.models import Experiment, ExperimentTag, Run
from registry.workspaces import access
from registry.workspaces.models import Workspace

DEFAULT = "Default"
NAME_LENGTH = 500


def default(workspace: Workspace) -> Experiment:
    """Where runs go that name no experiment. A workspace is made with it."""
    known = Experiment.objects.filter(workspace=workspace, is_default=True).first()
    return known or _make_default(workspace)


def named(workspace: Workspace, name: str, by: Any) -> Experiment:
    """The experiment of that name, made if there is none. One in the bin comes back: somebody needs it again."""
    found, made = Experiment.objects.get_or_create(workspace=workspace, name=name, defaults={"created_by": by})
    if not made and found.deleted_at is not None:
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
    return found


def public_id(experiment: Experiment) -> str:
    """Its id as the tracking protocol knows it, where the default is "0" in every workspace."""
    return "0" if experiment.is_default else str(experiment.pk)


def find(workspace: Workspace, public: str) -> Experiment:
    """By its public id, in the bin or not. Raises `NotFound`."""
    if public in ("", "0"):
        return default(workspace)
    is_number = public.isascii() and public.isdecimal() and len(public) < 19
    others = Experiment.objects.filter(workspace=workspace, is_default=False)
    found = others.filter(pk=int(public)).first() if is_number else None
    if found is None:
        raise NotFound(f"No Experiment with id={public} exists")
    return found


@transaction.atomic
def create(
    *, workspace: Workspace, by: Any, name: str, artifact_location: str = "", tags: Mapping[str, str] | None = None
) -> Experiment:
    """Raises `Conflict` where there is one of that name, in the bin or not."""
    access.require(by, "runs.submit", workspace)
    name = checked_name(name)
    try:
        with transaction.atomic():
            made = Experiment.objects.create(
                workspace=workspace, name=name, created_by=by, artifact_location=artifact_location
            )
    except IntegrityError:
        raise _taken(workspace, name) from None
    ExperimentTag.objects.bulk_create(
        ExperimentTag(experiment=made, key=key, value=value) for key, value in (tags or {}).items()
    )
    return made


@transaction.atomic
def rename(*, experiment: Experiment, by: Any, name: str) -> None:
    access.require(by, "runs.edit", experiment.workspace)
    if experiment.deleted_at is not None:
        raise Conflict("Cannot rename a non-active experiment.", code="experiment-is-deleted")
    name = checked_name(name)
    try:
        with transaction.atomic():
            Experiment.objects.filter(pk=experiment.pk).update(name=name, updated_at=timezone.now())
    except IntegrityError:
        raise _taken(experiment.workspace, name) from None
    experiment.name = name


@transaction.atomic
def delete(*, experiment: Experiment, by: Any) -> None:
    """Into the bin, with its runs; retention empties that. The default too: runs that name none are refused until it is
    restored, or made anew."""
    access.require(by, "runs.edit", experiment.workspace)
    now = timezone.now()
    if not Experiment.objects.filter(pk=experiment.pk, deleted_at=None).update(deleted_at=now, updated_at=now):
        raise NotFound(f"No Experiment with id={public_id(experiment)} exists")
    Run.objects.filter(experiment=experiment, deleted_at=None).update(deleted_at=now)
    experiment.deleted_at = now


@transaction.atomic
def restore(*, experiment: Experiment, by: Any) -> None:
    """Out of the bin, with the runs that went there with it. One deleted by itself before stays there."""
    access.require(by, "runs.edit", experiment.workspace)
    since: datetime | None = experiment.deleted_at
    now = timezone.now()
    if since is None or not Experiment.objects.filter(pk=experiment.pk, deleted_at=since).update(
        deleted_at=None, updated_at=now
    ):
        raise NotFound(f"No Experiment with id={public_id(experiment)} exists")
    Run.objects.filter(experiment=experiment, deleted_at=since).update(deleted_at=None)
    experiment.deleted_at = None


@transaction.atomic
def set_tag(*, experiment: Experiment, by: Any, key: str, value: str) -> None:
    access.require(by, "runs.edit", experiment.workspace)
    _require_active(experiment)
    ExperimentTag.objects.update_or_create(experiment=experiment, key=key, defaults={"value": value})
    Experiment.objects.filter(pk=experiment.pk).update(updated_at=timezone.now())


@transaction.atomic
def delete_tag(*, experiment: Experiment, by: Any, key: str) -> None:
    access.require(by, "runs.edit", experiment.workspace)
    _require_active(experiment)
    deleted, _ = ExperimentTag.objects.filter(experiment=experiment, key=key).delete()
    if not deleted:
        raise NotFound(f"No tag with name: {key} in experiment with id {public_id(experiment)}")


def checked_name(name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise Invalid("Give the experiment a name.", fields={"name": ["An experiment needs a name."]})
    if len(name) > NAME_LENGTH:
        raise Invalid(f"'name' exceeds the maximum length of {NAME_LENGTH} characters", fields={"name": ["Too long."]})
    return name


def _taken(workspace: Workspace, name: str) -> Conflict:
    deleted = Experiment.objects.filter(workspace=workspace, name=name).exclude(deleted_at=None).exists()
    return Conflict(
        f"Experiment(name={name}) already exists." + (" It is in the bin: restore it, or choose another name." if deleted else ""),
        code="experiment-exists",
        fields={"name": ["Already taken."]},
    )


def _require_active(experiment: Experiment) -> None:
    if experiment.deleted_at is not None:
        raise Invalid(
            f"The experiment {public_id(experiment)} must be in the 'active' state. Current state is deleted.",
            code="experiment-is-deleted",
        )


@transaction.atomic
def _make_default(workspace: Workspace) -> Experiment:
    found, _ = Experiment.objects.get_or_create(workspace=workspace, name=DEFAULT)
    found.is_default = True
    found.save(update_fields=["is_default"])
    return found
