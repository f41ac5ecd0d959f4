"""Apply SQL Transformation: a query over up to three tables, answered by DuckDB."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import sql
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid

PORTS = ("t1", "t2", "t3")


def run(*, t1: Any, t2: Any = None, t3: Any = None, query: str) -> dict[str, Any]:
    given = {"t1": t1, "t2": t2, "t3": t3}
    return {"table": sql.answer(query, {name: table for name, table in given.items() if table is not None})}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    arriving = {name: inputs[name] for name in PORTS if isinstance(inputs.get(name), TableSchema)}
    if not arriving or not all(schema.known for schema in arriving.values()):
        return {"table": TableSchema(known=False)}
    try:
        return {"table": sql.foresee(params.get("query") or "", arriving) or TableSchema(known=False)}
    except Invalid:
        return {"table": TableSchema(known=False)}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    query = params.get("query")
    if not isinstance(query, str):
        return
    arriving = {name: inputs[name] for name in PORTS if isinstance(inputs.get(name), TableSchema)}
    try:
        if arriving and all(schema.known for schema in arriving.values()):
            sql.foresee(query, arriving)
        else:
            sql.read(query)
    except Invalid as error:
        yield Complaint(error.message, param="query", code=error.code)


COMPONENT = Component(
    id="apply-sql",
    version=1,
    title="Apply SQL Transformation",
    family="Python and SQL",
    description="Answers an SQL query over up to three tables.",
    help=(
        "The connected tables are named t1, t2 and t3. One SELECT statement in DuckDB's dialect, which is close to "
        "PostgreSQL's: joins, window functions, GROUP BY ALL, PIVOT and the rest. Text is written in 'single' quotes, names "
        "with spaces or signs in \"double\" quotes.\n\n"
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
