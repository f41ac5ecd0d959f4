"""Orders of runs: what they are sorted by, and the place behind a run from which the next page goes on.

A field that a run lacks comes last, whichever way; not-a-number just before. After the fields asked for comes the latest
start, then the run's id, so that every order is total.
"""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import (
    Case,
    Expression,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from registry.errors import Invalid
from registry.runs.models import Star
from registry.runs.search import conditions, where
from registry.runs.search.fields import Name
from registry.runs.search.order import Order

VALUED, NAN, MISSING = 0, 1, 2
NEVER_NULL = frozenset({"run_id", "name", "run_name", "kind", "status", "created", "source", "starred"})
STARTED = Order(Name("attributes", "started"), descending=True)
NEWEST = Order(Name("attributes", "created"), descending=True)


@dataclass(frozen=True)
class Key:
    """One column of an ORDER BY."""

    column: str
    descending: bool = False

    def sorted(self) -> Any:
        return F(self.column).desc() if self.descending else F(self.column).asc()


def column_of(name: Name) -> str | None:
    """The column of runs that a field is; None of what is looked up elsewhere."""
    if name == Name("tags", conditions.NAME_TAG):
        return "name"
    if name.group != "attributes":
        return None
    known = conditions.TEXTS | conditions.TIMES | conditions.NUMBERS | {"status": "status"}
    return known.get(name.key)


def with_value(rows: Any, column: str, name: Name, run: str, user: Any) -> Any:
    """The rows with the value of a field in `column`, null where there is none. `run`: where the key of a row's run is,
    "pk", or "run_id" of a summary. What stands in other tables is joined, so that it is looked up once."""
    to_run = "" if run == "pk" else "run__"
    if (direct := column_of(name)) is not None:
        return rows.annotate(**{column: F(to_run + direct)})
    if name.group == "attributes":
        starred = Star.objects.filter(run=OuterRef(run), user=user).values(found=Value(1))[:1]
        return rows.annotate(**{column: Coalesce(Subquery(starred), 0, output_field=IntegerField())})
    relation = f"{to_run}{name.group}"
    joined = FilteredRelation(relation, condition=Q(**{f"{relation}__key": name.key}))
    value = conditions.metric_column(name.key, name.part) if name.group == "metrics" else "value"
    return rows.annotate(**{f"{column}_row": joined}).annotate(**{column: F(f"{column}_row__{value}")})


def rank_of(name: Name, column: str) -> Expression:
    """VALUED, NAN or MISSING, of a value that `with_value` has put there."""
    if name.group != "metrics":
        return Case(When(**{f"{column}__isnull": True}, then=MISSING), default=VALUED, output_field=IntegerField())
    return Case(
        When(**{f"{column}_row__isnull": True}, then=MISSING),
        When(**{f"{column}__isnull": True}, then=NAN),
        default=VALUED,
        output_field=IntegerField(),
    )


def numbers_first(rows: Any, column: str) -> Any:
    """Of texts that are numbers, 9 comes before 10; other texts come after them."""
    rows = rows.annotate(**{f"{column}_number": where.as_number(column)})
    is_text = Case(When(**{f"{column}_number__isnull": True}, then=1), default=0, output_field=IntegerField())
    return rows.annotate(**{f"{column}_is_text": is_text})


def keys_of(order: Order, column: str, *, strict: bool) -> list[Key]:
    if strict or order.name.group not in ("params", "tags"):
        return [Key(column, order.descending)]
    number = Key(f"{column}_number", order.descending)
    return [Key(f"{column}_is_text"), number, Key(column, order.descending)]


def behind(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """What comes after these values in this order. A null is equal to a null; its rank, a key before, told them apart."""
    found: Q | None = None
    for key, value in zip(reversed(keys), reversed(values), strict=True):
        if value is None:
            # Only others without a value share the rank of this one.
            found = Q(**{f"{key.column}__isnull": True}) & found if found is not None else Q(pk__in=[])
            continue
        beyond = Q(**{f"{key.column}__{'lt' if key.descending else 'gt'}": value})
        found = beyond if found is None else beyond | (Q(**{key.column: value}) & found)
    return found if found is not None else Q()


def go_on(rows: Any, keys: Sequence[Key], values: Sequence[Any]) -> Any:
    """The rows that come after those of a token."""
    try:
        if len(values) != len(keys):
            raise ValueError
        found = rows.filter(behind(keys, values))
        if keys[0].column == "first":
            # Tells the index where to begin.
            found = found.filter(**{f"first__{'lte' if keys[0].descending else 'gte'}": values[0]})
        return found
    except (ValueError, TypeError, ValidationError):
        raise _no_token() from None


def token(phase: int, values: Sequence[Any]) -> str:
    told = json.dumps([phase, [_told(value) for value in values]], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode()


def read_token(text: str, most_phases: int) -> tuple[int, list[Any]]:
    """The phase and the values; raises `Invalid` where it is none of ours."""
    try:
        phase, values = json.loads(base64.urlsafe_b64decode(text.encode()))
        if not isinstance(phase, int) or not 0 <= phase < most_phases or not isinstance(values, list):
            raise ValueError
        return phase, [_read(value) for value in values]
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError, OverflowError):
        raise _no_token() from None


def _no_token() -> Invalid:
    message = "This is no page token of this search. Begin again without one."
    return Invalid(message, code="bad-token", fields={"protocol": "Invalid page token"})


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"f": repr(value)}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else float(value["f"])
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError
    if isinstance(value, str) and "\0" in value:
        raise ValueError
    return value
