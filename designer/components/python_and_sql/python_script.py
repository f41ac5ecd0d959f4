"""Execute Python Script: a person's own Python between two ports."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import scripts
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE

SCRIPT = '''\
import pandas as pd


# The tables that arrive are pandas DataFrames, or None where nothing is connected.
# What is printed is the log of this node.
def azureml_main(dataframe1=None, dataframe2=None):
    print(f"{len(dataframe1):,} rows, {len(dataframe1.columns)} columns")

    return (dataframe1,)
'''


def run(*, first: Any = None, second: Any = None, script: str) -> dict[str, Any]:
    one, other = scripts.execute(script, first, second)
    return {"first": one, "second": other}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"first": TableSchema(known=False), "second": TableSchema(known=False)}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    script = params.get("script")
    if isinstance(script, str) and (problem := scripts.problem(script)):
        yield Complaint(problem, param="script", code="bad-script")


COMPONENT = Component(
    id="python-script",
    version=1,
    title="Execute Python Script",
    family="Python and SQL",
    description="Runs your own Python on up to two tables.",
    help=(
        "Write a function azureml_main(dataframe1, dataframe2) that returns one or two pandas DataFrames. All the "
        "libraries of the studio can be imported: pandas, numpy, scikit-learn, LightGBM, DuckDB and others.\n\n"
        "What the script prints is the node's log. run.log('name', value) writes a metric of the node, and "
        "run.progress(done, total) moves its progress bar. An error shows the line of your script that it came from."
    ),
    keywords=("code", "pandas", "custom", "azureml_main", "function"),
    inputs=(
        Port("first", TABLE, "Dataset1", required=False),
        Port("second", TABLE, "Dataset2", required=False),
    ),
    outputs=(Port("first", TABLE, "Result Dataset1"), Port("second", TABLE, "Result Dataset2")),
    params=(Param("script", "code", "Python script", default=SCRIPT, language="python"),),
    run=run,
    infer=infer,
    check=check,
)
