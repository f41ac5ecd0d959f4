"""Registered models and their versions as JSON of the protocol."""

from collections.abc import Iterable
from typing import Any

from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs.tracked import milliseconds


def model(found: RegisteredModel, latest: Iterable[ModelVersion]) -> dict[str, Any]:
    """`latest`: the newest version of each stage."""
    said: dict[str, Any] = {
        "name": found.name,
        "creation_timestamp": milliseconds(found.created_at),
        "last_updated_timestamp": milliseconds(found.updated_at),
    }
    if found.description:
        said["description"] = found.description
    said["latest_versions"] = [version(one, found.name) for one in latest]
    said["tags"] = [{"key": tag.key, "value": tag.value} for tag in found.tags.all()]
    said["aliases"] = [{"alias": a.name, "version": str(a.version.number)} for a in found.aliases.all()]
    return said


def version(found: ModelVersion, name: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": name,
        "version": str(found.number),
        "creation_timestamp": milliseconds(found.created_at),
        "last_updated_timestamp": milliseconds(found.updated_at),
        "current_stage": found.stage,
        "source": found.source,
        "run_link": found.run_link,
        "status": found.status,
        "description": found.description,
        "tags": [{"key": tag.key, "value": tag.value} for tag in found.tags.all()],
        "aliases": [alias.name for alias in found.aliases.all()],
    }
    if found.source_run_id:
        said["run_id"] = found.source_run_id
    if found.created_by is not None:
        said["user_id"] = found.created_by.username
    if found.status_message:
        said["status_message"] = found.status_message
    if found.logged_model_id:
        said["model_id"] = found.logged_model_id
    return said

