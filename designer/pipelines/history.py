"""The versions of a pipeline: nothing that stood on the canvas is lost, yet not every keystroke is a version.

The newest version always equals the draft. A save moves it along where one person goes on editing; it begins a
new one where somebody else saves, after two minutes, where nodes would vanish, and after every run, restore and
overwriting.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from designer.pipelines.models import Pipeline, PipelineVersion

Reason = PipelineVersion.Reason

TOGETHER = timedelta(minutes=2)  # edits within it are one version
KEPT = 200  # of the newest versions; older ones stay only where they mark more than an edit


def record(pipeline: Pipeline, reason: Reason, by: Any) -> None:
    """Note the draft as it is now. Call within the transaction that saved it."""
    latest = pipeline.versions.order_by("-revision").first()
    now = timezone.now()
    if latest and _goes_on(latest, pipeline, reason, by, now):
        latest.revision = pipeline.revision
        latest.graph = pipeline.graph
        latest.node_count = pipeline.node_count
        latest.created_at = now
        latest.save(update_fields=["revision", "graph", "node_count", "created_at"])
        return
    if latest and reason == Reason.FORCE and latest.reason == Reason.EDIT:
        PipelineVersion.objects.filter(pk=latest.pk).update(reason=Reason.OVERWRITTEN)
    PipelineVersion.objects.create(
        pipeline=pipeline,
        revision=pipeline.revision,
        graph=pipeline.graph,
        node_count=pipeline.node_count,
        reason=reason,
        created_by=by,
        started_at=now,
        created_at=now,
    )
    _forget_old_edits(pipeline)


def pin(pipeline: Pipeline, by: Any) -> None:
    """The draft has been run: its version stays as it is, and later edits begin another."""
    marked = pipeline.versions.filter(revision=pipeline.revision).exclude(reason=Reason.RUN)
    if (
        not marked.update(reason=Reason.RUN)
        and not pipeline.versions.filter(revision=pipeline.revision).exists()
    ):
        record(pipeline, Reason.RUN, by)


def _goes_on(latest: PipelineVersion, pipeline: Pipeline, reason: Reason, by: Any, now: Any) -> bool:
    return (
        reason == Reason.EDIT
        and latest.reason == Reason.EDIT
        and latest.created_by_id == by.pk
        and now - latest.started_at < TOGETHER
        and _ids(latest.graph) <= _ids(pipeline.graph)
    )


def _ids(document: dict[str, Any]) -> set[str]:
    return {node["id"] for node in document["nodes"]}


def _forget_old_edits(pipeline: Pipeline) -> None:
    newest = pipeline.versions.order_by("-revision").values_list("revision", flat=True)
    oldest_kept = newest[KEPT - 1 : KEPT].first()
    if oldest_kept is not None:
        pipeline.versions.filter(revision__lt=oldest_kept, reason=Reason.EDIT).delete()
