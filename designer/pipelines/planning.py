"""Between the records and the compiler: the catalogue, the data assets of a workspace, the libraries' versions."""

import platform
from collections.abc import Collection
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from designer.catalogue.catalogue import Catalogue
from designer.catalogue.schema import Column, TableSchema
from designer.compiler import assets as data
from designer.compiler import check, reuse, schema
from designer.compiler.assets import Asset, AssetRef, Assets
from designer.compiler.compile import Plan, compile
from designer.graph.graph import Graph
from registry import storage
from registry.data.models import DataAsset, DataVersion, VersionStatus
from registry.errors import NotFound
from registry.workspaces.models import Workspace

# What a result depends on beside our own code. Python by its minor version: patches do not change results.
LIBRARIES = ("numpy", "pandas", "pyarrow", "duckdb", "scikit-learn", "lightgbm")


def catalogue() -> Catalogue:
    from designer.components.all import CATALOGUE

    return CATALOGUE


@cache
def environment() -> dict[str, str]:
    versions = {"python": ".".join(platform.python_version_tuple()[:2])}
    return versions | {name: metadata.version(name) for name in LIBRARIES}


def assets_of(workspace: Workspace, graph: Graph) -> Assets:
    """The data assets that a graph refers to, in three queries however many there are."""
    refs = data.wanted(graph, catalogue())
    if not refs:
        return Assets()
    known = DataAsset.objects.filter(workspace=workspace, archived_at=None)
    names = tuple(known.order_by("name").values_list("name", flat=True))
    # An asset may have many versions with thousands of columns each: first find which are meant, then read those.
    numbered: dict[str, list[tuple[int, str, int]]] = {}
    for name, number, status, pk in (
        DataVersion.objects.filter(asset__in=known.filter(name__in={ref.name for ref in refs}))
        .order_by("asset_id", "number")
        .values_list("asset__name", "number", "status", "pk")
    ):
        numbered.setdefault(name, []).append((number, status, pk))
    meant = {ref: pk for ref in refs if (pk := _meant(ref, numbered.get(ref.name, [])))}
    rows = DataVersion.objects.select_related("asset").in_bulk(set(meant.values()))
    return Assets({ref: _asset(rows[pk]) for ref, pk in meant.items()}, names)


def check_graph(
    workspace: Workspace, graph: Graph, schemas_of: Collection[str] | None = None
) -> dict[str, Any]:
    """What the canvas shows while a person draws: the problems, and the schemas at every port.

    `schemas_of` limits whose schemas are told; what is not asked for need not travel.
    """
    assets = assets_of(workspace, graph)
    foreseen = schema.propagate(graph, catalogue(), assets)
    problems = check.problems(graph, catalogue(), assets, foreseen)
    return {
        "problems": [problem.to_json() for problem in problems],
        "schemas": {
            id: seen.to_json() for id, seen in foreseen.items() if schemas_of is None or id in schemas_of
        },
    }


def plan(workspace: Workspace, graph: Graph, *, mode: str, node: str, reuse_results: bool) -> Plan:
    """What a run of the graph would do. Raises `Invalid` with the problems that stand in its way."""
    assets = assets_of(workspace, graph)
    return compile(
        graph, catalogue(), assets, environment(), mode=mode, node=node, reuse_results=reuse_results
    )


def fingerprints(workspace: Workspace, graph: Graph) -> dict[str, str]:
    """What each node's result would depend on if it ran now: to be compared with what is there."""
    parts = reuse.parts(graph, catalogue(), assets_of(workspace, graph), environment())
    return {id: reuse.fingerprint(known) for id, known in parts.items()}


def _meant(ref: AssetRef, versions: list[tuple[int, str, int]]) -> int | None:
    if ref.version is not None:
        return next((pk for number, _, pk in versions if number == ref.version), None)
    ready = [pk for _, status, pk in versions if status == VersionStatus.READY]
    # Where none is ready, the newest says why: it is being imported, or it could not be.
    return (ready or [pk for *_, pk in versions] or [None])[-1]


def _asset(row: DataVersion) -> Asset:
    status, folder = row.status, ""
    if status == VersionStatus.READY:
        try:
            folder = str(_folder(row.path))
        except NotFound:
            status = data.LOST
    columns = tuple(Column(column["name"], column["kind"], column.get("missing")) for column in row.columns)
    return Asset(
        name=row.asset.name,
        version=row.number,
        status=status,
        schema=TableSchema(columns, known=row.status == VersionStatus.READY),
        path=folder,
        content_hash=row.content_hash,
        id=row.pk,
    )


def _folder(key: str) -> Path:
    """The folder a version's table lies in, on this machine."""
    path = PurePosixPath(key)
    return storage.open_store(settings.STORE_DIR).local_path(str(path.parent if path.suffix else path))
