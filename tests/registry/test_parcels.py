"""An experiment leaves as one file and arrives elsewhere as it was; a file that is not such a one is refused."""

import io
import json
import math
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from registry.errors import Invalid
from registry.runs import artifacts, experiments, tracking
from registry.runs.models import (
    Comment,
    Dataset,
    DatasetUse,
    Experiment,
    LogLine,
    MetricPoint,
    MetricSummary,
    Run,
    Star,
    Tag,
)
from registry.runs.parcels import layout, packing, taking_in, unpacking
from registry.workspaces.models import Workspace
from tests.registry import make

pytestmark = pytest.mark.django_db


class Reporter:
    def __init__(self):
        self.told = []

    def progress(self, done, total, message=""):
        self.told.append((done, total, message))


@pytest.fixture
def experiment(workspace, alice):
    """A pipeline's run with a step, and a tracked run with one nested in it."""
    found = experiments.named(workspace, "Income", alice)
    found.tags.create(key="team", value="blue")
    pipeline = make.run(workspace, alice, experiment=found, name="Drawn")
    step = make.step(pipeline, "n1")
    make.table(step)
    tracking.write(tracking.Batch(run=step.pk, metrics=[("auc", 0.9, 0, 1000)], params=[("ratio", "0.7")]))
    make.lines(step, "one", "two ü")
    outer = make.run(workspace, alice, experiment=found, name="Outer", kind="tracked")
    inner = make.run(workspace, alice, experiment=found, name="Inner", kind="tracked", nested_in=outer)
    tracking.write(
        tracking.Batch(
            run=inner.pk,
            metrics=[("loss", 0.5, 0, 1000), ("loss", math.nan, 1, 2000), ("loss", math.inf, 2, 3000), ("a/b é", -1e300, -5, 0)],
            params=[("depth", "6"), ("text", "x" * 6000)],
            tags=[("mlflow.parentRunId", outer.run_id), ("mlflow.note.content", "**good**")],
        )
    )
    folder = Path(settings.STORE_DIR) / artifacts.root(inner) / "plots"
    folder.mkdir(parents=True)
    (folder / "a b.png").write_bytes(b"\x89PNG")
    Comment.objects.create(run=inner, author=alice, text="look", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    Star.objects.create(run=inner, user=alice)
    data = Dataset.objects.create(experiment=found, name="d", digest="abc", source_type="local", source="{}")
    DatasetUse.objects.create(run=inner, dataset=data, tags={"mlflow.data.context": "training"})
    return found


def packed(experiment, tmp_path, name="Income.zip"):
    path = tmp_path / name
    path.write_bytes(b"".join(packing.pack(experiment)))
    return path


def unpacked(path, tmp_path):
    args = {"source": str(path), "filename": path.name, "folder": str(tmp_path / "out")}
    return unpacking.run(args, Reporter())


def points(run):
    rows = MetricPoint.objects.filter(run=run).values_list("series__key", "step", "timestamp", "value", "is_nan")
    return sorted(rows)


def told(run):
    """All that must be the same on both sides."""
    return {
        "name": run.name, "kind": run.kind, "status": run.status, "started_at": run.started_at, "node_id": run.node_id,
        "params": dict(run.params.filter(mirrored=False).values_list("key", "value")), "points": points(run),
        "summaries": sorted(run.metrics.filter(mirrored=False).values_list("key", "last", "minimum", "maximum", "count")),
        "lines": list(LogLine.objects.filter(run=run).order_by("seq").values_list("stream", "text")),
        "outputs": list(run.outputs.values_list("port", "type", "summary")),
        "datasets": list(run.dataset_uses.values_list("dataset__name", "dataset__digest", "tags")),
    }  # fmt: skip


def test_what_was_packed_arrives_elsewhere_as_it_was(experiment, alice, tmp_path):
    before = {run.name: told(run) for run in Run.objects.all()}
    inner_id = Run.objects.get(name="Inner").run_id
    path = packed(experiment, tmp_path)
    there = Workspace.objects.create(name="There", slug="there")
    # Elsewhere nobody knows these runs.
    Run.objects.all().delete()
    experiment.delete()
    job = make.run(there, alice, name="Take in", kind="experiment-import")

    made = taking_in.take_in(job, unpacked(path, tmp_path))

    assert (made.workspace, made.name) == (there, "Income")
    assert made.tags.get(key="team").value == "blue"
    after = {run.name: told(run) for run in Run.objects.exclude(pk=job.pk)}
    assert after == before
    inner = Run.objects.get(name="Inner")
    assert inner.run_id == inner_id
    assert inner.nested_in.name == "Outer"
    assert Tag.objects.get(run=inner, key="mlflow.parentRunId").value == inner.nested_in.run_id
    assert (Path(settings.STORE_DIR) / artifacts.root(inner) / "plots" / "a b.png").read_bytes() == b"\x89PNG"
    assert "alice" in inner.comments.get().text and inner.comments.get().author is None
    assert not Star.objects.exists(), "a star is a person's own"
    step = Run.objects.get(parent__name="Drawn")
    assert step.parent.metrics.get(key="Split Data/auc").mirrored and step.parent.params.get(key="Split Data/ratio").mirrored
    assert (Path(settings.STORE_DIR) / step.outputs.get().path / "table.parquet").is_file()


def test_taken_in_beside_the_original_it_gets_names_of_its_own(experiment, alice, workspace, tmp_path):
    originals = set(Run.objects.values_list("run_id", flat=True))
    job = make.run(workspace, alice, name="Take in", kind="experiment-import")

    made = taking_in.take_in(job, unpacked(packed(experiment, tmp_path), tmp_path))

    assert made.name == "Income (2)"
    copies = set(Run.objects.exclude(pk=job.pk).values_list("run_id", flat=True)) - originals
    assert len(copies) == len(originals)
    inner = Run.objects.get(name="Inner", experiment=made)
    assert inner.nested_in.experiment == made
    assert Tag.objects.get(run=inner, key="mlflow.parentRunId").value == inner.nested_in.run_id


def test_killed_half_way_it_goes_on_and_writes_nothing_twice(experiment, alice, workspace, tmp_path):
    result = unpacked(packed(experiment, tmp_path), tmp_path)
    job = make.run(workspace, alice, name="Take in", kind="experiment-import")
    answers = iter([True, True, False])
    with pytest.raises(taking_in.Interrupted):
        taking_in.take_in(job, result, alive=lambda: next(answers))
    half = Run.objects.filter(experiment__name="Income (2)").count()

    made = taking_in.take_in(job, result)

    assert 0 < half < Run.objects.filter(experiment=made).count() == 3
    assert Experiment.objects.filter(name__startswith="Income").count() == 2
    assert MetricSummary.objects.filter(run__experiment=made, key="loss").get().count == 3


def test_runs_in_the_bin_stay_here(experiment, tmp_path):
    Run.objects.filter(name="Outer").update(deleted_at=datetime(2026, 1, 1, tzinfo=UTC))
    names = zipfile.ZipFile(packed(experiment, tmp_path)).namelist()

    assert layout.run_name(Run.objects.get(name="Outer").run_id) not in names


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "artifacts/a/../../x", "artifacts/r/..", "runs/x.txt", "runs/a/b.json", "other/x", "artifacts/r", "outputs/r/p",
     "artifacts\\r\\x", "runs/.json", "runs/" + "a" * 40 + ".json", "artifacts//x", "artifacts/r/" + "é" * 200, "outputs/r/a b/x"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(Invalid) as error:
        unpacking.place(name)
    assert "no place" in error.value.message


def changed(path, tmp_path, **changes):
    """The parcel with some entries replaced; None takes one away."""
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            if entry.filename not in changes:
                after.writestr(entry, before.read(entry))
        for name, content in changes.items():
            if content is not None:
                after.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({layout.DESCRIPTION: None}, "cut off"),
        ({layout.DESCRIPTION: "[]"}, "not an object"),
        ({layout.DESCRIPTION: '{"format": 2, "name": "x", "runs": 4}'}, "format 2"),
        ({layout.DESCRIPTION: '{"format": 1, "name": "x", "runs": 99}'}, "says it has 99 runs"),
        ({layout.DESCRIPTION: "[" * 100_000}, "JSON"),
        ({"runs/r1.json": "{}"}, "is not a run"),
        ({"runs/r1.json": '{"run_id": "r2", "kind": "x", "name": "n", "status": "completed", "params": {}, "tags": {}}'}, "run_id"),
        ({"runs/r1.json": '{"run_id": "r1", "kind": "x", "name": "n", "status": "sleeping", "params": {}, "tags": {}}'}, "status"),
        ({"runs/r1.json": '{"run_id": "r1", "kind": "x", "name": "n", "status": "completed", "params": {"a": 1}, "tags": {}}'}, "params"),
        ({"metrics/r1.parquet": b"PAR1"}, "not a table of metrics"),
        ({"logs/r1.jsonl": '{"a": 1}\n'}, "line 1 of r1.jsonl"),
        ({"../../x": "hello"}, "no place"),
    ],
)
def test_what_is_no_parcel_is_refused_with_the_reason(experiment, tmp_path, changes, says):
    with pytest.raises(Invalid) as error:
        unpacked(changed(packed(experiment, tmp_path), tmp_path, **changes), tmp_path)
    assert says in error.value.message
    assert not (tmp_path / "x").exists()


def test_a_file_that_was_cut_off_is_refused(experiment, tmp_path):
    path = packed(experiment, tmp_path)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(Invalid) as error:
        unpacked(path, tmp_path)
    assert "not a whole zip file" in error.value.message


def test_what_was_running_there_runs_no_more_here(experiment, tmp_path, alice, workspace):
    Run.objects.filter(name="Outer").update(status="running", ended_at=None)
    result = unpacked(packed(experiment, tmp_path), tmp_path)

    made = taking_in.take_in(make.run(workspace, alice, name="Take in", kind="experiment-import"), result)

    assert Run.objects.get(name="Outer", experiment=made).status == "cancelled"


def test_packing_keeps_memory_flat_by_going_piece_by_piece(experiment):
    pieces = list(packing.pack(experiment))

    whole = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert whole.testzip() is None
    assert json.loads(whole.read(layout.DESCRIPTION))["runs"] == 4
