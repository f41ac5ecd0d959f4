"""Execute Python Script: a person's own Python between its ports. Executed only in a computing child.

Its shape is checked at design time; its errors are told by its own lines.
"""

import ast
import builtins
import inspect
import linecache
import traceback
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from designer.catalogue import reporting, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid

FILE = "script.py"
ENTRY = "azureml_main"
SCRIPT = """\
import pandas as pd


# The tables that arrive are pandas DataFrames, or None where nothing is connected.
# What is printed is the log of this node.
def azureml_main(dataframe1=None, dataframe2=None):
    print(f"{len(dataframe1):,} rows, {len(dataframe1.columns)} columns")

    return (dataframe1,)
"""


def run(*, first: Any = None, second: Any = None, script: str) -> dict[str, Any]:
    one, other = execute(script, first, second)
    return {"first": one, "second": other}


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {"first": TableSchema(known=False), "second": TableSchema(known=False)}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    script = params.get("script")
    if isinstance(script, str) and (wrong := problem(script)):
        yield Complaint(wrong, param="script", code="bad-script")


def problem(script: str) -> str | None:
    """What is wrong with a script before it runs, as a sentence."""
    try:
        tree = ast.parse(script, FILE)
    except SyntaxError as error:
        return f"Line {error.lineno} of the script: {error.msg}."
    except ValueError as error:
        return f"The script cannot be read: {error}."
    except (RecursionError, MemoryError):
        return "The script cannot be read: an expression in it is nested too deep."
    defined = any(
        isinstance(node, (ast.FunctionDef, ast.Assign)) and ENTRY in _names(node) for node in tree.body
    )
    imported = any(isinstance(node, (ast.Import, ast.ImportFrom, ast.If, ast.Try)) for node in tree.body)
    # Something imported, or defined on a condition, may bring the function.
    if not defined and not (imported and ENTRY in script):
        return f"The script has no function {ENTRY}(dataframe1, dataframe2)."
    return None


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    return {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}


def execute(script: str, first: Any, second: Any) -> tuple[Any, Any]:
    """Call the script's `azureml_main` with the two tables; what it returns, as two tables."""
    if wrong := problem(script):
        raise Invalid(wrong, code="bad-script")
    linecache.cache[FILE] = (len(script), None, script.splitlines(keepends=True), FILE)  # for tracebacks
    scope: dict[str, Any] = {
        "__name__": "script",
        "__file__": FILE,
        "__builtins__": builtins,
        "run": _voice(),
    }
    try:
        exec(compile(script, FILE, "exec"), scope)
        entry = scope.get(ENTRY)
        if not callable(entry):
            raise Invalid(f"The script has no function {ENTRY}(dataframe1, dataframe2).", code="bad-script")
        result = _call(entry, [_own(first), _own(second)])
    except Invalid:
        raise
    except (Exception, SystemExit) as error:
        raise Invalid(_told(error, script), code="script-failed") from error
    return _outputs(result)


def _call(entry: Any, arguments: list[Any]) -> Any:
    """A script may take both tables, one, or none."""
    try:
        inspect.signature(entry).bind(*arguments)
    except TypeError:
        takes = [
            p
            for p in inspect.signature(entry).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        arguments = arguments[: len(takes)]
    return entry(*arguments)


def _voice() -> SimpleNamespace:
    """`run` in the script: metrics, parameters and progress of its node."""
    return SimpleNamespace(log=reporting.metric, param=reporting.param, progress=reporting.progress)


def _own(df: Any) -> Any:
    """A frame the script may write into. pandas 3 copies on write; before it the values must be copied."""
    import pandas as pd

    if df is None:
        return None
    own = df.copy(deep=int(pd.__version__.split(".")[0]) < 3)
    own.attrs = {}
    return own


def _told(error: BaseException, script: str) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SystemExit):
        what = "the script ended itself (exit)"
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return f"Line {error.lineno} of the script: {error.msg}."
    if not frames:
        return f"The script failed: {what}"
    line = frames[-1].lineno or 0
    text = script.splitlines()[line - 1].strip() if 0 < line <= len(script.splitlines()) else ""
    return f"Line {line} of the script, `{text}`: {what}"


def _outputs(result: Any) -> tuple[Any, Any]:
    import pandas as pd

    if result is None:
        raise Invalid(f"{ENTRY} returned nothing; end it with `return dataframe1,`.", code="bad-script")
    parts = list(result) if isinstance(result, (tuple, list)) else [result]
    if not 1 <= len(parts) <= 2:
        raise Invalid(
            f"{ENTRY} returned {len(parts)} things; return one or two DataFrames.", code="bad-script"
        )
    parts += [None] * (2 - len(parts))
    made = [
        pd.DataFrame() if part is None else tables.tidy(part, f"What {ENTRY} returned {place}")
        for part, place in zip(parts, ("first", "second"), strict=True)
    ]
    return tables.with_meta(made[0], {}), tables.with_meta(made[1], {})


COMPONENT = Component(
    id="python-script",
    version=1,
    title="Execute Python Script",
    family="Python and SQL",
    description="Runs your own Python on up to two tables.",
    help=(
        "Write a function azureml_main(dataframe1, dataframe2) that returns one or two pandas DataFrames. "
        "All the "
        "libraries of the studio can be imported: pandas, numpy, scikit-learn, LightGBM, DuckDB and "
        "others.\n\n"
        "What the script prints is the node's log. run.log('name', value) writes a metric of the node, and "
        "run.progress(done, total) moves its progress bar. An error shows the line of your script that it "
        "came from."
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
