"""The data assets a graph refers to, as the compiler sees them. Who keeps them fills this in; see `wanted`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.catalogue import validate
from designer.catalogue.catalogue import Catalogue
from designer.catalogue.params import Param
from designer.catalogue.schema import TableSchema
from designer.graph.graph import Graph, Node

READY = "ready"
LOST = "lost"  # ready once, but its file is no longer in the store


@dataclass(frozen=True, slots=True)
class AssetRef:
    """`version` None is the latest that is ready."""

    name: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One version of a data asset. `status` is "ready", "importing", "failed" or "lost"; `id` is its keeper's."""

    name: str
    version: int
    status: str
    schema: TableSchema
    path: str = ""  # absolute folder on disk
    content_hash: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Assets:
    """What was found for the references of one graph. `names` are all names there are, for "did you mean"."""

    found: Mapping[AssetRef, Asset] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def get(self, ref: AssetRef | None) -> Asset | None:
        return self.found.get(ref) if ref else None


def asset_param(node: Node, catalogue: Catalogue) -> Param | None:
    component = catalogue.get(node.component)
    return next((param for param in component.params if param.kind == "asset"), None) if component else None


def ref(node: Node, catalogue: Catalogue) -> AssetRef | None:
    """The asset that a node refers to, if its component takes one and its setting can be read."""
    param = asset_param(node, catalogue)
    if param is None:
        return None
    value = node.params.get(param.name, param.default)
    if validate.is_missing(param, value):
        return None
    try:
        chosen = validate.normal(param, value)
    except validate.Unfit:
        return None
    return AssetRef(chosen["name"], chosen["version"])


def wanted(graph: Graph, catalogue: Catalogue) -> set[AssetRef]:
    """All references of a graph, so that they are looked up at once."""
    return {found for node in graph.nodes if (found := ref(node, catalogue))}
