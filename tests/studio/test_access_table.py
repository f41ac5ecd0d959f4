"""Every URL and API route, asked by everybody, against the written table."""

import inspect
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from registry.mlflow_api.views import protocol
from tests.registry import make
from tests.studio.access_table import TABLE

METHODS = ("get", "post", "put", "patch", "delete")


def test_every_route_has_a_row_and_every_row_a_route():
    routes = set(_routes())

    assert routes - set(TABLE) == set(), "write a row for it in tests/studio/access_table.py"
    assert set(TABLE) - routes == set(), "this row's route is gone"


@pytest.mark.django_db
def test_everybody_gets_the_answer_of_the_table(workspace, alice, carl, rita, oscar, client_for):
    scene = _scene(workspace, alice)
    people = {"anonymous": None, "outsider": oscar, "reader": rita, "contributor": carl, "owner": alice}
    wrong = []

    for (method, route), (body, expected) in TABLE.items():
        address = _address(route, scene)
        answers = tuple(_answer(client_for(person), method, address, body) for person in people.values())
        if answers != expected:
            wrong.append(f"{method} {route}\n    got      {answers}\n    expected {expected}")

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/w/lab/nothing", "/api/nothing", "/nothing", "/w/lab/nothing/"])
def test_where_there_is_nothing_everybody_hears_the_same(workspace, alice, client_for, path):
    answers = [client_for(person).get(path) for person in (None, alice)]

    assert [a.status_code for a in answers] == [404, 404]
    if path.startswith("/api/"):
        assert [a.json()["code"] for a in answers] == ["not-found", "not-found"]


class _Undo(Exception):
    """Takes back whatever a request changed, so that the next person finds the same scene."""


def _answer(client: Client, method: str, address: str, body: Any) -> int:
    cache.clear()
    sent: dict[str, Any] = {}
    if isinstance(body, bytes):
        sent = {"data": body, "content_type": "application/octet-stream", "headers": {"Upload-Offset": "0"}}
    elif address.startswith("/api/") and method != "GET":
        sent = {"data": body or {}, "content_type": "application/json"}
    elif body is not None:
        sent = {"data": body}
    status = 0
    try:
        with transaction.atomic():
            response = getattr(client, method.lower())(address, **sent)
            status = response.status_code
            if response.streaming:
                b"".join(response)  # a file is closed when its last piece is read
            raise _Undo
    except _Undo:
        return status


def _routes() -> Iterator[tuple[str, str]]:
    for route, pattern in _walk(get_resolver()):
        for method in _methods(pattern):
            yield method.upper(), route


def _walk(resolver: Any, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            # The tracking protocol has a table of its own: `tests/protocol/test_roles.py` asks every route of it.
            if pattern.callback is not protocol:
                yield route, pattern
        else:
            yield from _walk(pattern, route)


def _methods(pattern: URLPattern) -> list[str]:
    """What a view understands: the methods of its class, else those its decorator lets through."""
    view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
    if view is not None:
        return [m for m in METHODS if hasattr(view, m)]
    inner = pattern.callback
    while inner is not None:
        variables = inspect.getclosurevars(inner).nonlocals if inspect.isfunction(inner) else {}
        if "request_method_list" in variables:
            return [m.lower() for m in variables["request_method_list"]]
        inner = getattr(inner, "__wrapped__", None)
    raise AssertionError(f"{pattern.pattern}: decorate the view with require_GET, require_POST or require_http_methods")


def _address(route: str, scene: SimpleNamespace) -> str:
    def filled(match: re.Match[str]) -> str:
        name = match[1]
        if name == "name":
            return "income" if "/models/" in route else "adult"
        return str(getattr(scene, name)() if callable(getattr(scene, name)) else getattr(scene, name))

    return re.sub(r"<(?:\w+:)?(\w+)>", filled, route)


def _scene(workspace: Any, alice: Any) -> SimpleNamespace:
    """One of everything in the workspace."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from django.conf import settings

    from designer.pipelines import services as pipelines
    from designer.pipelines.models import PipelineRun
    from registry.accounts import services as accounts
    from registry.boards.models import SavedView
    from registry.data.models import Upload
    from registry.mlmodels.models import LoggedModel, ModelAlias, ModelVersion, RegisteredModel
    from registry.reports import services as reports
    from registry.runs import experiments
    from registry.runs.models import Comment, Experiment
    from registry.traces.models import Trace
    from registry.workspaces import services as workspaces
    from tests.conftest import person

    version = make.data_version(workspace, rows=2, path="data/1/1/table.parquet", columns=[{"name": "age", "kind": "integer"}])
    folder = settings.STORE_DIR / "data" / "1" / "1"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"age": [39, 50]}), folder / "table.parquet")
    (folder / "profile.json").write_text('{"rows": 2, "columns": []}')
    version.profile_path = "data/1/1/profile.json"
    version.save()

    run = make.run(workspace, alice, spec=True)
    make.metric(run, "auc", 0.9)
    make.table(run)
    make.artifact(run, "notes/read me.txt", b"Hello")
    logged = LoggedModel.objects.create(experiment=experiments.default(workspace), name="m", run=run)
    comment = Comment.objects.create(run=run, author=alice, text="Good.")
    pipeline = pipelines.create(workspace=workspace, by=alice, name="Income")
    PipelineRun.objects.create(pipeline=pipeline, run=run, revision=1, graph=pipeline.graph)
    model = RegisteredModel.objects.create(workspace=workspace, name="income")
    make.model_folder(settings.STORE_DIR / "models" / "1" / "1")
    version_1 = ModelVersion.objects.create(model=model, number=1, path="models/1/1", run=run)
    ModelAlias.objects.create(model=model, version=version_1, name="champion")
    upload = Upload.objects.create(workspace=workspace, created_by=alice, filename="a.csv", size=8)
    token, _ = accounts.make_token(user=alice, name="nightly")
    nobody_yet, _ = workspaces.invite(workspace=workspace, by=alice, username="ines", role="reader")
    guest = person("guest")
    experiment = Experiment.objects.create(workspace=workspace, name="Churn")
    trace = Trace.objects.create(workspace=workspace, experiment=experiment, trace_id="tr-1", request_time=0)
    view = SavedView.objects.create(workspace=workspace, owner=alice, kind="runs", name="Best", shared=True)
    block = "```atelier\nshow: table\n```\n"
    report = reports.create(workspace=workspace, by=alice, title="What we found", body=block * 2)
    link = reports.share(report=report, by=alice)
    return SimpleNamespace(
        report=report.pk, link=link,
        experiment=experiment.pk, view=view.pk,
        workspace="lab", upload_id=upload.pk, number=1, run_id=run.run_id, port="table", key="auc", id=pipeline.pk,
        pipeline=pipeline.pk, revision=1, slug="binary", token_id=token.pk, user_id=nobody_yet.user_id,
        secret=lambda: accounts.make_link(user=guest), comment=comment.pk, model_id=logged.model_id, alias="champion", trace_id=trace.trace_id, path="notes/read me.txt",
    )  # fmt: skip
