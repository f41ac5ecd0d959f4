"""What a person wants to see of a table, as SQL with bound parameters. Django-free.

A filter is {"column", "op", "value"}; all of them hold together, and the search text must stand in at least one column.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.data.duck import identifier
from registry.errors import Invalid

COMPARISONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
OPS = (*COMPARISONS, "contains", "not-contains", "starts", "in", "missing", "present")
MOST_FILTERS = 50
MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """A WHERE clause and its parameters; "" where everything is wanted."""

    sql: str = ""
    params: tuple[Any, ...] = ()

    def where(self) -> str:
        return f" WHERE {self.sql}" if self.sql else ""


def parse(text: str | None) -> list[dict[str, Any]]:
    """The filters of a query string. Raises `Invalid`."""
    if not text:
        return []
    filters = _json(text)
    if not isinstance(filters, list) or not all(isinstance(item, dict) for item in filters):
        raise Invalid("`filter` must be a JSON list of {column, op, value}.", code="bad-filter")
    if len(filters) > MOST_FILTERS:
        raise Invalid(f"At most {MOST_FILTERS} filters at once.", code="bad-filter")
    return filters


def columns(text: str | None) -> list[str] | None:
    """The columns of a query string, separated by commas or, where names hold commas, as a JSON list."""
    if not text:
        return None
    if text.startswith("["):
        names = _json(text)
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return names
    return text.split(",")


def condition(columns: Mapping[str, str], filters: Sequence[Mapping[str, Any]], search: str = "") -> Condition:
    """`columns` maps each column of the table to its kind. Raises `Invalid` for what does not make sense."""
    parts: list[str] = []
    params: list[Any] = []
    for item in filters:
        sql, values = _filter(columns, item)
        parts.append(sql)
        params += values
    if search:
        sql, values = _search(columns, search)
        parts.append(sql)
        params += values
    return Condition(" AND ".join(parts), tuple(params))


def _filter(columns: Mapping[str, str], item: Mapping[str, Any]) -> tuple[str, list[Any]]:
    name, op, value = item.get("column"), item.get("op", "="), item.get("value")
    if not isinstance(name, str) or name not in columns:
        raise Invalid(f"There is no column {name!r} in this table.", code="unknown-column", fields={"column": name})
    kind, column = columns[name], identifier(name)
    nan = f" OR isnan({column})" if kind == "number" else ""
    if op == "missing":
        return f"({column} IS NULL{nan})", []
    if op == "present":
        return f"NOT ({column} IS NULL{nan})", []
    if op == "in":
        values = value if isinstance(value, list) else [value]
        if not values or len(values) > MOST_VALUES:
            raise Invalid(f"“is one of” for {name} takes 1 to {MOST_VALUES} values.", code="bad-filter")
        return f"{column} IN ({', '.join('?' * len(values))})", [_value(name, kind, v) for v in values]
    if op in ("contains", "not-contains", "starts"):
        text = _text(name, value).lower()
        as_text = f"lower(CAST({column} AS VARCHAR))"
        if op == "starts":
            return f"starts_with({as_text}, ?)", [text]
        if op == "contains":
            return f"contains({as_text}, ?)", [text]
        return f"NOT coalesce(contains({as_text}, ?), false)", [text]
    if not isinstance(op, str) or op not in COMPARISONS:
        raise Invalid(f"{op!r} is not a comparison; known are {', '.join(OPS)}.", code="bad-filter")
    # A missing value differs from every value: "is not" keeps it, as a person expects.
    comparison = "IS DISTINCT FROM" if op == "!=" else COMPARISONS[op]
    # NaN, which is missing to us, is the largest number to DuckDB.
    real = f" AND NOT isnan({column})" if kind == "number" and op in (">", ">=") else ""
    return f"({column} {comparison} ?{real})", [_value(name, kind, value)]


def _value(name: str, kind: str, value: Any) -> Any:
    """The value as the column's own type, so that the comparison is by number or time and not by letters."""
    from datetime import datetime

    try:
        match kind:
            case "integer" | "number":
                if isinstance(value, bool):
                    raise ValueError
                number = float(value)
                return int(value) if re.fullmatch(r"\s*[+-]?\d{1,18}\s*", str(value)) else number
            case "boolean":
                return {"true": True, "false": False}[str(value).lower()]
            case "date":
                return datetime.fromisoformat(str(value).strip())
    except (ValueError, KeyError, TypeError, OverflowError):
        example = {"boolean": "true or false", "date": "2024-12-31 or 2024-12-31 18:30"}.get(kind, "12.5")
        raise Invalid(
            f"{value!r} cannot be compared with the {kind} column {name}; write for example {example}.",
            code="bad-filter",
            fields={"column": name},
        ) from None
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    if value is None or isinstance(value, (list, dict)):
        raise Invalid(f"The filter on {name} needs a value.", code="bad-filter", fields={"column": name})
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        # JSON can name half a character; no table holds one.
        raise Invalid(f"The filter on {name} holds half a character.", code="bad-filter", fields={"column": name}) from None
    return text


def _json(text: str) -> Any:
    """What the text holds; None where it cannot be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _search(columns: Mapping[str, str], search: str) -> tuple[str, list[Any]]:
    """Only columns that could hold the text are looked at: no number contains a letter, no date a comma."""
    text = search.lower()
    could = {
        "integer": re.compile(r"[-\d]+"),
        "number": re.compile(r"[-+.\de]+|inf|nan"),
        "boolean": re.compile(r"[truefals]+"),
        "date": re.compile(r"[-:. \d]+"),
    }
    tests = [
        f"contains(lower(CAST({identifier(name)} AS VARCHAR)), ?)"
        for name, kind in columns.items()
        if kind not in could or could[kind].fullmatch(text)
    ]
    if not tests:
        return "false", []
    return "(" + " OR ".join(tests) + ")", [text] * len(tests)
