"""What a run's page says beyond the record itself: description, tags, data sets, where it stands among other runs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from registry.errors import Invalid, NotFound
from registry.runs import numbers
from registry.runs.models import Comment, DatasetUse, MetricSummary, Run, Star, Tag
from registry.runs.notes import DESCRIPTION, RESERVED
from registry.runs.selectors import BLOBS

# Ancestors are followed so far up; a client may nest runs in a circle.
MOST_ABOVE = 20
LONGEST_SHOWN = 5000
CONTEXT = "mlflow.data.context"
MOST_METRICS = 6
MOST_CHILDREN = 200


def about(run: Run, person: Any) -> dict[str, Any]:
    tags = list(Tag.objects.filter(run=run).order_by("key").values_list("key", "value"))
    stars = Star.objects.filter(run=run).aggregate(all=Count("id"), mine=Count("id", filter=Q(user=person)))
    return {
        "name": run.name,
        "description": next((value for key, value in tags if key == DESCRIPTION), ""),
        "tags": [{"key": key, "value": value} for key, value in tags if not key.startswith(RESERVED)],
        "told": {key: value[:LONGEST_SHOWN] for key, value in tags if key.startswith(RESERVED) and key != DESCRIPTION},
        "experiment": {"id": run.experiment.pk, "name": run.experiment.name} if run.experiment else None,
        "archived_at": run.archived_at,
        "deleted_at": run.deleted_at,
        "starred": bool(stars["mine"]),
        "stars": stars["all"],
        "above": [{"run_id": one.run_id, "name": one.name} for one in above(run)],
        "previous": previous(run),
        "nested": nested(run).count(),
        "comments": Comment.objects.filter(run=run).count(),
        "datasets": [dataset(use) for use in datasets(run)],
        "reused_by": Run.objects.filter(resumed_from=run, deleted_at=None).count(),
    }


def above(run: Run) -> list[Run]:
    """The runs it is nested in, outermost first."""
    found: list[Run] = []
    known = {run.pk}
    at = run.nested_in_id
    while at is not None and at not in known and len(found) < MOST_ABOVE:
        one = Run.objects.filter(pk=at).only("run_id", "name", "nested_in").first()
        if one is None:
            break
        known.add(one.pk)
        found.append(one)
        at = one.nested_in_id
    return found[::-1]


def previous(run: Run) -> dict[str, str] | None:
    """The run of the same kind that was made before it in its experiment: what one compares with first."""
    if run.experiment_id is None:
        return None
    earlier = Run.objects.filter(
        experiment=run.experiment_id, parent=None, kind=run.kind, deleted_at=None, nested_in=run.nested_in_id, id__lt=run.pk
    )
    one = earlier.order_by("-id").only("run_id", "name").first()
    return {"run_id": one.run_id, "name": one.name} if one else None


def nested(run: Run) -> QuerySet[Run]:
    """Directly below, in the order in which they came. Those in the bin are left out."""
    return Run.objects.filter(nested_in=run, deleted_at=None).order_by("id")


def children(run: Run, *, offset: int = 0, limit: int = 50, metrics: Sequence[str] | None = None) -> dict[str, Any]:
    """A page of the nested runs with some of their metrics: those asked for, else those that the first of them have."""
    inner = (
        Run.objects.filter(nested_in=OuterRef("pk"), deleted_at=None).order_by().values("nested_in").annotate(n=Count("pk"))
    )
    rows = list(
        nested(run)
        .annotate(nested_count=Coalesce(Subquery(inner.values("n")), 0))
        .defer(*BLOBS)[offset : offset + max(1, min(limit, MOST_CHILDREN))]
    )
    pks = [row.pk for row in rows]
    if metrics is None:
        found = MetricSummary.objects.filter(run__in=pks[:20], mirrored=False).exclude(key__startswith="system/")
        metrics = list(
            found.values("key").annotate(n=Count("id")).order_by("-n", "key").values_list("key", flat=True)[:MOST_METRICS]
        )
    elif len(metrics) > 50:
        raise Invalid("At most 50 metrics can be shown beside nested runs.", fields={"metrics": len(metrics)})
    values: dict[int, dict[str, float | str]] = {}
    for pk, key, last in MetricSummary.objects.filter(run__in=pks, key__in=metrics).values_list("run", "key", "last"):
        values.setdefault(pk, {})[key] = numbers.shown(last)
    return {
        "total": nested(run).count(),
        "offset": offset,
        "metrics": list(metrics),
        "results": [
            {
                "run_id": row.run_id,
                "name": row.name,
                "status": row.status,
                "created_at": row.created_at,
                "started_at": row.started_at,
                "ended_at": row.ended_at,
                "seconds": row.seconds,
                "nested": row.nested_count,
                "values": values.get(row.pk, {}),
            }
            for row in rows
        ],
    }


def datasets(run: Run) -> list[DatasetUse]:
    return list(DatasetUse.objects.filter(run=run).select_related("dataset").order_by("id")[:200])


def dataset(use: DatasetUse) -> dict[str, Any]:
    one = use.dataset
    return {
        "id": one.pk,
        "name": one.name,
        "digest": one.digest,
        "source_type": one.source_type,
        "source": one.source[:LONGEST_SHOWN],
        "schema": one.schema[:100_000],
        "profile": one.profile[:LONGEST_SHOWN],
        "context": str((use.tags or {}).get(CONTEXT, "")),
    }


def comments(run: Run) -> QuerySet[Comment]:
    """Oldest first."""
    return Comment.objects.filter(run=run).select_related("author").order_by("id")


def one_comment(run: Run, pk: int) -> Comment:
    found = Comment.objects.filter(run=run, pk=pk).select_related("author", "run__workspace").first()
    if found is None:
        raise NotFound("There is no such comment on this run. It may have been deleted.")
    return found
