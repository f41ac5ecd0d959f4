"""Ready pipelines to start from: one for each task, and one that compares two models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from designer.graph import document
from designer.graph.graph import Edge, Graph, Node
from designer.pipelines import planning, sample_data, services
from designer.pipelines.models import Pipeline
from designer.pipelines.sample_data import SAMPLE_DATA, SampleData
from registry.data.models import DataAsset, VersionStatus
from registry.errors import Invalid, NotFound
from registry.workspaces import access
from registry.workspaces.models import Workspace

__all__ = ["SAMPLES", "SAMPLE_DATA", "Sample", "SampleData", "create", "find"]

# Distances of the drawing, of one node's corner to the next; the canvas draws nodes 220 wide and 82 high.
COLUMN, ROW = 270, 152


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a sample. `at` counts columns and rows; `wires` says what its input ports take: "id" or "id.port"."""

    id: str
    component: str
    at: tuple[float, float]
    wires: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    slug: str
    title: str
    description: str
    task: str
    data: str  # slug of the sample data set
    places: tuple[Place, ...]


def find(slug: str) -> Sample:
    for sample in SAMPLES:
        if sample.slug == slug:
            return sample
    raise NotFound(f"There is no sample pipeline {slug!r}.")


def draw(sample: Sample) -> Graph:
    """The sample as a graph. Versions and titles are those of the catalogue as it is now."""
    catalogue = planning.catalogue()
    components = {place.id: catalogue[place.component] for place in sample.places}
    nodes = tuple(
        Node(
            place.id,
            place.component,
            components[place.id].version,
            place.title or components[place.id].title,
            place.at[0] * COLUMN,
            place.at[1] * ROW,
            dict(place.params),
            place.comment,
        )
        for place in sample.places
    )
    edges = []
    for place in sample.places:
        for port, source in place.wires.items():
            id, _, source_port = source.partition(".")
            edges.append(Edge(id, source_port or components[id].outputs[0].name, place.id, port))
    return Graph(nodes, tuple(edges))


def create(*, workspace: Workspace, by: Any, slug: str) -> Pipeline:
    """A pipeline of the sample in this workspace. Raises `Invalid` where its data is not there."""
    access.require(by, "pipelines.edit", workspace)
    sample = find(slug)
    data = sample_data.find(sample.data)
    ready = DataAsset.objects.filter(
        workspace=workspace, name=data.name, archived_at=None, versions__status=VersionStatus.READY
    )
    if not ready.exists():
        raise Invalid(
            f"The sample “{sample.title}” needs the data “{data.name}”, which is not in this workspace or not "
            "imported yet. Import it under that name, or take another sample.",
            code="sample-data-missing",
            fields={"data": data.name},
        )
    return services.create(
        workspace=workspace,
        by=by,
        name=sample.title,
        description=sample.description,
        graph=document.write(draw(sample)),
        sample=sample.slug,
    )


def _data(slug: str, at: tuple[float, float]) -> Place:
    name = sample_data.find(slug).name
    return Place("data", "data", at, params={"asset": {"name": name, "version": None}}, title=name)


def _label(slug: str) -> str:
    return sample_data.find(slug).label


def _split(at: tuple[float, float], *, label: str = "") -> Place:
    params: dict[str, Any] = {"fraction": 0.7}
    if label:
        params |= {"stratified": True, "key": label}
    return Place(
        "split",
        "split-data",
        at,
        {"rows": "data"},
        params,
        comment="70 of 100 rows to learn from, 30 to test on",
    )


BINARY = Sample(
    "binary",
    "Tumours: malignant or benign?",
    "Learns to tell malignant tumours from benign ones, tests on rows it has not seen, and shows which measurements "
    "the model relies on.",
    "binary",
    "breast-cancer",
    (
        _data("breast-cancer", (1, 0)),
        Place("algorithm", "two-class-logistic-regression", (0, 1)),
        _split((1, 1), label=_label("breast-cancer")),
        Place(
            "train",
            "train-model",
            (0.5, 2),
            {"untrained": "algorithm", "rows": "split.first"},
            {"label": _label("breast-cancer")},
        ),
        Place("score", "score-model", (1, 3), {"model": "train", "rows": "split.second"}),
        Place("importance", "permutation-importance", (2, 3), {"model": "train", "rows": "split.second"}),
        Place("evaluate", "evaluate-model", (1, 4), {"scored": "score"}),
    ),
)

MULTICLASS = Sample(
    "multiclass",
    "Wines: which cultivar?",
    "Tells three cultivars apart by the chemistry of their wines, with boosted decision trees, and tests the algorithm "
    "on every row by cross-validation.",
    "multiclass",
    "wine",
    (
        _data("wine", (1.2, 0)),
        Place("algorithm", "multiclass-boosted-tree", (0, 0)),
        _split((1.5, 1), label=_label("wine")),
        Place(
            "validate",
            "cross-validate",
            (-0.9, 1),
            {"untrained": "algorithm", "rows": "data"},
            {"label": _label("wine"), "folds": 5},
        ),
        Place(
            "train",
            "train-model",
            (0.5, 2),
            {"untrained": "algorithm", "rows": "split.first"},
            {"label": _label("wine")},
        ),
        Place("score", "score-model", (1.1, 3), {"model": "train", "rows": "split.second"}),
        Place("evaluate", "evaluate-model", (1.1, 4), {"scored": "score"}),
    ),
)

REGRESSION = Sample(
    "regression",
    "Diabetes: how far in a year?",
    "Foretells how far a patient's diabetes will have progressed in a year, with linear regression on normalized "
    "measurements.",
    "regression",
    "diabetes",
    (
        _data("diabetes", (1, 0)),
        _split((1, 1)),
        Place(
            "normalize",
            "normalize-data",
            (0.5, 2),
            {"rows": "split.first"},
            {"columns": {"all": True, "kinds": [], "names": [], "except": [_label("diabetes")]}},
        ),
        Place("algorithm", "linear-regression", (-0.5, 2)),
        Place(
            "apply",
            "apply-transformation",
            (1.5, 3),
            {"transform": "normalize.transform", "rows": "split.second"},
        ),
        Place(
            "train",
            "train-model",
            (0, 3),
            {"untrained": "algorithm", "rows": "normalize.table"},
            {"label": _label("diabetes")},
        ),
        Place("score", "score-model", (0.75, 4), {"model": "train", "rows": "apply"}),
        Place("evaluate", "evaluate-model", (0.75, 5), {"scored": "score"}),
    ),
)

CLUSTERING = Sample(
    "clustering",
    "Irises: which belong together?",
    "Finds three groups among irises by the sizes of their leaves, without being told the species.",
    "clustering",
    "iris",
    (
        _data("iris", (1, 0)),
        Place(
            "select",
            "select-columns",
            (0.45, 1),
            {"rows": "data"},
            {"columns": {"all": True, "kinds": [], "names": [], "except": [_label("iris")]}},
            comment="Without the species: nobody may tell",
        ),
        Place("algorithm", "k-means", (-0.55, 1), params={"clusters": 3}),
        Place("train", "train-model", (0, 2), {"untrained": "algorithm", "rows": "select"}),
        # The species goes along to the scored rows, so that a person can compare groups and species.
        Place("score", "score-model", (1, 3), {"model": "train", "rows": "data"}),
        Place("evaluate", "evaluate-model", (1, 4), {"scored": "score"}),
    ),
)

COMPARISON = Sample(
    "comparison",
    "Affairs: two models compared",
    "Trains logistic regression and boosted decision trees on the same rows and puts both into the same charts.",
    "binary",
    "affairs",
    (
        _data("affairs", (1, 0)),
        Place("logistic", "two-class-logistic-regression", (0, 1)),
        _split((1, 1), label=_label("affairs")),
        Place("boosted", "two-class-boosted-tree", (2, 1), params={"trees": 60, "learning_rate": 0.1}),
        Place(
            "train-logistic",
            "train-model",
            (-0.1, 2),
            {"untrained": "logistic", "rows": "split.first"},
            {"label": _label("affairs")},
            title="Train logistic",
        ),
        Place(
            "train-boosted",
            "train-model",
            (2.1, 2),
            {"untrained": "boosted", "rows": "split.first"},
            {"label": _label("affairs")},
            title="Train boosted",
        ),
        Place(
            "score-logistic",
            "score-model",
            (0.5, 3),
            {"model": "train-logistic", "rows": "split.second"},
            title="Score logistic",
        ),
        Place(
            "score-boosted",
            "score-model",
            (1.5, 3),
            {"model": "train-boosted", "rows": "split.second"},
            title="Score boosted",
        ),
        Place(
            "evaluate", "evaluate-model", (1, 4), {"scored": "score-logistic", "compared": "score-boosted"}
        ),
    ),
)

SAMPLES = (BINARY, MULTICLASS, REGRESSION, CLUSTERING, COMPARISON)
