"""Registering models, describing them, taking them away."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registry import storage
from registry.errors import Conflict, Invalid
from registry.mlmodels import format
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs.models import Run, RunOutput
from registry.workspaces import access
from registry.workspaces.models import Workspace

NAME_LENGTH = 80
TAGS, TAG_LENGTH = 30, 60
# The name stands in addresses and in file names of downloads.
FORBIDDEN = re.compile(r"[/\\\x00-\x1f\x7f]")


def register(
    *,
    workspace: Workspace,
    name: str,
    folder: Path,
    details: Mapping[str, Any],
    run: Run | None,
    by: Any = None,
    description: str = "",
) -> ModelVersion:
    """The MLflow model in `folder` as a new version of the model `name`; the folder is copied.

    Called again for the same run and name it gives the version that is there already: an engine that takes up a lost
    run registers nothing twice. `by` is None where the engine acts for the person who submitted the run.
    """
    if by is not None:
        access.require(by, "models.edit", workspace)
    name = checked_name(name)
    if not (Path(folder) / "MLmodel").is_file():
        raise Invalid(f"What should become a version of {name} is not an MLflow model: it has no file MLmodel.")
    person = by if by is not None else (run.created_by if run else None)

    model, number, known = _take_number(workspace, name, run, person)
    if known is not None:
        return known
    store = storage.open_store(settings.STORE_DIR)
    key = f"models/{model.pk}/{number}"
    try:
        # Outside any transaction: copying to a distant store may take a while, and SQLite has one writer.
        store.put_folder(Path(folder), key)
        version, ours = _write_version(
            model=model, number=number, run=run, path=key, bytes=store.size(key),
            details=dict(details), created_by=person, description=description.strip(),
        )
    except BaseException:
        _forget(store, key, model, number)
        raise
    if not ours:
        _forget(store, key, model, number)
    return version


def register_output(*, run: Run, output: RunOutput, by: Any, name: str, description: str = "") -> ModelVersion:
    """The model that a step left on a port, as a person's wish. A reused step's model belongs to the step that made it."""
    access.require(by, "models.edit", run.workspace)
    if output.type != "model":
        raise Invalid(
            f"The port {output.port} of {run.name} holds a {output.type}; only a model can be registered.",
            code="not-a-model",
            fields={"type": output.type},
        )
    folder = storage.open_store(settings.STORE_DIR).local_path(output.path)
    return register(
        workspace=run.workspace,
        name=name,
        folder=folder,
        details=format.read_details(folder),
        run=run,
        by=by,
        description=description,
    )


def describe_model(
    *, model: RegisteredModel, by: Any, description: str | None = None, tags: Sequence[str] | None = None
) -> None:
    """Change what people wrote about the model; None leaves a field as it is."""
    access.require(by, "models.edit", model.workspace)
    if description is not None:
        model.description = description.strip()
    if tags is not None:
        model.tags = checked_tags(tags)
    model.updated_at = timezone.now()
    model.save(update_fields=["description", "tags", "updated_at"])


def describe_version(*, version: ModelVersion, by: Any, description: str) -> None:
    access.require(by, "models.edit", version.model.workspace)
    version.description = description.strip()
    version.save(update_fields=["description"])


@transaction.atomic
def delete_version(*, version: ModelVersion, by: Any) -> None:
    """The record at once, its folder when that is certain. Its number never comes back."""
    access.require(by, "models.edit", version.model.workspace)
    path = version.path
    version.delete()
    RegisteredModel.objects.filter(pk=version.model_id).update(updated_at=timezone.now())
    transaction.on_commit(partial(_remove, [path]))


@transaction.atomic
def delete_model(*, model: RegisteredModel, by: Any) -> None:
    """The model with all its versions."""
    access.require(by, "models.edit", model.workspace)
    paths = list(model.versions.values_list("path", flat=True))
    model.delete()
    transaction.on_commit(partial(_remove, paths))


def checked_name(name: Any) -> str:
    name = " ".join(str(name or "").split()) if not FORBIDDEN.search(str(name or "")) else str(name)
    if not name:
        raise Invalid("Give the model a name.", fields={"name": "A model needs a name."})
    if len(name) > NAME_LENGTH:
        raise Invalid(
            f"The name of a model may have {NAME_LENGTH} characters; this one has {len(name)}.",
            fields={"name": f"At most {NAME_LENGTH} characters."},
        )
    if FORBIDDEN.search(name) or name in (".", ".."):
        raise Invalid(
            "The name of a model may not hold slashes or control characters, because it stands in addresses.",
            fields={"name": "No slashes or control characters."},
        )
    return name


def checked_tags(tags: Sequence[str]) -> list[str]:
    """Trimmed, each once, in the order given."""
    clean = list(dict.fromkeys(tag for tag in (" ".join(str(t).split()) for t in tags) if tag))
    if len(clean) > TAGS:
        raise Invalid(f"A model may have {TAGS} tags; these are {len(clean)}.", fields={"tags": f"At most {TAGS}."})
    if long := next((tag for tag in clean if len(tag) > TAG_LENGTH), None):
        raise Invalid(
            f"The tag “{long[:30]}…” is longer than {TAG_LENGTH} characters.",
            fields={"tags": f"At most {TAG_LENGTH} characters each."},
        )
    return clean


@transaction.atomic
def _take_number(
    workspace: Workspace, name: str, run: Run | None, person: Any
) -> tuple[RegisteredModel, int, ModelVersion | None]:
    """A number that nobody else has, or the version that this run has registered before."""
    try:
        with transaction.atomic():
            model, _ = RegisteredModel.objects.get_or_create(
                workspace=workspace, name=name, defaults={"created_by": person}
            )
    except IntegrityError as error:
        raise Conflict(f"The model {name} was made by somebody else just now. Try again.") from error
    if run is not None and (known := model.versions.filter(run=run).first()):
        return model, known.number, known
    RegisteredModel.objects.filter(pk=model.pk).update(last_number=F("last_number") + 1)
    model.refresh_from_db(fields=["last_number"])
    return model, model.last_number, None


@transaction.atomic
def _write_version(*, model: RegisteredModel, run: Run | None, **fields: Any) -> tuple[ModelVersion, bool]:
    """The version and whether it is ours: while we copied, the same run may have been taken up elsewhere."""
    locked = RegisteredModel.objects.select_for_update().filter(pk=model.pk).first()
    if locked is None:
        raise Conflict(f"The model {model.name} was deleted while this version was being registered. Register it again.")
    if run is not None and (known := locked.versions.filter(run=run).first()):
        return known, False
    locked.updated_at = timezone.now()
    locked.save(update_fields=["updated_at"])
    return ModelVersion.objects.create(model=locked, run=run, **fields), True


def _forget(store: storage.Store, key: str, model: RegisteredModel, number: int) -> None:
    """As if it had never been tried: the folder, the number if it is still the last, the model if we made it."""
    store.remove(key)
    with transaction.atomic():
        RegisteredModel.objects.filter(pk=model.pk, last_number=number).update(last_number=number - 1)
        RegisteredModel.objects.filter(pk=model.pk, last_number=0, versions__isnull=True).delete()


def _remove(paths: Sequence[str]) -> None:
    store = storage.open_store(settings.STORE_DIR)
    for path in paths:
        if path:
            store.remove(path)
