"""Packing an experiment: a stream of zip entries, one run after another, so that memory stays flat."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from registry.errors import NotFound
from registry.runs import artifacts, downloads, points, selectors
from registry.runs.models import Experiment, LogLine, Run
from registry.runs.parcels import layout
from registry.storage import Store, open_store

RUNS_AT_ONCE = 100
POINTS_AT_ONCE = 50_000
LINES_AT_ONCE = 5_000


def pack(experiment: Experiment) -> Iterator[bytes]:
    """The zip file, piece by piece. Runs in the bin stay here; archived ones travel."""
    return downloads.zip_of(_entries(experiment))


def _entries(experiment: Experiment) -> Iterator[downloads.Entry]:
    store = open_store(settings.STORE_DIR)
    roots = Run.objects.filter(experiment=experiment, parent=None, deleted_at=None).order_by("id")
    after = count = 0
    while pks := list(roots.filter(pk__gt=after).values_list("pk", flat=True)[:RUNS_AT_ONCE]):
        after = pks[-1]
        family = Run.objects.filter(Q(pk__in=pks) | Q(parent__in=pks)).order_by("id")
        for run in family.select_related("parent", "nested_in", "created_by", "reused_from"):
            count += 1
            yield from _of_run(run, store)
    description = {
        "format": layout.FORMAT,
        "name": experiment.name,
        "tags": dict(experiment.tags.values_list("key", "value")),
        "runs": count,
        "packed_at": timezone.now().isoformat(),
    }
    # Last: a parcel that was cut off on the way has none, and is refused.
    yield downloads.Entry(layout.DESCRIPTION, [_json(description)])


def _of_run(run: Run, store: Store) -> Iterator[downloads.Entry]:
    yield downloads.Entry(layout.run_name(run.run_id), [_json(_described(run))])
    origin = run.reused_from or run
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        if _write_points(run, Path(file.name)):
            yield downloads.Entry(layout.metrics_name(run.run_id), downloads.file(Path(file.name)), packed=True)
    if LogLine.objects.filter(run=origin).exists():
        yield downloads.Entry(layout.logs_name(run.run_id), _lines(origin))
    for key, top in _folders(run):
        try:
            path = store.local_path(key)
        except NotFound:
            continue  # the record tells of it; the files are gone
        yield from downloads.below(path, top)


def _folders(run: Run) -> Iterator[tuple[str, str]]:
    yield artifacts.root(run), f"{layout.ARTIFACTS}/{run.run_id}"
    for output in run.outputs.all():
        yield output.path, f"{layout.OUTPUTS}/{run.run_id}/{output.port}"


def _described(run: Run) -> dict[str, Any]:
    inputs = run.inputs.select_related("data_version__asset")
    uses = run.dataset_uses.select_related("dataset")
    return {
        "run_id": run.run_id,
        "parent": run.parent.run_id if run.parent else None,
        "nested_in": run.nested_in.run_id if run.nested_in else None,
        "created_by": run.created_by.username if run.created_by else "",
        **{name: getattr(run, name) for name in layout.ATTRIBUTES},
        **{name: when.isoformat() if (when := getattr(run, name)) else None for name in layout.TIMES},
        "params": dict(run.params.filter(mirrored=False).values_list("key", "value")),
        "tags": dict(run.tags.values_list("key", "value")),
        "data": [
            {"name": i.data_version.asset.name, "version": i.data_version.number, "port": i.port} for i in inputs
        ],
        "datasets": [
            {
                **{n: getattr(use.dataset, n) for n in ("name", "digest", "source_type", "source", "schema", "profile")},
                "tags": use.tags,
            }
            for use in uses
        ],
        "outputs": [
            {"port": o.port, "type": o.type, "bytes": o.bytes, "summary": o.summary} for o in run.outputs.all()
        ],
        "comments": [
            {
                "author": comment.author.username if comment.author else "",
                "text": comment.text,
                "created_at": comment.created_at.isoformat(),
            }
            for comment in run.comments.select_related("author").order_by("id")
        ],
    }


def _write_points(run: Run, path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # A reused step shows the values of the one that computed them, which lie with that one.
    series = {s.source or s: s.key for s in run.metrics.filter(mirrored=False).select_related("source")}
    if not series:
        return False
    schema = pa.schema([("key", pa.string()), ("step", pa.int64()), ("timestamp", pa.int64()), ("value", pa.float64())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for whose, key in series.items():
            after = None
            while batch := points.page(whose.run_id, whose.pk, after, POINTS_AT_ONCE):
                after = batch[-1]
                steps, times, values, gaps = zip(*batch, strict=True)
                told = [float("nan") if gap else value for value, gap in zip(values, gaps, strict=True)]
                columns = [pa.array([key] * len(batch)), pa.array(steps), pa.array(times), pa.array(told, pa.float64())]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return True


def _lines(run: Run) -> Iterator[bytes]:
    after = 0
    while lines := list(selectors.logs(run, after, LINES_AT_ONCE)):
        after = lines[-1].seq
        told = ([int(line.timestamp.timestamp() * 1000), line.stream, line.text] for line in lines)
        yield "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told).encode()


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, default=str).encode()
