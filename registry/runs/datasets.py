"""Data sets as clients describe them when a run reads one: text of theirs, not a data asset of the workspace."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction

from registry.runs.models import Dataset, DatasetUse, Experiment, Run

MOST_TOLD = 1000


class Described(NamedTuple):
    name: str
    digest: str
    source_type: str
    source: str
    schema: str
    profile: str
    tags: Mapping[str, str]


@transaction.atomic
def record(run: Run, uses: Sequence[Described]) -> None:
    """That the run read these. The same name and digest is the same data set of the experiment; told twice, the first
    word counts."""
    first: dict[tuple[str, str], Described] = {}
    for use in uses:
        first.setdefault((use.name, use.digest), use)
    if not first or run.experiment_id is None:
        return
    Dataset.objects.bulk_create(
        [
            Dataset(
                experiment_id=run.experiment_id, name=use.name, digest=use.digest, source_type=use.source_type,
                source=use.source, schema=use.schema, profile=use.profile,
            )
            for use in first.values()
        ],
        ignore_conflicts=True,
        batch_size=100,
    )  # fmt: skip
    known = Dataset.objects.filter(experiment_id=run.experiment_id, name__in={name for name, _ in first})
    rows = {(row.name, row.digest): row for row in known.only("pk", "name", "digest")}
    DatasetUse.objects.bulk_create(
        [DatasetUse(run=run, dataset=rows[key], tags=dict(use.tags)) for key, use in first.items()],
        ignore_conflicts=True,
        batch_size=100,
    )


def of_experiment(experiment: Experiment, tag: str) -> Iterable[tuple[str, str, str]]:
    """Name, digest and the value of that tag, each combination once."""
    rows = (
        DatasetUse.objects.filter(dataset__experiment=experiment)
        .values_list("dataset__name", "dataset__digest", "tags")
        .order_by("dataset__id")
    )
    seen: dict[tuple[str, str, str], None] = {}
    for name, digest, tags in rows.iterator():
        seen[name, digest, tags.get(tag, "")] = None
        if len(seen) >= MOST_TOLD:
            break
    return list(seen)
