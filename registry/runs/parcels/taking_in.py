"""Writing the runs of a parcel that was unpacked and checked. Whole runs, one transaction each; may be called again after
a kill and then goes on where it was: what a run is called here follows from what it is called there."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from registry.runs import artifacts, mirrors, records, tracking
from registry.runs.models import (
    Comment,
    Dataset,
    DatasetUse,
    Experiment,
    ExperimentTag,
    LogLine,
    Run,
    RunOutput,
)
from registry.runs.parcels import layout, unpacking
from registry.storage import Store, open_store

TAKEN_IN_BY = "atelier.taken_in_by"  # on the experiment: the run that took it in
POINTS_AT_ONCE = 20_000
LINES_AT_ONCE = 2_000
LONGEST_NAME = 480


class Interrupted(Exception):
    """Somebody else goes on with this."""


def take_in(job: Run, result: Mapping[str, Any], *, alive: Callable[[], bool] = lambda: True) -> Experiment:
    """Write what `unpacking.run` found, into an experiment of its own in the workspace of `job`. `alive` is asked between
    runs. Raises `Interrupted` when it says no."""
    folder = Path(result["folder"])
    description = json.loads((folder / layout.DESCRIPTION).read_bytes())
    experiment = _experiment(job, description)
    store = open_store(settings.STORE_DIR)
    # Parents before their steps, and runs before those nested in them, whatever order they lie in.
    names = _names(experiment, folder)
    for told in _in_order(folder):
        if not alive():
            raise Interrupted
        _one(job, experiment, told, names, folder, store)
    _mirror(experiment)
    return experiment


def _mirror(experiment: Experiment) -> None:
    """Tables and searches find at a pipeline what its steps measured, as for those that ran here."""
    for root in Run.objects.filter(experiment=experiment, steps__isnull=False).distinct().order_by("id").iterator():
        called = mirrors.called(root)
        with transaction.atomic():
            mirrors.show_metrics(root, list(called), called)
            mirrors.show_params(root, list(called), called)


def _experiment(job: Run, description: Mapping[str, Any]) -> Experiment:
    known = Experiment.objects.filter(
        workspace=job.workspace, tags__key=TAKEN_IN_BY, tags__value=job.run_id, deleted_at=None
    ).first()
    if known is not None:
        return known
    wanted = str(description["name"]).replace("\0", "").strip()[:LONGEST_NAME]
    taken = set(
        Experiment.objects.filter(workspace=job.workspace, name__startswith=wanted).values_list("name", flat=True)
    )
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    with transaction.atomic():
        made = Experiment.objects.create(workspace=job.workspace, name=name, created_by=job.created_by)
        tags = description.get("tags")
        told = {str(k)[:250]: str(v) for k, v in tags.items()} if isinstance(tags, dict) else {}
        ExperimentTag.objects.bulk_create(
            ExperimentTag(experiment=made, key=key, value=value) for key, value in {**told, TAKEN_IN_BY: job.run_id}.items()
        )
    return made


def _names(experiment: Experiment, folder: Path) -> Callable[[str], str]:
    """What a run is called here: as there, unless that name is taken by a run of another experiment of this studio."""
    theirs = [path.stem for path in unpacking.documents(folder)]
    taken: set[str] = set()
    for start in range(0, len(theirs), 500):
        found = Run.objects.filter(run_id__in=theirs[start : start + 500]).exclude(experiment=experiment)
        found = found.exclude(parent__experiment=experiment)
        taken.update(found.values_list("run_id", flat=True))
    space = uuid.uuid5(uuid.NAMESPACE_OID, f"atelier experiment {experiment.pk}")
    return lambda name: uuid.uuid5(space, name).hex if name in taken else name


def _in_order(folder: Path) -> Iterator[dict[str, Any]]:
    def read(path: Path) -> dict[str, Any]:
        return json.loads(path.read_bytes())

    waiting: dict[str, list[str]] = {}
    ready: list[str] = []
    there = {path.stem for path in unpacking.documents(folder)}
    for path in unpacking.documents(folder):
        told = read(path)
        before = [one for one in (told.get("parent"), told.get("nested_in")) if one in there and one != path.stem]
        if before:
            waiting.setdefault(str(before[0]), []).append(path.stem)
        else:
            ready.append(path.stem)
    done: set[str] = set()
    while ready:
        name = ready.pop(0)
        if name in done:
            continue
        done.add(name)
        ready += waiting.pop(name, [])
        yield read(folder / layout.run_name(name))
    # Those that name each other in a ring: history, however odd, is kept; the rings are not.
    for name in sorted(there - done):
        yield {**read(folder / layout.run_name(name)), "parent": None, "nested_in": None}


def _one(
    job: Run, experiment: Experiment, told: Mapping[str, Any], names: Callable[[str], str], folder: Path, store: Store
) -> None:
    theirs = told["run_id"]
    ours = names(theirs)
    if Run.objects.filter(run_id=ours).exists():
        return  # written before the kill
    # Files first: a run that is there has them.
    files = folder / layout.ARTIFACTS / theirs
    if files.is_dir():
        store.put_folder(files, artifacts.root_of(ours))
    outputs = [_kept(store, folder, theirs, ours, output) for output in told.get("outputs", [])]
    with transaction.atomic():
        parent = Run.objects.filter(run_id=names(str(told["parent"]))).first() if told.get("parent") else None
        nested_in = Run.objects.filter(run_id=names(str(told["nested_in"]))).first() if told.get("nested_in") else None
        run = Run.objects.create(
            run_id=ours,
            workspace=job.workspace,
            experiment=None if parent else experiment,
            parent=parent,
            nested_in=nested_in,
            created_by=job.created_by,
            **_attributes(told),
        )
        _words(run, told, names)
        RunOutput.objects.bulk_create(RunOutput(run=run, **output) for output in outputs if output)
        _metrics(run, folder / layout.metrics_name(theirs))
        _lines(run, folder / layout.logs_name(theirs))


def _attributes(told: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: told[name] for name in layout.ATTRIBUTES if told.get(name) is not None}
    for name, value in fields.items():
        field = Run._meta.get_field(name)
        if (most := getattr(field, "max_length", None)) is not None:
            fields[name] = str(value).replace("\0", "")[:most]
    for name in ("seconds", "peak_memory"):
        if not isinstance(fields.get(name, 0), int | float) or isinstance(fields.get(name), bool):
            fields.pop(name)
    if "peak_memory" in fields:
        fields["peak_memory"] = int(fields["peak_memory"])
    for name in layout.TIMES:
        fields[name] = _time(told.get(name))
    fields["created_at"] = fields["created_at"] or timezone.now()
    return fields


def _words(run: Run, told: Mapping[str, Any], names: Callable[[str], str]) -> None:
    tags = dict(told["tags"])
    if nested := tags.get("mlflow.parentRunId"):
        tags["mlflow.parentRunId"] = names(nested)
    tracking.write(
        tracking.Batch(
            run=run.pk,
            params=[(key[:250], records.storable(value)) for key, value in told["params"].items()],
            tags=[(key[:250], records.storable(value)) for key, value in tags.items()],
        )
    )
    if run.experiment_id is not None:
        for document in [*told.get("datasets", []), *map(_as_dataset, told.get("data", []))]:
            fields = {n: records.storable(str(document.get(n) or "")) for n in ("source", "source_type", "schema", "profile")}
            fields["source_type"] = fields["source_type"][:64]
            dataset, _ = Dataset.objects.get_or_create(
                experiment_id=run.experiment_id, name=str(document.get("name") or "")[:500],
                digest=str(document.get("digest") or "")[:64], defaults=fields,
            )  # fmt: skip
            tags = document.get("tags")
            DatasetUse.objects.get_or_create(run=run, dataset=dataset, defaults={"tags": tags if isinstance(tags, dict) else {}})
    for comment in told.get("comments", []):
        # Their people are not ours, even where they have the same name.
        author = records.storable(str(comment.get("author") or "somebody"))
        text = f"*{author} wrote elsewhere:*\n\n{records.storable(str(comment.get('text') or ''))}"
        Comment.objects.create(run=run, text=text, created_at=_time(comment.get("created_at")) or timezone.now())


def _as_dataset(data: Mapping[str, Any]) -> dict[str, Any]:
    """A data asset of the other studio: here there is none of that name and version, or it is another."""
    name = str(data.get("name") or "")
    return {"name": name, "digest": f"version {data.get('version', '')}", "source_type": "atelier", "source": name}


def _kept(store: Store, folder: Path, theirs: str, ours: str, output: Mapping[str, Any]) -> dict[str, Any] | None:
    port = str(output.get("port", ""))
    if not unpacking.PORT.fullmatch(port) or port in (".", ".."):
        return None
    key = f"runs/{ours}/taken-in/{port}"
    files = folder / layout.OUTPUTS / theirs / port
    if files.is_dir():
        store.put_folder(files, key)
    summary, size = output.get("summary"), output.get("bytes")
    return {
        "port": port,
        "type": str(output.get("type", ""))[:30],
        "path": key,
        "bytes": size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63 else 0,
        "summary": summary if isinstance(summary, dict) else {},
    }


def _metrics(run: Run, path: Path) -> None:
    if not path.is_file():
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(POINTS_AT_ONCE):
            columns = [batch.column(name).to_pylist() for name in ("key", "value", "step", "timestamp")]
            tracking.write(tracking.Batch(run=run.pk, metrics=list(zip(*columns, strict=True))))


def _lines(run: Run, path: Path) -> None:
    if not path.is_file():
        return
    rows: list[LogLine] = []
    for seq, (when, stream, text) in enumerate(unpacking.lines(path, path.name), 1):
        moment = datetime.fromtimestamp(max(0, min(when, 253_402_300_799_000)) / 1000, UTC)
        rows.append(LogLine(run=run, seq=seq, timestamp=moment, stream=stream, text=records.storable(text)))
        if len(rows) >= LINES_AT_ONCE:
            LogLine.objects.bulk_create(rows, batch_size=records.AT_ONCE)
            rows = []
    LogLine.objects.bulk_create(rows, batch_size=records.AT_ONCE)


def _time(text: Any) -> datetime | None:
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
