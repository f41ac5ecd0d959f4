"""The charts and tables that stand in a report: fenced blocks of Markdown, written in YAML.

    ```atelier
    show: lines
    metrics: [loss]
    experiment: Income
    order: metrics.auc DESC
    limit: 5
    ```

A block holds a query, not its answer: whoever opens the report sees the runs as they are then.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from registry.errors import Invalid

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*atelier\s*$")
MOST_TEXT = 10_000  # characters of one block
MOST_RUNS = 100
MOST_METRICS = 20
MOST_COLUMNS = 30
FIELD = re.compile(r"^(attributes|metrics|params|tags)\.")

SHOWS = {
    "table": "the runs as rows",
    "lines": "metrics over steps or time",
    "bars": "one metric, a bar per run",
    "scatter": "two fields against each other",
    "parallel": "parallel coordinates",
    "box": "a metric's spread by the values of a field",
}
LISTS = {"columns", "metrics", "experiments", "runs"}
TEXTS = {"show", "title", "experiment", "filter", "order", "x", "y", "colour", "by"}
NAMES = sorted(LISTS | TEXTS | {"limit", "smoothing", "log", "height"})
XS = ("step", "time", "relative")


@dataclass(frozen=True, slots=True)
class Block:
    """`fields` are the columns that are asked of each run, in the notation of the runs table."""

    show: str
    title: str = ""
    experiments: tuple[str, ...] = ()
    filter: str = ""
    order: str = ""
    limit: int = 10
    runs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    x: str = "step"
    y: str = ""
    colour: str = ""
    by: str = ""
    smoothing: float = 0.0
    log: bool = False
    height: int = 320

    def fields(self) -> list[str]:
        own = [f"metrics.{_quoted(key)}" for key in self.metrics] if self.show in ("bars", "box") else []
        axes = [name for name in (self.x if self.show == "scatter" else "", self.y, self.colour, self.by) if name]
        return list(dict.fromkeys([*self.columns, *own, *axes]))


def texts(body: str) -> Iterator[tuple[int, str]]:
    """(line of the opening fence counted from 1, text) of every block, in order. An open fence ends with the body."""
    lines = body.split("\n")
    at = 0
    while at < len(lines):
        opened = re.match(r"^ {0,3}(`{3,}|~{3,})(.*)$", lines[at])
        if not opened:
            at += 1
            continue
        ours, fence, start = bool(FENCE.match(lines[at])), opened.group(1), at
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*$")
        at += 1
        inside = []
        while at < len(lines) and not closing.match(lines[at]):
            inside.append(lines[at])
            at += 1
        at += 1
        if ours:
            yield start + 1, "\n".join(inside)


def parse(text: str) -> Block:
    """Raises `Invalid` with a sentence that names the line or the key."""
    if len(text) > MOST_TEXT:
        raise Invalid(f"A block may have {MOST_TEXT:,} characters.", code="bad-block")
    try:
        # No aliases: a few lines of them can stand for gigabytes.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise Invalid("A block may not use YAML aliases (*name).", code="bad-block")
        told = yaml.safe_load(text) if text.strip() else {}
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise Invalid(
            f"This block cannot be read{where}: {getattr(error, 'problem', None) or 'it is nested too deep'}. "
            "Write one `name: value` per line.",
            code="bad-block",
        ) from None
    except ValueError as error:  # a date such as 2026-99-99
        raise Invalid(f"This block cannot be read: {error}.", code="bad-block") from None
    if not isinstance(told, Mapping):
        raise Invalid("A block is made of lines such as `show: table`.", code="bad-block")
    for name in told:
        if name not in NAMES:
            near = difflib.get_close_matches(str(name), NAMES, 1)
            hint = f" Did you mean `{near[0]}`?" if near else f" There are {', '.join(NAMES)}."
            raise Invalid(f"A block has no `{name}`.{hint}", code="bad-block", fields={str(name): "Unknown."})
    values: dict[str, Any] = {name: _text(told, name) for name in TEXTS if name in told}
    values |= {name: _list(told, name) for name in LISTS if name in told}
    if one := values.pop("experiment", ""):
        values["experiments"] = (*values.get("experiments", ()), one)
    values["limit"] = _number(told, "limit", 10, 1, MOST_RUNS, whole=True)
    values["smoothing"] = _number(told, "smoothing", 0.0, 0, 0.999)
    values["height"] = _number(told, "height", 320, 120, 1200, whole=True)
    if "log" in told:
        if not isinstance(told["log"], bool):
            raise Invalid("`log` is true or false.", code="bad-block", fields={"log": str(told["log"])})
        values["log"] = told["log"]
    return _checked(Block(**{"show": "", **values}))


def _checked(block: Block) -> Block:
    if block.show not in SHOWS:
        near = difflib.get_close_matches(block.show, SHOWS, 1)
        hint = f"Did you mean `{near[0]}`?" if near else "There are " + ", ".join(f"{k} ({v})" for k, v in SHOWS.items()) + "."
        raise Invalid(f"`show` says what to draw. {hint}", code="bad-block", fields={"show": block.show})
    needs = {
        "lines": ("metrics",), "bars": ("metrics",), "scatter": ("x", "y"), "parallel": ("columns",), "box": ("metrics", "by"),
    }  # fmt: skip
    for name in needs.get(block.show, ()):
        if not getattr(block, name) or (block.show == "scatter" and name == "x" and block.x == "step"):
            raise Invalid(f"`show: {block.show}` needs `{name}`.", code="bad-block", fields={name: "Missing."})
    if block.show == "lines" and block.x not in XS and not block.x.startswith("metric:"):
        raise Invalid(f"`x` of lines is {', '.join(XS)} or metric:<name>.", code="bad-block", fields={"x": block.x})
    for name, most in (("metrics", MOST_METRICS), ("columns", MOST_COLUMNS), ("runs", MOST_RUNS)):
        if len(getattr(block, name)) > most:
            raise Invalid(f"A block may have {most} {name}.", code="bad-block", fields={name: f"At most {most}."})
    for field in block.fields():
        if not FIELD.match(field):
            raise Invalid(
                f"`{field}` is no field of a run: write metrics.{field}, params.{field}, tags.{field} or attributes.{field}.",
                code="bad-block",
                fields={"field": field},
            )
    return block


def _text(told: Mapping[Any, Any], name: str) -> str:
    value = told[name]
    if value is None:
        return ""
    if isinstance(value, list | dict):
        raise Invalid(f"`{name}` is one text.", code="bad-block", fields={name: "Not a list."})
    return str(value).replace("\0", "").strip()


def _list(told: Mapping[Any, Any], name: str) -> tuple[str, ...]:
    value = told[name]
    if value is None:
        return ()
    # "a, b" is meant as a list by whoever writes it.
    items = value if isinstance(value, list) else str(value).split(",")
    if any(isinstance(item, list | dict) for item in items):
        raise Invalid(f"`{name}` is a list of names.", code="bad-block", fields={name: "A list in a list."})
    return tuple(dict.fromkeys(text for item in items if (text := str(item).replace("\0", "").strip())))


def _number(told: Mapping[Any, Any], name: str, default: float, low: float, high: float, *, whole: bool = False) -> Any:
    value = told.get(name, default)
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool) and low <= value <= high
    if not fits:
        kind = "a whole number" if whole else "a number"
        raise Invalid(f"`{name}` is {kind} from {low} to {high}.", code="bad-block", fields={name: str(value)})
    return value


def _quoted(key: str) -> str:
    return key if re.fullmatch(r"[\w./-]+", key) else f"`{key}`"
