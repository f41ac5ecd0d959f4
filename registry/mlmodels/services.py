"""Registering models, describing them, taking them away."""

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
from registry.mlmodels import format, marking, naming
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs.models import Run, RunOutput
from registry.workspaces import access
from registry.workspaces.models import Workspace


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
    name = naming.checked_name(name)
    if not (Path(folder) / "MLmodel").is_file():
        raise Invalid(f"What should become a version of {name} is not an MLflow model: it has no file MLmodel.")
    person = by if by is not None else (run.created_by if run else None)

    model, made = _model_called(workspace, name, person)
    number, known = _take_number(model, run)
    if known is not None:
        return known
    store = storage.open_store(settings.STORE_DIR)
    key = place_of(model, number)
    try:
        # Outside any transaction: copying to a distant store may take a while, and SQLite has one writer.
        store.put_folder(Path(folder), key)
        version, ours = _write_version(
            model=model, number=number, run=run, path=key, bytes=store.size(key),
            details=dict(details), created_by=person, description=description.strip(),
            source_run_id=run.run_id if run else "",
        )
    except BaseException:
        _forget(store, key, model, number, made)
        raise
    if not ours:
        _forget(store, key, model, number, made)
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


def create(
    *, workspace: Workspace, name: str, by: Any, description: str = "", tags: Mapping[str, str] | None = None
) -> RegisteredModel:
    """A name without versions yet, as clients make it; the name is theirs to check. Raises `Conflict` for a name that
    is taken."""
    access.require(by, "models.edit", workspace)
    with transaction.atomic():
        try:
            with transaction.atomic():
                model = RegisteredModel.objects.create(
                    workspace=workspace, name=name, description=description, created_by=by
                )
        except IntegrityError as error:
            raise Conflict(f"There is a model {name} already.", code="model-exists") from error
        marking.put_model_tags(model, tags or {})
    return model


@transaction.atomic
def rename(*, model: RegisteredModel, by: Any, name: str) -> None:
    """Versions, aliases and addresses go along. Raises `Conflict` for a name that is taken."""
    access.require(by, "models.edit", model.workspace)
    now = timezone.now()
    try:
        with transaction.atomic():
            RegisteredModel.objects.filter(pk=model.pk).update(name=name, updated_at=now)
    except IntegrityError as error:
        raise Conflict(f"There is a model {name} already. Choose another name.", code="model-exists") from error
    model.name, model.updated_at = name, now
    model.versions.update(updated_at=now)


@transaction.atomic
def describe_model(
    *, model: RegisteredModel, by: Any, description: str | None = None, tags: Sequence[str] | None = None
) -> None:
    """Change what people wrote about the model; None leaves a field as it is. Tags: words, or `key=value`."""
    access.require(by, "models.edit", model.workspace)
    if description is not None:
        model.description = description.strip()
    if tags is not None:
        marking.replace_model_tags(model=model, by=by, tags=naming.tags_of(tags))
    model.updated_at = timezone.now()
    model.save(update_fields=["description", "updated_at"])


@transaction.atomic
def describe_version(
    *, version: ModelVersion, by: Any, description: str | None = None, tags: Sequence[str] | None = None
) -> None:
    access.require(by, "models.edit", version.model.workspace)
    if tags is not None:
        marking.replace_version_tags(version=version, by=by, tags=naming.tags_of(tags))
    if description is not None:
        version.description = description.strip()
    version.updated_at = timezone.now()
    version.save(update_fields=["description", "updated_at"])


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


def add_version(
    *,
    model: RegisteredModel,
    by: Any,
    folder: Path | None,
    details: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    run: Run | None = None,
    **told: Any,
) -> ModelVersion:
    """A new version as a client makes it: always one more, of the same run too. `folder` is copied where there is one;
    `told` are fields of the version: source, source_run_id, run_link, description, logged_model_id."""
    access.require(by, "models.edit", model.workspace)
    number, _ = _take_number(model, None)
    store = storage.open_store(settings.STORE_DIR)
    key = place_of(model, number)
    try:
        if folder is not None:
            store.put_folder(folder, key)
        with transaction.atomic():
            version, _ = _write_version(
                model=model, number=number, run=run, once=False, path=key if folder else "", created_by=by,
                bytes=store.size(key) if folder else 0, details=dict(details or {}), **told,
            )  # fmt: skip
            marking.put_version_tags(version, tags or {})
    except BaseException:
        _forget(store, key, model, number, made=False)
        raise
    return version


def keep_files(*, version: ModelVersion, folder: Path, details: Mapping[str, Any]) -> None:
    """Copy what a version was made of, for one that was made before its files were there."""
    store = storage.open_store(settings.STORE_DIR)
    key = place_of(version.model, version.number)
    store.put_folder(folder, key)
    version.path, version.bytes, version.details = key, store.size(key), dict(details)
    version.save(update_fields=["path", "bytes", "details"])


def place_of(model: RegisteredModel, number: int) -> str:
    """Where a version's own folder lies in the store."""
    return f"models/{model.pk}/{number}"


def _model_called(workspace: Workspace, name: str, person: Any) -> tuple[RegisteredModel, bool]:
    """The model of that name, and whether it was made for this."""
    try:
        with transaction.atomic():
            return RegisteredModel.objects.get_or_create(workspace=workspace, name=name, defaults={"created_by": person})
    except IntegrityError as error:
        raise Conflict(f"The model {name} was made by somebody else just now. Try again.") from error


@transaction.atomic
def _take_number(model: RegisteredModel, run: Run | None) -> tuple[int, ModelVersion | None]:
    """A number that nobody else has, or the version that this run has registered before."""
    if run is not None and (known := model.versions.filter(run=run).first()):
        return known.number, known
    RegisteredModel.objects.filter(pk=model.pk).update(last_number=F("last_number") + 1)
    model.refresh_from_db(fields=["last_number"])
    return model.last_number, None


@transaction.atomic
def _write_version(
    *, model: RegisteredModel, run: Run | None, once: bool = True, **fields: Any
) -> tuple[ModelVersion, bool]:
    """The version and whether it is ours: while we copied, the same run may have been taken up elsewhere."""
    locked = RegisteredModel.objects.select_for_update().filter(pk=model.pk).first()
    if locked is None:
        raise Conflict(f"The model {model.name} was deleted while this version was being registered. Register it again.")
    if once and run is not None and (known := locked.versions.filter(run=run).first()):
        return known, False
    now = timezone.now()
    locked.updated_at = now
    locked.save(update_fields=["updated_at"])
    return ModelVersion.objects.create(model=locked, run=run, created_at=now, updated_at=now, **fields), True


def _forget(store: storage.Store, key: str, model: RegisteredModel, number: int, made: bool) -> None:
    """As if it had never been tried: the folder, the number if it is still the last, the model if it was made for it."""
    store.remove(key)
    with transaction.atomic():
        RegisteredModel.objects.filter(pk=model.pk, last_number=number).update(last_number=number - 1)
        if made:
            RegisteredModel.objects.filter(pk=model.pk, last_number=0, versions__isnull=True).delete()


def _remove(paths: Sequence[str]) -> None:
    store = storage.open_store(settings.STORE_DIR)
    for path in paths:
        if path:
            store.remove(path)
