"""A thing and its neighbours, one step in both directions. Whoever wants to see further asks for a neighbour's.

A node is named `kind:key`: `run:<run id>`, `data:<name>/<number>`, `dataset:<pk>` (logged by a client),
`model:<id>` (a logged model), `version:<name>/<number>` (a registered one). Edges point from cause to effect.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from registry.data.models import DataVersion
from registry.errors import Invalid, NotFound
from registry.mlmodels.models import LoggedModel, ModelUse, ModelVersion
from registry.runs.models import Dataset, DatasetUse, Run, RunInput
from registry.runs.selectors import BLOBS
from registry.workspaces.models import Workspace

# Of one relation so many are shown; how many there are is said.
MOST = 8


class Picture:
    """Nodes and edges, each once."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str, str], dict[str, str]] = {}

    def node(self, id: str, kind: str, title: str, subtitle: str = "", **facts: Any) -> str:
        self.nodes.setdefault(id, {"id": id, "kind": kind, "title": title, "subtitle": subtitle, **facts})
        return id

    def edge(self, source: str, target: str, words: str) -> None:
        if source != target:
            self.edges[source, target, words] = {"source": source, "target": target, "words": words}

    def many(self, found: Iterable[Any], add: Callable[[Any], str], link: Callable[[str], None], near: str, words: str) -> None:
        """The first of a relation, and at the node beside them that there are more."""
        rows = list(found)
        for row in rows[:MOST]:
            link(add(row))
        if len(rows) > MOST:
            self.nodes[near].setdefault("more", []).append(words)

    def as_dict(self, root: str) -> dict[str, Any]:
        return {"root": root, "nodes": list(self.nodes.values()), "edges": list(self.edges.values())}


def around(workspace: Workspace, node: str) -> dict[str, Any]:
    """The node with its neighbours: {"root", "nodes", "edges"}. Raises `NotFound` for what is not in the workspace."""
    kind, _, key = node.partition(":")
    look = LOOKS.get(kind)
    if look is None or not key or "\0" in key:
        raise Invalid(f"`node` is one of {', '.join(f'{name}:…' for name in LOOKS)}.", fields={"node": node})
    picture = Picture()
    return picture.as_dict(look(picture, workspace, key))


def _around_run(picture: Picture, workspace: Workspace, key: str) -> str:
    run = Run.objects.filter(workspace=workspace, run_id=key).select_related("parent").defer(*BLOBS).first()
    if run is None:
        raise NotFound("There is no such run in this workspace.")
    run = run.parent or run
    here = _run(picture, run)
    tree = Run.objects.filter(Q(pk=run.pk) | Q(parent=run)).values("pk")

    inputs = RunInput.objects.filter(run=run).select_related("data_version__asset").order_by("id")
    picture.many(inputs[: MOST + 1], lambda i: _data(picture, i.data_version), lambda id: picture.edge(id, here, "read by"), here, "data")
    uses = DatasetUse.objects.filter(run=run).select_related("dataset").order_by("id")
    picture.many(uses[: MOST + 1], lambda u: _dataset(picture, u.dataset), lambda id: picture.edge(id, here, "read by"), here, "data sets")

    _models_of(picture, workspace, run, tree, here)
    if run.nested_in_id:
        outer = Run.objects.filter(pk=run.nested_in_id).defer(*BLOBS).first()
        if outer is not None:
            picture.edge(_run(picture, outer), here, "contains")
    nested = _runs().filter(nested_in=run).order_by("id")
    picture.many(nested[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(here, id, "contains"), here, "nested runs")

    if run.resumed_from_id:
        earlier = Run.objects.filter(pk=run.resumed_from_id).defer(*BLOBS).first()
        if earlier is not None:
            picture.edge(_run(picture, earlier), here, "gone on from by")
    later = _runs().filter(resumed_from=run).order_by("-id")
    picture.many(later[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(here, id, "gone on from by"), here, "later runs")

    # Whose results it took, and who took its own: between whole runs, however many nodes it was.
    lent = _runs().filter(pk__in=Run.objects.filter(parent=run, reused_from__isnull=False).values("reused_from__parent"))
    picture.many(
        lent.exclude(pk=run.pk).order_by("-id")[: MOST + 1], lambda r: _run(picture, r),
        lambda id: picture.edge(id, here, "reused by"), here, "reused runs",
    )  # fmt: skip
    takers = _runs().filter(pk__in=Run.objects.filter(reused_from__parent=run).values("parent"))
    picture.many(
        takers.exclude(pk=run.pk).order_by("-id")[: MOST + 1], lambda r: _run(picture, r),
        lambda id: picture.edge(here, id, "reused by"), here, "runs that reuse it",
    )  # fmt: skip

    return here


def _models_of(picture: Picture, workspace: Workspace, run: Run, tree: Any, here: str) -> None:
    """What the run read and made of models, and the versions that came of them."""
    uses = list(ModelUse.objects.filter(run=run).order_by("id").values_list("model_id", "direction"))
    made = {id for id, direction in uses if direction == ModelUse.Direction.OUTPUT}
    read = {id for id, direction in uses if direction == ModelUse.Direction.INPUT}
    logged = LoggedModel.objects.filter(experiment__workspace=workspace, deleted_at=None).order_by("id")
    picture.many(
        logged.filter(Q(model_id__in=made) | Q(run=run))[: MOST + 1], lambda m: _logged(picture, m),
        lambda id: picture.edge(here, id, "made"), here, "models",
    )  # fmt: skip
    picture.many(
        logged.filter(model_id__in=read - made)[: MOST + 1], lambda m: _logged(picture, m),
        lambda id: picture.edge(id, here, "read by"), here, "models",
    )  # fmt: skip
    versions = _versions(workspace).filter(run__in=tree).order_by("model__name", "number")
    for version in versions[:MOST]:
        model = f"model:{version.logged_model_id}"
        picture.edge(model if model in picture.nodes else here, _version(picture, version), "registered as")


def _around_data(picture: Picture, workspace: Workspace, key: str) -> str:
    name, _, number = key.rpartition("/")
    found = DataVersion.objects.filter(asset__workspace=workspace, asset__name=name, number=_number(number)).select_related("asset")
    version = found.first()
    if version is None:
        raise NotFound(f"There is no version {number} of {name} in this workspace.")
    here = _data(picture, version)
    runs = _runs().filter(pk__in=RunInput.objects.filter(data_version=version).values("run"), parent=None).order_by("-id")
    picture.many(runs[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(here, id, "read by"), here, "runs")
    return here


def _around_dataset(picture: Picture, workspace: Workspace, key: str) -> str:
    dataset = Dataset.objects.filter(experiment__workspace=workspace, pk=_number(key)).first()
    if dataset is None:
        raise NotFound("There is no such data set in this workspace.")
    here = _dataset(picture, dataset)
    runs = _runs().filter(pk__in=DatasetUse.objects.filter(dataset=dataset).values("run")).order_by("-id")
    picture.many(runs[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(here, id, "read by"), here, "runs")
    return here


def _around_model(picture: Picture, workspace: Workspace, key: str) -> str:
    model = LoggedModel.objects.filter(experiment__workspace=workspace, model_id=key).select_related("run").first()
    if model is None:
        raise NotFound("There is no such logged model in this workspace.")
    here = _logged(picture, model)
    uses = ModelUse.objects.filter(model_id=key)
    made_by = uses.filter(direction=ModelUse.Direction.OUTPUT).values("run")
    makers = _runs().filter(Q(pk=model.run_id) | Q(pk__in=made_by), workspace=workspace)
    picture.many(makers[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(id, here, "made"), here, "runs")
    readers = _runs().filter(pk__in=uses.filter(direction=ModelUse.Direction.INPUT).values("run"), workspace=workspace).order_by("-id")
    picture.many(readers[: MOST + 1], lambda r: _run(picture, r), lambda id: picture.edge(here, id, "read by"), here, "runs")
    versions = _versions(workspace).filter(logged_model_id=key).order_by("model__name", "number")
    picture.many(
        versions[: MOST + 1], lambda v: _version(picture, v), lambda id: picture.edge(here, id, "registered as"), here, "versions"
    )
    return here


def _around_version(picture: Picture, workspace: Workspace, key: str) -> str:
    name, _, number = key.rpartition("/")
    version = _versions(workspace).filter(model__name=name, number=_number(number)).select_related("run__parent").first()
    if version is None:
        raise NotFound(f"The model {name} has no version {number}. It may have been deleted.")
    here = _version(picture, version)
    model = LoggedModel.objects.filter(
        experiment__workspace=workspace, model_id=version.logged_model_id or "-", deleted_at=None
    ).first()
    if model is not None:
        picture.edge(_logged(picture, model), here, "registered as")
    if version.run is not None:
        run = _run(picture, version.run.parent or version.run)
        picture.edge(run, f"model:{model.model_id}" if model is not None else here, "made" if model else "registered as")
    return here


LOOKS: dict[str, Callable[[Picture, Workspace, str], str]] = {
    "run": _around_run,
    "data": _around_data,
    "dataset": _around_dataset,
    "model": _around_model,
    "version": _around_version,
}


def _run(picture: Picture, run: Run) -> str:
    return picture.node(
        f"run:{run.run_id}", "run", run.name, run.source or run.kind, run_id=run.run_id, status=run.status,
        created_at=run.created_at, deleted=run.deleted_at is not None,
    )  # fmt: skip


def _data(picture: Picture, version: DataVersion) -> str:
    name = version.asset.name
    return picture.node(
        f"data:{name}/{version.number}", "data", name, f"version {version.number}", name=name, number=version.number
    )


def _dataset(picture: Picture, dataset: Dataset) -> str:
    return picture.node(f"dataset:{dataset.pk}", "dataset", dataset.name, f"logged, {dataset.digest[:12]}")


def _logged(picture: Picture, model: LoggedModel) -> str:
    return picture.node(f"model:{model.model_id}", "model", model.name, model.model_type or "logged model", model_id=model.model_id)


def _version(picture: Picture, version: ModelVersion) -> str:
    name = version.model.name
    return picture.node(
        f"version:{name}/{version.number}", "version", name, f"version {version.number}", name=name, number=version.number
    )


def _runs() -> Any:
    return Run.objects.filter(deleted_at=None).defer(*BLOBS)


def _versions(workspace: Workspace) -> Any:
    return ModelVersion.objects.filter(model__workspace=workspace).select_related("model")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else -1
