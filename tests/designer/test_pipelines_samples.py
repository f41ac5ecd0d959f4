"""The sample pipelines: neatly drawn, without problems, and each does what it promises."""

import inspect

import pytest

from designer.catalogue import tables, values
from designer.catalogue.component import Component
from designer.catalogue.schema import Column, TableSchema
from designer.compiler import check, schema
from designer.compiler.assets import Asset, AssetRef, Assets
from designer.compiler.compile import compile
from designer.graph import document
from designer.pipelines import planning, sample_data, samples
from designer.pipelines.models import Pipeline
from registry.errors import Invalid, NotFound, Refused

CATALOGUE = planning.catalogue()
WIDTH, HEIGHT = 220, 118  # of a node with a comment, as the canvas draws it

SAMPLES = pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.slug)


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """Each sample's table as an import would keep it, and as the compiler sees it."""
    kept = {}
    for data in sample_data.SAMPLE_DATA:
        folder = tmp_path_factory.mktemp(data.slug)
        table = sample_data.frame(data.slug)
        values.save(table, "table", folder)
        columns = tuple(Column(name, kind) for name, kind in tables.kinds(table).items())
        asset = Asset(data.name, 1, "ready", TableSchema(columns), str(folder), f"hash of {data.slug}")
        kept[data.slug] = asset
    return kept


def assets(frames):
    return Assets({AssetRef(asset.name): asset for asset in frames.values()}, tuple(a.name for a in frames.values()))


def test_there_is_a_sample_for_every_task_and_one_that_compares():
    assert [sample.task for sample in samples.SAMPLES[:4]] == ["binary", "multiclass", "regression", "clustering"]
    assert any("compared" in place.wires for sample in samples.SAMPLES for place in sample.places)
    assert len({sample.slug for sample in samples.SAMPLES}) == len(samples.SAMPLES)


@pytest.mark.parametrize("data", sample_data.SAMPLE_DATA, ids=lambda data: data.slug)
def test_a_sample_table_has_its_label_and_clean_names(data):
    table = sample_data.frame(data.slug)

    assert data.label in table.columns
    assert len(table) > 100
    assert not table.isna().any().any()
    assert all(name == name.strip() and len(name) < 40 for name in table.columns)


@SAMPLES
def test_a_sample_has_no_problems(sample, frames):
    drawn = samples.draw(sample)

    assert check.problems(drawn, CATALOGUE, assets(frames)) == []
    assert document.read(document.write(drawn)) == drawn


def corner(node):
    return node.x, node.y, node.x + WIDTH, node.y + (HEIGHT if node.comment else HEIGHT - 36)


def way(drawn, edge):
    """Points along a wire, as the canvas draws it: from a lower edge to an upper one, in a soft S."""
    source, target = drawn.node(edge.source), drawn.node(edge.target)
    outputs = [port.name for port in CATALOGUE[source.component].outputs]
    inputs = [port.name for port in CATALOGUE[target.component].inputs]
    x0 = source.x + WIDTH * (outputs.index(edge.source_port) + 1) / (len(outputs) + 1)
    x1 = target.x + WIDTH * (inputs.index(edge.target_port) + 1) / (len(inputs) + 1)
    y0, y1 = corner(source)[3], target.y
    middle = (y0 + y1) / 2
    for step in range(1, 50):
        t = step / 50
        u = 1 - t
        yield (
            u**3 * x0 + 3 * u * u * t * x0 + 3 * u * t * t * x1 + t**3 * x1,
            u**3 * y0 + 3 * u * u * t * middle + 3 * u * t * t * middle + t**3 * y1,
        )


@SAMPLES
def test_a_sample_is_drawn_downwards_without_overlaps(sample):
    drawn = samples.draw(sample)

    for one in drawn.nodes:
        for other in drawn.nodes:
            apart = abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
            assert one is other or apart, (one.id, other.id)
    assert all(drawn.node(edge.source).y < drawn.node(edge.target).y for edge in drawn.edges)


@SAMPLES
def test_no_wire_of_a_sample_runs_behind_a_node(sample):
    drawn = samples.draw(sample)

    hidden = set()
    for edge in drawn.edges:
        for node in drawn.nodes:
            left, top, right, bottom = corner(node)
            if any(left < x < right and top < y < bottom for x, y in way(drawn, edge)):
                hidden.add((edge.source, edge.target, node.id))
    assert hidden == set()


@SAMPLES
def test_a_sample_keeps_its_promise(sample, frames):
    plan = compile(samples.draw(sample), CATALOGUE, assets(frames), {})
    left = {}
    for step in plan.spec.steps:
        component = CATALOGUE[step.component]
        inputs = {port.name: None for port in component.inputs}
        inputs |= {port: left[source.step, source.port] for port, source in step.inputs.items()}
        for port, value in component.run(**inputs, **step.params).items():
            left[step.id, port] = values.opened(value, step.outputs[port])

    evaluation = left["evaluate", "evaluation"]
    metrics = [model["metrics"] for model in evaluation["models"]]
    assert evaluation["task"] == sample.task
    match sample.slug:
        case "binary":
            assert metrics[0]["auc"] > 0.97
            assert len(left["importance", "table"]) == 30
        case "multiclass":
            assert metrics[0]["accuracy"] > 0.9
        case "regression":
            assert 0.3 < metrics[0]["r2"] < 0.7
        case "clustering":
            assert metrics[0]["silhouette"] > 0.4
        case "comparison":
            assert [round(each["auc"], 1) for each in metrics] == [0.7, 0.7]


@SAMPLES
def test_what_is_foreseen_is_what_comes(sample, frames):
    drawn = samples.draw(sample)
    foreseen = schema.propagate(drawn, CATALOGUE, assets(frames))
    left = {}
    for step in compile(drawn, CATALOGUE, assets(frames), {}).spec.steps:
        component = CATALOGUE[step.component]
        inputs = {port.name: None for port in component.inputs}
        inputs |= {port: left[source.step, source.port] for port, source in step.inputs.items()}
        for port, value in component.run(**inputs, **step.params).items():
            left[step.id, port] = values.opened(value, step.outputs[port])
            seen = foreseen[step.id].outputs[port]
            if step.outputs[port] == "table" and seen.known:
                assert seen.names() == list(left[step.id, port].columns), (step.id, port)


@pytest.mark.parametrize("component", CATALOGUE, ids=lambda component: component.id)
def test_a_component_can_be_called_as_it_is_compiled(component: Component):
    given = [port.name for port in component.inputs] + [param.name for param in component.params]
    if any(param.kind == "asset" for param in component.params):
        given.append("path")

    inspect.signature(component.run).bind(**dict.fromkeys(given))


@pytest.mark.django_db
def test_a_sample_is_put_into_a_workspace_that_has_its_data(workspace, carl, data_version):
    data_version(name="Wine", columns=[("alcohol", "number"), ("cultivar", "category")])

    made = samples.create(workspace=workspace, by=carl, slug="multiclass")

    stored = Pipeline.objects.get()
    assert stored == made
    assert (stored.sample, stored.name, stored.node_count) == ("multiclass", "Wines: which cultivar?", 7)
    assert document.read(stored.graph) == samples.draw(samples.find("multiclass"))


@pytest.mark.django_db
def test_a_sample_without_its_data_says_what_is_missing(workspace, alice, rita, oscar, data_version):
    with pytest.raises(Invalid, match="needs the data “Wine”"):
        samples.create(workspace=workspace, by=alice, slug="multiclass")
    data_version(name="Wine", status="importing")
    with pytest.raises(Invalid, match="not imported yet"):
        samples.create(workspace=workspace, by=alice, slug="multiclass")
    with pytest.raises(NotFound):
        samples.create(workspace=workspace, by=alice, slug="no-such-sample")
    with pytest.raises(Refused):
        samples.create(workspace=workspace, by=rita, slug="multiclass")
    with pytest.raises(NotFound):
        samples.create(workspace=workspace, by=oscar, slug="multiclass")
    assert not Pipeline.objects.exists()
