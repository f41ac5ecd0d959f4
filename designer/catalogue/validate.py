"""Are these parameter values what the component's schema says? One validator for canvas, compiler and API.

`complaints` lists everything that is wrong; `filled` gives the values a component is run with: defaults filled in,
numbers in their own type, settings that do not apply at their defaults.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from designer.catalogue import columns
from designer.catalogue.component import Complaint, Component
from designer.catalogue.nearest import closest
from designer.catalogue.params import Param
from designer.catalogue.schema import KINDS, Schema, TableSchema

LONGEST_CODE = 200_000
LONGEST_TEXT = 20_000


class Unfit(Exception):
    """A value that is not of its parameter's kind; the message completes "<title> …"."""


def complaints(
    component: Component, params: Mapping[str, Any], inputs: Mapping[str, Schema]
) -> Iterator[Complaint]:
    """What is wrong with the values themselves: unknown, missing, wrong kind, out of range, no such column."""
    yield from _unknown_params(component, params)
    values = _defaulted(component, params)
    for param in component.params:
        if not param.applies(values):
            continue
        value = values[param.name]
        if is_missing(param, value):
            if param.required:
                yield Complaint(f"{param.title} is required.", param=param.name, code="param-missing")
            continue
        try:
            normal_value = normal(param, value)
        except Unfit as unfit:
            yield Complaint(f"{param.title} {unfit}.", param=param.name, code="param-invalid")
            continue
        yield from _column_complaints(param, normal_value, inputs)


def filled(component: Component, params: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of the component with the value it is run with. Values that do not fit become the default:
    a graph with such a value is refused before it runs, unless the setting does not apply."""
    values = _defaulted(component, params)
    result: dict[str, Any] = {}
    for param in component.params:
        value = values[param.name] if param.applies(values) else param.default
        try:
            result[param.name] = None if is_missing(param, value) and value is None else normal(param, value)
        except Unfit:
            result[param.name] = param.default
    return result


def applicable(component: Component, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of filled `values`, those that have a say."""
    return {param.name: values[param.name] for param in component.params if param.applies(values)}


def is_missing(param: Param, value: Any) -> bool:
    if value is None:
        return True
    match param.kind:
        case "text" | "multiline" | "code" | "column" | "choice":
            return isinstance(value, str) and not value.strip()
        case "columns":
            return isinstance(value, Mapping) and _shaped(value) and columns.is_empty(value)
        case "asset":
            return isinstance(value, Mapping) and not value.get("name")
    return False


def normal(param: Param, value: Any) -> Any:
    """The value in its parameter's own type. Raises `Unfit`."""
    return _NORMAL[param.kind](param, value)


def _defaulted(component: Component, params: Mapping[str, Any]) -> dict[str, Any]:
    # An explicit null means "as if never touched", which is what a cleared field sends.
    given = {name: value for name, value in params.items() if value is not None}
    return {param.name: given.get(param.name, param.default) for param in component.params}


def _unknown_params(component: Component, params: Mapping[str, Any]) -> Iterator[Complaint]:
    names = [param.name for param in component.params]
    for name in params:
        if name not in names:
            hint = closest(name, names)
            yield Complaint(
                f"{component.title} has no setting “{name[:80]}”; it is ignored."
                + (f" Did you mean “{hint}”?" if hint else ""),
                code="unknown-param",
                severity="warning",
            )


def _column_complaints(param: Param, value: Any, inputs: Mapping[str, Schema]) -> Iterator[Complaint]:
    schema = inputs.get(param.port)
    if param.kind not in ("column", "columns") or not isinstance(schema, TableSchema) or not schema.known:
        return
    if param.kind == "column":
        yield from _named_column(param, value, schema)
        return
    for name in value["names"]:
        yield from _named_column(param, name, schema)
    for name in value["except"]:
        if schema.find(name) is None:
            message = f"{param.title}: {columns.missing(name, schema.names())} It was to be left out."
            yield Complaint(message, param=param.name, code="unknown-column", severity="warning")
    if all(schema.find(name) for name in value["names"]) and not columns.choose(
        value, schema.columns, kinds=param.kinds
    ):
        message = f"{param.title}: no column of the table that arrives fits this selection."
        yield Complaint(message, param=param.name, code="no-columns", severity="warning")


def _named_column(param: Param, name: str, schema: TableSchema) -> Iterator[Complaint]:
    column = schema.find(name)
    if column is None:
        message = f"{param.title}: {columns.missing(name, schema.names())}"
        yield Complaint(message, param=param.name, code="unknown-column")
    elif param.kinds and column.kind not in param.kinds and column.kind != "unknown":
        yield Complaint(
            f"{param.title}: the column “{name}” is of kind {column.kind}; this takes {_or(param.kinds)}.",
            param=param.name,
            code="wrong-kind",
        )


def _text(param: Param, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("must be text")
    longest = LONGEST_CODE if param.kind == "code" else LONGEST_TEXT
    if len(value) > longest:
        raise Unfit(f"is longer than {longest:,} characters")
    return value


def _integer(param: Param, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("must be a whole number")
    return _within(param, value)


def _number(param: Param, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("must be a number")
    try:
        value = float(value)
    except OverflowError:
        raise Unfit("is too large") from None
    if not math.isfinite(value):
        raise Unfit("must be a finite number")
    return _within(param, value)


def _within(param: Param, value: Any) -> Any:
    below = param.least is not None and value < param.least
    above = param.most is not None and value > param.most
    if below or above:
        if param.least is not None and param.most is not None:
            raise Unfit(
                f"must be between {_figure(param.least)} and {_figure(param.most)}, not {_figure(value)}"
            )
        limit = f"at least {_figure(param.least)}" if below else f"at most {_figure(param.most)}"
        raise Unfit(f"must be {limit}, not {_figure(value)}")
    return value


def _boolean(param: Param, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("must be yes or no")
    return value


def _choice(param: Param, value: Any) -> Any:
    for allowed, _ in param.choices:
        if type(allowed) is type(value) and allowed == value:
            return allowed
    raise Unfit(f"must be {_or([title for _, title in param.choices])}")


def _column(param: Param, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("must be the name of a column")
    return value


def _columns(param: Param, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not _shaped(value):
        raise Unfit("must be a selection of columns")
    for kind in value.get("kinds", ()):
        if kind not in KINDS:
            raise Unfit(f"names the kind “{kind[:40]}”, which there is not; kinds are {', '.join(KINDS)}")
    return columns.normal(value)


def _shaped(value: Mapping[str, Any]) -> bool:
    return (
        set(value) <= set(columns.NONE)
        and isinstance(value.get("all", False), bool)
        and all(
            isinstance(value.get(key, []), list) and all(isinstance(item, str) for item in value.get(key, []))
            for key in ("kinds", "names", "except")
        )
    )


def _asset(param: Param, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= {"name", "version"}:
        raise Unfit("must be a data asset")
    name, version = value.get("name"), value.get("version")
    if not isinstance(name, str):
        raise Unfit("must be a data asset")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int) or version < 1):
        raise Unfit("must name a version by its number, or none for the latest")
    return {"name": name, "version": version}


_NORMAL = {
    "text": _text,
    "multiline": _text,
    "code": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "choice": _choice,
    "column": _column,
    "columns": _columns,
    "asset": _asset,
}


def _figure(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _or(words: Any) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
