"""Apply SQL Transformation: a query over up to three tables, answered by DuckDB.

DuckDB has no way out here: no files, no network, no extensions.

The columns of an answer are foreseen with empty tables: the query is only bound, never executed, and that by a
process of its own (see `sql_binding`).
"""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from designer.catalogue import sql_binding, tables, values
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Column, Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

PORTS = ("t1", "t2", "t3")
TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "TIMESTAMP",
    "category": "VARCHAR",
    "text": "VARCHAR",
}


def run(*, t1: Any, t2: Any = None, t3: Any = None, query: str) -> dict[str, Any]:
    given = {"t1": t1, "t2": t2, "t3": t3}
    return {"table": answer(query, {name: table for name, table in given.items() if table is not None})}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    arriving = {name: inputs[name] for name in PORTS if isinstance(inputs.get(name), TableSchema)}
    if not arriving or not all(schema.known for schema in arriving.values()):
        return {"table": TableSchema(known=False)}
    try:
        return {"table": foresee(params.get("query") or "", arriving) or TableSchema(known=False)}
    except Invalid:
        return {"table": TableSchema(known=False)}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    query = params.get("query")
    if not isinstance(query, str):
        return
    arriving = {name: inputs[name] for name in PORTS if isinstance(inputs.get(name), TableSchema)}
    try:
        if arriving and all(schema.known for schema in arriving.values()):
            foresee(query, arriving)
        else:
            _columns(query, None)
    except Invalid as error:
        yield Complaint(error.message, param="query", code=error.code)


def answer(query: str, given: Mapping[str, "pd.DataFrame"]) -> "pd.DataFrame":
    """The table that answers `query` over the tables by name."""
    import duckdb

    try:
        statement = sql_binding.statement(query)
    except sql_binding.Wrong as wrong:
        raise Invalid(str(wrong), code="bad-query") from wrong
    config = {**sql_binding.CLOSED, "threads": os.environ.get("ATELIER_CORES") or "2"}
    with duckdb.connect(":memory:", config=config) as connection:
        for name, df in given.items():
            connection.register(name, _to_arrow(df))
        connection.execute("SET lock_configuration = true")
        try:
            table = connection.query(statement).to_arrow_table()
        except duckdb.Error as error:
            raise Invalid(sql_binding.sentence(error), code="bad-query") from error
    categories = {
        name for df in given.values() for name, kind in tables.kinds(df).items() if kind == "category"
    }
    return _from_arrow(table, categories, _shared_label(given, table.column_names))


def foresee(query: str, given: Mapping[str, TableSchema]) -> TableSchema | None:
    """The columns of the answer; None where they depend on the values (PIVOT) or take too much to find out. Raises
    `Invalid` for a wrong query."""
    if any(column.kind not in TYPES for schema in given.values() for column in schema.columns):
        return None
    columns = _columns(query, tuple((name, schema.columns) for name, schema in given.items()))
    if columns is None:
        return None
    names = {column.name for column in columns}
    labels = {schema.label for schema in given.values() if schema.label in names}
    return TableSchema(columns, label=labels.pop() if len(labels) == 1 else None)


@lru_cache(maxsize=128)  # asked again at every edit of the drawing
def _columns(
    query: str, given: tuple[tuple[str, tuple[Column, ...]], ...] | None
) -> tuple[Column, ...] | None:
    described = given and [(name, [(c.name, TYPES[c.kind]) for c in columns]) for name, columns in given]
    try:
        found = sql_binding.columns(query, described)
    except sql_binding.Wrong as wrong:
        raise Invalid(str(wrong), code="bad-query") from wrong
    if found is None:
        return None
    categories = {c.name for _, columns in given or () for c in columns if c.kind == "category"}
    names = tables.unique_names([name for name, _ in found])
    return tuple(
        Column(name, "category" if name in categories and type == "VARCHAR" else _kind(type))
        for name, (_, type) in zip(names, found, strict=True)
    )


def _to_arrow(df: "pd.DataFrame") -> Any:
    """Categories as plain values: DuckDB would compare an ENUM with a text only where the text is one of
    its own."""
    import pyarrow as pa

    table = values.to_arrow(df)
    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(position, field.name, table.column(position).cast(field.type.value_type))
    return table.replace_schema_metadata(None)


def _from_arrow(table: Any, categories: set[str], label: str | None) -> "pd.DataFrame":
    import pyarrow as pa

    table = table.rename_columns(tables.unique_names(table.column_names))
    for position, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            # A sum of whole numbers is a HUGEINT in DuckDB.
            try:
                table = table.set_column(position, field.name, table.column(position).cast(pa.int64()))
            except pa.ArrowInvalid:
                continue
    kinds = {f.name: "category" for f in table.schema if f.name in categories and pa.types.is_string(f.type)}
    return values.from_arrow(table, {"kinds": kinds, **({"label": label} if label else {})})


def _shared_label(given: Mapping[str, "pd.DataFrame"], names: list[str]) -> str | None:
    labels = {tables.meta(df).get("label") for df in given.values()} & set(names)
    return labels.pop() if len(labels) == 1 else None


def _kind(type: str) -> str:
    match type:
        case "BOOLEAN":
            return "boolean"
        case "DATE":
            return "date"
        case "FLOAT" | "DOUBLE":
            return "number"
    if type.startswith("DECIMAL"):
        return "integer" if type.endswith(",0)") else "number"
    if type.startswith("TIMESTAMP"):
        return "date"
    return "integer" if type.endswith("INT") or type == "INTEGER" else "text"


COMPONENT = Component(
    id="apply-sql",
    version=1,
    title="Apply SQL Transformation",
    family="Python and SQL",
    description="Answers an SQL query over up to three tables.",
    help=(
        "The connected tables are named t1, t2 and t3. One SELECT statement in DuckDB's dialect, which is "
        "close to "
        "PostgreSQL's: joins, window functions, GROUP BY ALL, PIVOT and the rest. Text is written in "
        "'single' quotes, names "
        'with spaces or signs in "double" quotes.\n\n'
        "Only these tables can be read: no files and no network."
    ),
    keywords=("query", "select", "duckdb", "group by", "filter", "where", "aggregate"),
    inputs=(
        Port("t1", TABLE, "t1"),
        Port("t2", TABLE, "t2", required=False),
        Port("t3", TABLE, "t3", required=False),
    ),
    outputs=(Port("table", TABLE, "Results dataset"),),
    params=(Param("query", "code", "SQL query script", default="SELECT *\nFROM t1\n", language="sql"),),
    run=run,
    infer=infer,
    check=check,
)
