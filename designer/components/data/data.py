"""Data: a version of a data asset as the start of a pipeline."""

from typing import Any

from designer.catalogue.component import Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE
from designer.catalogue.values import Stored
from registry.errors import Invalid


def run(*, asset: dict[str, Any] | None = None, path: str = "", **resolved: Any) -> dict[str, Any]:
    """`path`, the folder of the version, is put in by the compiler; the table is not copied."""
    if not path:
        name = (asset or {}).get("name", "")
        raise Invalid(
            f"The data {name!r} was not found when the run was submitted; choose it again and run anew."
        )
    return {"table": Stored(path)}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    """The compiler knows the columns of the version and puts them in place of this."""
    return {"table": TableSchema(known=False)}


COMPONENT = Component(
    id="data",
    version=1,
    title="Data",
    family="Data",
    description="A table from the Data page, as the start of a pipeline.",
    help=(
        "Brings one of the workspace's data assets into the pipeline. Choose a version to keep using "
        "exactly that "
        "table, or leave the version open to use the latest one each time the pipeline runs.\n\n"
        "Which version a run really used is written on the run."
    ),
    keywords=("dataset", "import", "input", "csv", "table", "load"),
    outputs=(Port("table", TABLE, "Table"),),
    params=(
        Param("asset", "asset", "Data", help="A data asset of this workspace, and which version of it."),
    ),
    run=run,
    infer=infer,
)
