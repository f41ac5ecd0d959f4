"""Records for tests, made in view by plain functions; each gives the row it wrote."""

import itertools
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from registry.data.models import DataAsset, DataVersion
from registry.runs import artifacts, experiments, news, tracking
from registry.runs.models import (
    LogLine,
    MetricSummary,
    Param,
    Run,
    RunEvent,
    RunInput,
    RunOutput,
)
from registry.runs.spec import RunSpec, Step

_numbers = itertools.count(1)


def run(workspace: Any, by: Any = None, *, name: str = "Income", status: str = "completed", **fields: Any) -> Run:
    """A root run. With `spec=True` it has one that can be repeated."""
    if fields.get("spec") is True:
        step = Step(id="n1", title="Split Data", component="split-data", version=1, outputs={"first": "table"})
        fields["spec"] = RunSpec(kind="pipeline", steps=(step,)).to_json()
    now = timezone.now()
    times = {"started_at": now} if status != "queued" else {}
    if status in ("completed", "failed", "errored", "cancelled"):
        times |= {"ended_at": now, "seconds": 1.5}
    values = {"kind": "pipeline", "source": "Income, revision 1", **times, **fields}
    made = Run.objects.create(workspace=workspace, created_by=by, name=name, status=status, **values)
    news.of_run(made).save()
    return made


def step(parent: Run, node_id: str = "", *, name: str = "Split Data", status: str = "completed", **fields: Any) -> Run:
    node_id = node_id or f"n{next(_numbers)}"
    values = {"component": "split-data", "seconds": 0.25, "peak_memory": 120_000_000, **fields}
    made = Run.objects.create(
        workspace=parent.workspace, parent=parent, kind="step", node_id=node_id, name=name, status=status, **values
    )
    news.of_step(made).save()
    return made


def event(run: Run, type: str = "run", **body: Any) -> RunEvent:
    return RunEvent.objects.create(run=run, type=type, body={"run_id": run.run_id, **body})


def lines(run: Run, *texts: str, stream: str = "stdout") -> None:
    start = LogLine.objects.filter(run=run).count()
    now = timezone.now()
    LogLine.objects.bulk_create(
        LogLine(run=run, seq=start + n, timestamp=now, stream=stream, text=text) for n, text in enumerate(texts, 1)
    )


def param(run: Run, key: str, value: str) -> Param:
    return Param.objects.create(run=run, key=key, value=value)


def metric(run: Run, key: str, *values: float) -> MetricSummary:
    now = int(timezone.now().timestamp() * 1000)
    tracking.write(tracking.Batch(run.pk, metrics=[(key, float(value), n, now) for n, value in enumerate(values)]))
    return MetricSummary.objects.get(run=run, key=key)


def data_version(workspace: Any, name: str = "adult", number: int = 1, **fields: Any) -> DataVersion:
    asset, _ = DataAsset.objects.get_or_create(workspace=workspace, name=name)
    return DataVersion.objects.create(asset=asset, number=number, status="ready", **fields)


def data_read(run: Run, version: DataVersion, port: str = "") -> RunInput:
    return RunInput.objects.create(run=run, data_version=version, port=port)


def table(step: Run, port: str = "table", columns: dict[str, list[Any]] | None = None) -> RunOutput:
    """A table on a port, with its file in the store."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = columns or {"age": [39, 50, 38], "work": ["State", "Private", None]}
    folder = _folder(step, port)
    pq.write_table(pa.table(columns), folder / "table.parquet")
    rows = len(next(iter(columns.values())))
    summary = {"rows": rows, "columns": [{"name": name, "kind": "text"} for name in columns]}
    return _output(step, port, "table", summary)


def evaluation(step: Run, port: str = "evaluation", document: dict[str, Any] | None = None) -> RunOutput:
    document = document or {"format": 1, "task": "binary", "models": [{"name": "A", "metrics": {"auc": 0.9}}], "figures": []}
    (_folder(step, port) / "evaluation.json").write_text(json.dumps(document))
    models = [{"name": m["name"], "metrics": m["metrics"]} for m in document["models"]]
    return _output(step, port, "evaluation", {"task": document["task"], "models": models})


def tracked(workspace: Any, by: Any = None, *, name: str = "Tracked", status: str = "completed", **fields: Any) -> Run:
    """A run that a client of the protocol logged."""
    experiment = fields.pop("experiment", None) or experiments.default(workspace)
    return run(workspace, by, name=name, status=status, kind="tracked", source="", experiment=experiment, **fields)


def artifact(run: Run, path: str, content: bytes | str) -> Path:
    """A file that a client logged with the run."""
    file = Path(settings.STORE_DIR) / artifacts.root(run) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def model_output(step: Run, port: str = "model") -> RunOutput:
    model_folder(_folder(step, port))
    return _output(step, port, "model", {"task": "binary", "algorithm": "Two-Class Logistic Regression"})


def model_folder(folder: Path) -> Path:
    """What an MLflow model looks like from outside."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "MLmodel").write_text("artifact_path: model\nflavors: {}\n")
    (folder / "requirements.txt").write_text("scikit-learn==1.9.0\n")
    (folder / "model.pkl").write_bytes(b"\x80" * 1000)
    return folder


def _folder(step: Run, port: str) -> Path:
    folder = Path(settings.STORE_DIR) / _key(step, port)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(step: Run, port: str) -> str:
    root = step.parent or step
    return f"runs/{root.run_id}/{step.node_id or 'run'}/{port}"


def _output(step: Run, port: str, type: str, summary: dict[str, Any]) -> RunOutput:
    return RunOutput.objects.create(run=step, port=port, type=type, path=_key(step, port), bytes=1000, summary=summary)
