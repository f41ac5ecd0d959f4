"""What is put on models and versions after they are there: tags, aliases, stages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.errors import Invalid
from registry.mlmodels import naming
from registry.mlmodels.models import (
    ModelAlias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from registry.mlmodels.models.registered import Stage
from registry.workspaces import access

ACTIVE = (Stage.STAGING, Stage.PRODUCTION)


def set_model_tags(*, model: RegisteredModel, by: Any, tags: Mapping[str, str]) -> None:
    """Add or change these; others stay."""
    access.require(by, "models.edit", model.workspace)
    put_model_tags(model, tags)


@transaction.atomic
def put_model_tags(model: RegisteredModel, tags: Mapping[str, str]) -> None:
    RegisteredModelTag.objects.bulk_create(
        [RegisteredModelTag(model=model, key=key, value=value) for key, value in tags.items()],
        update_conflicts=True, unique_fields=["model", "key"], update_fields=["value"],
    )  # fmt: skip
    if naming.IS_PROMPT in tags:
        _note_prompt(model, tags[naming.IS_PROMPT])


@transaction.atomic
def replace_model_tags(*, model: RegisteredModel, by: Any, tags: Mapping[str, str]) -> None:
    """All that people can write, by these; the others stay."""
    access.require(by, "models.edit", model.workspace)
    _clear(model.tags, tags)
    put_model_tags(model, {key: value for key, value in tags.items() if not key.startswith(naming.RESERVED)})


@transaction.atomic
def delete_model_tag(*, model: RegisteredModel, by: Any, key: str) -> bool:
    access.require(by, "models.edit", model.workspace)
    if key == naming.IS_PROMPT:
        _note_prompt(model, "")
    return bool(model.tags.filter(key=key).delete()[0])


def set_version_tags(*, version: ModelVersion, by: Any, tags: Mapping[str, str]) -> None:
    access.require(by, "models.edit", version.model.workspace)
    put_version_tags(version, tags)


def put_version_tags(version: ModelVersion, tags: Mapping[str, str]) -> None:
    ModelVersionTag.objects.bulk_create(
        [ModelVersionTag(version=version, key=key, value=value) for key, value in tags.items()],
        update_conflicts=True, unique_fields=["version", "key"], update_fields=["value"],
    )  # fmt: skip


@transaction.atomic
def replace_version_tags(*, version: ModelVersion, by: Any, tags: Mapping[str, str]) -> None:
    access.require(by, "models.edit", version.model.workspace)
    _clear(version.tags, tags)
    put_version_tags(version, {key: value for key, value in tags.items() if not key.startswith(naming.RESERVED)})


def delete_version_tag(*, version: ModelVersion, by: Any, key: str) -> bool:
    access.require(by, "models.edit", version.model.workspace)
    return bool(version.tags.filter(key=key).delete()[0])


@transaction.atomic
def set_alias(*, version: ModelVersion, by: Any, name: str) -> ModelAlias:
    """Let the alias mean this version, whichever it meant before."""
    access.require(by, "models.edit", version.model.workspace)
    name = naming.checked_alias(name)
    alias, _ = ModelAlias.objects.update_or_create(model_id=version.model_id, name=name, defaults={"version": version})
    return alias


@transaction.atomic
def set_aliases(*, version: ModelVersion, by: Any, names: Sequence[str]) -> None:
    """These and no others mean this version; one that meant another is moved here."""
    access.require(by, "models.edit", version.model.workspace)
    wanted = list(dict.fromkeys(naming.checked_alias(name) for name in names if name.strip()))
    version.aliases.exclude(name__in=wanted).delete()
    for name in wanted:
        set_alias(version=version, by=by, name=name)


def delete_alias(*, model: RegisteredModel, by: Any, name: str) -> bool:
    access.require(by, "models.edit", model.workspace)
    return bool(model.aliases.filter(name=name).delete()[0])


@transaction.atomic
def move_to_stage(*, version: ModelVersion, by: Any, stage: str, archive_others: bool = False) -> None:
    """`archive_others`: whatever else of the model stood in that stage becomes archived."""
    access.require(by, "models.edit", version.model.workspace)
    wanted = stage_called(stage)
    if archive_others and wanted not in ACTIVE:
        raise Invalid(
            f"Nothing can be archived in favour of the stage {wanted.label}: only Staging and Production hold versions in use.",
            fields={"stage": wanted.value},
        )
    now = timezone.now()
    if archive_others:
        others = ModelVersion.objects.filter(model_id=version.model_id, stage=wanted).exclude(pk=version.pk)
        others.update(stage=Stage.ARCHIVED, updated_at=now)
    version.stage, version.updated_at = wanted, now
    version.save(update_fields=["stage", "updated_at"])
    RegisteredModel.objects.filter(pk=version.model_id).update(updated_at=now)


def stage_called(text: str) -> Stage:
    """Whatever its case. Raises `Invalid`."""
    for stage in Stage:
        if stage.value.lower() == str(text).lower():
            return stage
    raise Invalid(
        f"There is no stage {text}. A version stands in {', '.join(stage.value for stage in Stage)}.",
        fields={"stage": "unknown"},
    )


def _clear(tags: Any, kept: Mapping[str, str]) -> None:
    gone = [pk for pk, key, value in tags.values_list("pk", "key", "value") if naming.editable(key, value) and key not in kept]
    tags.filter(pk__in=gone).delete()


def _note_prompt(model: RegisteredModel, value: str) -> None:
    model.is_prompt = value.lower() == "true"
    model.save(update_fields=["is_prompt"])
