"""Reading registered models and their versions. Lists never select what a version's folder says."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from registry import storage
from registry.errors import NotFound
from registry.mlmodels.models import (
    LoggedModelMetric,
    ModelAlias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from registry.runs import selectors as run_selectors
from registry.runs.models import MetricSummary, Run, RunInput, RunOutput
from registry.workspaces.models import Workspace

MOST_METRICS = 2000  # rows read for one page
MOST_SHOWN = 500_000  # bytes of a file that a page shows


def models_of(
    workspace: Workspace, *, q: str = "", tag: str = "", prompts: bool = False
) -> QuerySet[RegisteredModel]:
    """Most recently changed first, each with the number, task and algorithm of its newest version. Models, or prompts."""
    found = _with_newest(RegisteredModel.objects.filter(workspace=workspace, is_prompt=prompts))
    for word in q.split():
        tagged = RegisteredModelTag.objects.filter(Q(key__icontains=word) | Q(value__icontains=word), model=OuterRef("pk"))
        alias = ModelAlias.objects.filter(model=OuterRef("pk"), name__icontains=word)
        found = found.filter(
            Q(name__icontains=word) | Q(description__icontains=word) | Exists(tagged) | Exists(alias)
        )
    if tag:
        key, _, value = tag.partition("=")
        whole = RegisteredModelTag.objects.filter(model=OuterRef("pk"), key=key, value=value)
        found = found.filter(Exists(whole))
    return found.order_by("-updated_at", "-id")


def model(workspace: Workspace, name: str) -> RegisteredModel:
    if one := _with_newest(RegisteredModel.objects.filter(workspace=workspace, name=name)).first():
        return one
    raise NotFound(f"There is no model {name} in {workspace.name}. It may have been deleted.")


def versions_of(model: RegisteredModel) -> QuerySet[ModelVersion]:
    """Newest first, with the run each came from and who registered it."""
    return (
        model.versions.select_related("created_by", "model__workspace", "run__parent")
        .prefetch_related(_in_order("aliases", ModelAlias), _in_order("tags", ModelVersionTag))
        .defer(*_blobs("run__"), *_blobs("run__parent__"))
        .order_by("-number")
    )


def version(workspace: Workspace, name: str, number: int) -> ModelVersion:
    found = versions_of(model(workspace, name)).filter(number=number).first()
    if found is None:
        raise NotFound(f"The model {name} has no version {number}. It may have been deleted.")
    return found


def data_behind(versions: list[ModelVersion]) -> dict[int, list[RunInput]]:
    """The data versions that each version's run read, by the version's pk; one query for all."""
    roots = {v.pk: {v.run_id, v.run.parent_id} - {None} if v.run else set() for v in versions}
    inputs = RunInput.objects.filter(run_id__in=set().union(*roots.values())) if roots else RunInput.objects.none()
    read: dict[int, list[RunInput]] = {}
    for one in inputs.select_related("data_version__asset").order_by("data_version__asset__name", "id"):
        read.setdefault(one.run_id, []).append(one)
    return {pk: _each_once(i for run in runs for i in read.get(run, ())) for pk, runs in roots.items()}


def evaluations_behind(versions: list[ModelVersion]) -> dict[int, list[dict[str, Any]]]:
    """[{"name", "metrics"}] of what was evaluated in the run each version came from; one query for all."""
    roots = {v.pk: v.run.parent_id or v.run_id for v in versions if v.run}
    outputs = RunOutput.objects.filter(run__parent__in=set(roots.values()), type="evaluation").order_by("id")
    found: dict[int, list[dict[str, Any]]] = {}
    for root, summary in outputs.values_list("run__parent_id", "summary"):
        found.setdefault(root, []).extend(summary.get("models") or [])
    return {v.pk: _of_algorithm(v, found.get(roots[v.pk], [])) for v in versions if v.pk in roots}


def logged_behind(versions: list[ModelVersion]) -> dict[int, list[tuple[str, dict[str, float | None]]]]:
    """[(title, metrics)] that clients logged: on the model itself, by data set, and with its run; by the version's pk.
    Three queries for all."""
    runs = {v.pk: v.run_id for v in versions if v.run and v.run.kind == "tracked"}
    of_run: dict[int, dict[str, float | None]] = {}
    series = MetricSummary.objects.filter(run__in=set(runs.values())).order_by("key")
    for run, key, last in series.values_list("run", "key", "last")[:MOST_METRICS]:
        of_run.setdefault(run, {})[key] = last
    models = {v.pk: v.logged_model_id for v in versions if v.logged_model_id}
    of_model: dict[str, dict[str, dict[str, float | None]]] = {}
    workspaces = {v.model.workspace_id for v in versions}
    values = LoggedModelMetric.objects.filter(
        model__model_id__in=set(models.values()), model__experiment__workspace__in=workspaces
    ).order_by("timestamp", "step")
    for model_id, dataset, key, value in values.values_list("model__model_id", "dataset_name", "key", "value")[:MOST_METRICS]:
        of_model.setdefault(model_id, {}).setdefault(dataset, {})[key] = value
    found: dict[int, list[tuple[str, dict[str, float | None]]]] = {}
    for version in versions:
        measured = of_model.get(models.get(version.pk, ""), {})
        titled = [(f"Measured on {dataset}" if dataset else "Measured on the model", m) for dataset, m in measured.items()]
        # Clients tell their run what they measured on a model, too: once is enough.
        told = {(key, value) for metrics in measured.values() for key, value in metrics.items()}
        if rest := {k: v for k, v in of_run.get(runs.get(version.pk, 0), {}).items() if (k, v) not in told}:
            titled.append(("Logged by its run", rest))
        found[version.pk] = titled
    return found


def texts(version: ModelVersion) -> dict[str, str]:
    """The small files of a version's folder that people read: requirements, input example, the description itself."""
    inside = folder(version)
    found = {}
    for name in ("requirements.txt", "input_example.json", "MLmodel"):
        path = inside / name
        if path.is_file() and path.stat().st_size <= MOST_SHOWN:
            found[name.partition(".")[0]] = path.read_text(encoding="utf-8", errors="replace")
    return found


def made_by(run: Run) -> QuerySet[ModelVersion]:
    """The versions that came from this run or one of its steps."""
    return (
        ModelVersion.objects.filter(run__in=run_selectors.tree(run))
        .select_related("model", "run")
        .defer(*_blobs("run__"))
        .order_by("model__name", "number")
    )


def folder(version: ModelVersion) -> Path:
    """The MLflow model of a version, readable on this machine. Raises `NotFound` where it has none of its own."""
    if not version.path:
        raise NotFound(f"{version} has no files of its own in the studio.")
    return storage.open_store(settings.STORE_DIR).local_path(version.path)


def _with_newest(models: QuerySet[RegisteredModel]) -> QuerySet[RegisteredModel]:
    newest = ModelVersion.objects.filter(model=OuterRef("pk")).order_by("-number")
    return models.select_related("created_by", "workspace").prefetch_related(
        _in_order("tags", RegisteredModelTag),
        Prefetch("aliases", ModelAlias.objects.select_related("version").order_by("name")),
    ).annotate(
        version_count=Count("versions"),
        newest_number=Max("versions__number"),
        newest_task=Subquery(newest.values("details__task")[:1]),
        newest_algorithm=Subquery(newest.values("details__algorithm")[:1]),
    )


def _in_order(name: str, kind: Any) -> Prefetch:
    """What hangs on a row in the order in which it was put there; aliases by name."""
    return Prefetch(name, kind.objects.order_by("name" if kind is ModelAlias else "pk"))


def _of_algorithm(version: ModelVersion, evaluated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where two algorithms were compared, what was said of this one; all of it where the names do not tell."""
    words = set(_words(version.details.get("algorithm")))
    ours = [one for one in evaluated if words and words <= set(_words(one.get("name")))]
    return ours or evaluated


def _words(text: Any) -> list[str]:
    return str(text or "").lower().replace("-", " ").split()


def _blobs(prefix: str) -> list[str]:
    return [prefix + field for field in ("spec", "environment", "key_parts", "error", "progress")]


def _each_once(inputs: Any) -> list[RunInput]:
    return list({one.data_version_id: one for one in inputs}.values())
