"""Pipeline runs side by side: two of them over one graph, and the scripts of many."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from designer.catalogue.component import Component
from designer.compiler import changes, reuse
from designer.compiler.changes import Outcome
from designer.compiler.comparing import Compared, Side, compare
from designer.graph import document
from designer.graph.graph import Graph
from designer.pipelines import planning, selectors
from designer.pipelines.models import PipelineRun
from registry import storage
from registry.errors import NotFound
from registry.runs import numbers
from registry.runs.models import MetricSummary, Run, RunOutput
from registry.workspaces.models import Workspace

# The one file that is the value; of other types nothing tells that two are the same.
FILES = {"table": "table.parquet", "evaluation": "evaluation.json"}
LARGEST_HASHED = 100_000_000  # bytes of one output; beyond it size and summary have to do


def over_one_graph(workspace: Workspace, base: str, other: str) -> dict[str, Any]:
    """What became of each node, with all that the page shows of it. Raises `NotFound` for what is no pipeline run."""
    drawings = [selectors.drawing_of(workspace, id) for id in (base, other)]
    graphs = [document.read(drawing.graph) for drawing in drawings]
    steps = [_steps(drawing.run_id) for drawing in drawings]
    hashed = _made_alike_apart(*steps)
    sides = [
        Side(label, graph, _outcomes(known, hashed))
        for label, graph, known in zip(("the base run", "the other run"), graphs, steps, strict=True)
    ]
    found = compare(*sides, _scripts(graphs))
    return {
        "left": _head(drawings[0]),
        "right": _head(drawings[1]),
        "nodes": [_node(one, graphs, steps) for one in found.nodes],
        "edges": [
            {
                "source": edge.source, "source_port": edge.source_port,
                "target": edge.target, "target_port": edge.target_port, "who": who,
            }
            for edge, who in found.edges
        ],
        "first": found.first,
        "components": components(graphs),
    }  # fmt: skip


def scripts(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Of each pipeline run the code that its nodes were given: [{"path", "language", "digest", "text"}]."""
    drawings = (
        PipelineRun.objects.filter(run__workspace=workspace, run__run_id__in=run_ids)
        .select_related("run")
        .only("graph", "run__run_id")
    )
    return {drawing.run.run_id: list(_scripts_of(document.read(drawing.graph))) for drawing in drawings}


def components(graphs: Iterable[Graph]) -> dict[str, Any]:
    """What a drawing needs to know of the components it uses, those that are gone left out."""
    catalogue = planning.catalogue()
    used = dict.fromkeys(node.component for graph in graphs for node in graph.nodes)
    return {id: _component(known) for id in used if (known := catalogue.get(id)) is not None}


def _component(component: Component) -> dict[str, Any]:
    return {
        "title": component.title,
        "family": component.family,
        "inputs": [port.name for port in component.inputs],
        "outputs": [port.name for port in component.outputs],
        "titles": {port.name: port.title for port in (*component.inputs, *component.outputs)},
        "params": {param.name: {"title": param.title, "language": param.language} for param in component.params},
    }


def _head(drawing: PipelineRun) -> dict[str, Any]:
    return {
        "run_id": drawing.run.run_id,
        "name": drawing.run.name,
        "status": drawing.run.status,
        "pipeline": drawing.pipeline.name,
        "revision": drawing.revision,
    }


def _steps(root: int) -> dict[str, Run]:
    """By node, with outputs and metrics."""
    found = (
        Run.objects.filter(parent=root)
        .select_related("reused_from")
        .defer("spec", "environment", "reused_from__spec", "reused_from__environment", "reused_from__key_parts")
        .prefetch_related("outputs")
        .order_by("pk")
    )
    steps = {step.node_id: step for step in found}
    by_pk = {step.pk: step for step in steps.values()}
    for step in by_pk.values():
        step.told_metrics = {}  # type: ignore[attr-defined]
    for run, key, last in MetricSummary.objects.filter(run__in=by_pk).values_list("run_id", "key", "last"):
        by_pk[run].told_metrics[key] = float("nan") if last is None else last  # type: ignore[attr-defined]
    return steps


def _origin(step: Run) -> str:
    return step.reused_from.run_id if step.reused_from else step.run_id


def _made_alike_apart(left: Mapping[str, Run], right: Mapping[str, Run]) -> set[str]:
    """Keys that both runs have computed, each for itself: only there the contents have to be looked at."""
    origins = [{_print(step): _origin(step) for step in steps.values()} for steps in (left, right)]
    shared = origins[0].keys() & origins[1].keys() - {""}
    return {key for key in shared if origins[0][key] != origins[1][key]}


def _print(step: Run) -> str:
    return reuse.fingerprint(step.key_parts) if changes.is_whole(step.key_parts) else ""


def _outcomes(steps: Mapping[str, Run], hashed: set[str]) -> dict[str, Outcome]:
    return {
        id: Outcome(
            status=step.status,
            origin=_origin(step),
            parts=step.key_parts,
            outputs={output.port: _told(output, _print(step) in hashed) for output in step.outputs.all()},
            metrics=step.told_metrics,  # type: ignore[attr-defined]
        )
        for id, step in steps.items()
    }


def _told(output: RunOutput, hashed: bool) -> dict[str, Any]:
    told = {"type": output.type, "summary": output.summary}
    name = FILES.get(output.type)
    if name is None or not hashed:
        return told
    return {**told, "bytes": output.bytes, "content": _content(output.path, name)}


def _content(key: str, name: str) -> str:
    """The beginning of a hash of what lies there; "" where it is gone, or too large to be read in passing."""
    try:
        path = storage.open_store(settings.STORE_DIR).local_path(key)
    except NotFound:
        return ""
    path = path / name if path.is_dir() else path
    if not path.is_file() or path.stat().st_size > LARGEST_HASHED:
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _scripts(graphs: Iterable[Graph]) -> dict[str, frozenset[str]]:
    catalogue = planning.catalogue()
    used = {node.component for graph in graphs for node in graph.nodes}
    return {
        id: frozenset(param.name for param in component.params if param.kind == "code")
        for id in used
        if (component := catalogue.get(id)) is not None
    }


def _scripts_of(graph: Graph) -> Iterable[dict[str, Any]]:
    catalogue = planning.catalogue()
    taken: dict[str, int] = {}
    for node in graph.nodes:
        component = catalogue.get(node.component)
        for param in component.params if component else ():
            text = node.params.get(param.name)
            if param.kind != "code" or not isinstance(text, str):
                continue
            path = f"{node.title} · {param.title}"
            taken[path] = taken.get(path, 0) + 1
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            number = f" ({taken[path]})" if taken[path] > 1 else ""
            yield {"path": path + number, "language": param.language, "digest": digest, "text": text}


def _node(one: Compared, graphs: Sequence[Graph], steps: Sequence[Mapping[str, Run]]) -> dict[str, Any]:
    drawn = graphs[1].node(one.right) if one.right else graphs[0].node(one.left or "")
    assert drawn is not None
    ids = (one.left, one.right)
    return {
        **one.to_json(),
        "title": drawn.title,
        "component": drawn.component,
        "x": drawn.x,
        "y": drawn.y,
        "sides": [_side(id, graph, known) for id, graph, known in zip(ids, graphs, steps, strict=True)],
    }


def _side(id: str | None, graph: Graph, steps: Mapping[str, Run]) -> dict[str, Any] | None:
    """A node as one of the runs has it."""
    drawn = graph.node(id) if id else None
    if drawn is None:
        return None
    step = steps.get(drawn.id)
    parts = step.key_parts if step else None
    told = {
        "title": drawn.title,
        "component": drawn.component,
        "params": parts["params"] if changes.is_whole(parts) and parts else dict(drawn.params),
        "data": parts["data"] if changes.is_whole(parts) and parts else None,
        "step": None,
    }
    if step is None:
        return told
    return {
        **told,
        "step": {
            "run_id": step.run_id,
            "status": step.status,
            "seconds": step.seconds,
            "peak_memory": step.peak_memory,
            "reused": step.reused_from_id is not None,
            "reason": step.reuse_reason,
            "error": (step.error or {}).get("message", ""),
            "metrics": {key: numbers.shown(value) for key, value in step.told_metrics.items()},  # type: ignore[attr-defined]
            "outputs": [
                {"port": output.port, "type": output.type, "bytes": output.bytes, "summary": output.summary}
                for output in sorted(step.outputs.all(), key=lambda output: output.port)
            ],
        },
    }
