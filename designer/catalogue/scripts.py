"""A person's own Python script: checked for its shape, executed, and its errors told by its own lines.

Executed only in a computing child, never in the web process.
"""

import ast
import builtins
import linecache
import traceback
from types import SimpleNamespace
from typing import Any

from designer.catalogue import reporting, tables
from registry.errors import Invalid

FILE = "script.py"
ENTRY = "azureml_main"


def problem(script: str) -> str | None:
    """What is wrong with a script before it runs, as a sentence."""
    try:
        tree = ast.parse(script, FILE)
    except SyntaxError as error:
        return f"Line {error.lineno} of the script: {error.msg}."
    except ValueError as error:
        return f"The script cannot be read: {error}."
    defined = any(isinstance(node, (ast.FunctionDef, ast.Assign)) and ENTRY in _names(node) for node in tree.body)
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
    scope: dict[str, Any] = {"__name__": "script", "__file__": FILE, "__builtins__": builtins, "run": _voice()}
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
    import inspect

    try:
        inspect.signature(entry).bind(*arguments)
    except TypeError:
        takes = [p for p in inspect.signature(entry).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
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
        raise Invalid(f"{ENTRY} returned {len(parts)} things; return one or two DataFrames.", code="bad-script")
    parts += [None] * (2 - len(parts))
    made = [
        pd.DataFrame() if part is None else tables.tidy(part, f"What {ENTRY} returned {place}")
        for part, place in zip(parts, ("first", "second"), strict=True)
    ]
    return tables.with_meta(made[0], {}), tables.with_meta(made[1], {})
