"""The table of runs: which runs, which columns of them, in which order.

A question comes as plain data from a page, a saved view or a program; `read` makes sense of it, or says what is wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from registry.errors import Invalid
from registry.runs import listing, numbers
from registry.runs.models import Experiment, MetricSummary, Param, Run, Star, Tag
from registry.runs.search import conditions, names, runs
from registry.runs.search.fields import RUNS, Name
from registry.runs.search.order import MOST as MOST_ORDERS
from registry.runs.search.order import Order
from registry.runs.search.orders import NEWEST
from registry.runs.search.runs import Scope
from registry.runs.search.tree import Tree
from registry.workspaces.models import Workspace

MOST_ROWS = 1_000
MOST_COLUMNS = 2_000
MOST_IDS = 10_000
MOST_EXPERIMENTS = 1_000
MOST_GROUPED = 4
FURTHEST = 10_000_000
AT_ONCE = 500  # columns of one statement


@dataclass(frozen=True)
class Column:
    """`title` is what the asker calls it, and finds it by in the answer."""

    title: str
    name: Name


@dataclass(frozen=True)
class Question:
    scope: Scope
    tree: Tree | None
    order: tuple[Order, ...]
    columns: tuple[Column, ...]
    group_by: tuple[Column, ...]
    offset: int = 0
    limit: int = 100


def read(workspace: Workspace, user: Any, asked: Mapping[str, Any]) -> Question:
    """Raises `Invalid`; of the filter, `BadFilter` with its place."""
    filter = asked.get("filter") or ""
    if not isinstance(filter, str):
        raise _bad("filter", "A filter is a text.")
    nested = asked.get("nested") or "flat"
    if nested not in ("flat", "roots"):
        raise _bad("nested", "“nested” is “flat” or “roots”.")
    ids = asked.get("ids")
    scope = Scope(
        workspace,
        experiments=experiments(workspace, asked.get("experiments")),
        lifecycle=_text(asked, "lifecycle") or "active",
        ids=None if ids is None else tuple(_texts(ids, "ids", MOST_IDS)),
        roots=nested == "roots",
        user=user,
    )
    group_by = _columns(asked.get("group_by"), "group_by", MOST_GROUPED)
    return Question(
        scope=scope,
        tree=runs.parsed(filter),
        order=_order(asked.get("order")),
        columns=_columns(asked.get("columns"), "columns", MOST_COLUMNS),
        group_by=group_by,
        offset=_number(asked, "offset", 0, FURTHEST),
        limit=_number(asked, "limit", 100, MOST_ROWS, least=1),
    )


def page(question: Question) -> dict[str, Any]:
    """The rows asked for and how many there are in all. Listen for news from `last_event` on."""
    last_event = listing.last_workspace_event(question.scope.workspace)
    order = question.order or (NEWEST,)
    found = runs.search(
        question.scope, question.tree, order, limit=question.limit, offset=question.offset
    ).rows
    if len(found) < question.limit and (found or not question.offset):
        total, is_exact = question.offset + len(found), True
    else:
        total, is_exact = runs.count(question.scope, question.tree)
    return {
        "rows": shown(found, question),
        # What was written in between may be on the page and not in the count.
        "total": max(total, question.offset + len(found)) if found else total,
        "total_is_exact": is_exact,
        "last_event": last_event,
    }


def shown(found: Sequence[Run], question: Question) -> list[dict[str, Any]]:
    """The rows as plain data."""
    keys = [run.pk for run in found]
    values = values_of(found, question.columns)
    mine = starred(found, question.scope.user)
    nested = dict(
        Run.objects.filter(nested_in__in=keys, deleted_at=None)
        .order_by()
        .values_list("nested_in")
        .annotate(count=Count("pk"))
    )
    return [
        {
            "run_id": run.run_id,
            "name": run.name,
            "status": run.status,
            "kind": run.kind,
            "experiment": None if run.experiment is None else {"id": run.experiment_id, "name": run.experiment.name},
            "created_by": _user(run),
            "created_at": run.created_at,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "seconds": run.seconds,
            "source": run.source,
            "starred": run.pk in mine,
            "archived": run.archived_at is not None,
            "deleted": run.deleted_at is not None,
            "nested_count": nested.get(run.pk, 0),
            "values": {title: told(value) for title, value in values[run.pk].items()}
            | {c.title: run.pk in mine for c in question.columns if c.name.key == "starred"},
        }
        for run in found
    ]


def starred(found: Sequence[Run], user: Any) -> set[int]:
    return set(Star.objects.filter(run__in=[run.pk for run in found], user=user).values_list("run_id", flat=True))


def values_of(found: Sequence[Run], columns: Sequence[Column]) -> dict[int, dict[str, Any]]:
    """Of every run the value of every column: as it is kept, NaN for a metric that is none, None where there is none."""
    values: dict[int, dict[str, Any]] = {run.pk: {} for run in found}
    for column in columns:
        if column.name.group == "attributes" and column.name.key != "starred":
            for run in found:
                values[run.pk][column.title] = attribute(run, column.name.key)
        elif column.name.group == "tags" and column.name.key == conditions.NAME_TAG:
            for run in found:
                values[run.pk][column.title] = run.name
    _fill_metrics(values, [c for c in columns if c.name.group == "metrics"])
    _fill_texts(values, Param, [c for c in columns if c.name.group == "params"])
    _fill_texts(values, Tag, [c for c in columns if c.name.group == "tags"])
    return values


def attribute(run: Run, key: str) -> Any:
    match key:
        case "experiment":
            return None if run.experiment is None else run.experiment.name
        case "user":
            return _user(run)
        case "created":
            return run.created_at
        case "started":
            return run.started_at
        case "ended":
            return run.ended_at
        case "duration":
            return run.seconds
        case "run_id" | "name" | "status" | "kind" | "source":
            return getattr(run, key)
    return None


def told(value: Any) -> Any:
    """As JSON can carry it."""
    return numbers.shown(value) if isinstance(value, float) else value


def _fill_metrics(values: dict[int, dict[str, Any]], columns: Sequence[Column]) -> None:
    by_key: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        field = conditions.metric_column(column.name.key, column.name.part)
        by_key.setdefault(column.name.key, []).append((column.title, field))
    for keys in _portions(list(by_key)):
        rows = MetricSummary.objects.filter(run__in=list(values), key__in=keys).order_by()
        for row in rows.values("run_id", "key", "last", "minimum", "maximum"):
            for title, field in by_key[row["key"]]:
                values[row["run_id"]][title] = float("nan") if row[field] is None else row[field]


def _fill_texts(values: dict[int, dict[str, Any]], model: type[Param] | type[Tag], columns: Sequence[Column]) -> None:
    by_key: dict[str, list[str]] = {}
    for column in columns:
        if column.name.key != conditions.NAME_TAG or model is Param:
            by_key.setdefault(column.name.key, []).append(column.title)
    for keys in _portions(list(by_key)):
        rows: Any = model._default_manager.filter(run__in=list(values), key__in=keys).order_by()
        for run_id, key, value in rows.values_list("run_id", "key", "value"):
            for title in by_key[key]:
                values[run_id][title] = value


def _portions(keys: list[str]) -> list[list[str]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def _user(run: Run) -> str | None:
    return run.created_by.username if run.created_by else None


def experiments(workspace: Workspace, asked: Any) -> tuple[int, ...] | None:
    """Their keys; None for all. One that is not of this workspace does not exist."""
    if not asked:
        return None
    if not isinstance(asked, list) or len(asked) > MOST_EXPERIMENTS:
        raise _bad("experiments", f"“experiments” is a list of at most {MOST_EXPERIMENTS:,} ids.")
    known = Experiment.objects.filter(workspace=workspace)
    keys: set[int] = set()
    for given in asked:
        if isinstance(given, bool) or not str(given).isascii() or not str(given).isdecimal() or len(str(given)) > 18:
            raise _bad("experiments", f"{str(given)[:40]!r} is not the id of an experiment.")
        keys.add(int(given))
    if 0 in keys:  # as clients of the tracking protocol know the default one
        keys |= set(known.filter(is_default=True).values_list("pk", flat=True))
    found = known.filter(pk__in=keys).values_list("pk", flat=True)
    return tuple(sorted(found))


def _order(asked: Any) -> tuple[Order, ...]:
    if not asked:
        return ()
    if not isinstance(asked, list) or len(asked) > MOST_ORDERS:
        raise _bad("order", f"“order” is a list of at most {MOST_ORDERS} fields.")
    found: list[Order] = []
    for given in asked:
        if not isinstance(given, dict) or not isinstance(given.get("field"), str):
            raise _bad("order", "Each part of “order” has a “field” and, if you like, “descending”.")
        name, known = names.parse(given["field"], RUNS)
        if not known.order:
            raise _bad("order", f"One cannot order by {given['field'][:80]}.")
        if all(name != other.name for other in found):
            found.append(Order(name, bool(given.get("descending"))))
    return tuple(found)


def _columns(asked: Any, where: str, most: int) -> tuple[Column, ...]:
    if asked is None:
        return ()
    found = [Column(title, names.parse(title, RUNS)[0]) for title in dict.fromkeys(_texts(asked, where, most))]
    if odd := next((c for c in found if c.name.group == "datasets" or c.name.key == "artifact_uri"), None):
        raise _bad(where, f"{odd.title} is for filters only; it is no column.")
    return tuple(found)


def _texts(asked: Any, where: str, most: int) -> list[str]:
    if not isinstance(asked, list) or any(not isinstance(one, str) for one in asked):
        raise _bad(where, f"“{where}” is a list of texts.")
    if len(asked) > most:
        raise _bad(where, f"“{where}” may hold {most:,}; these are {len(asked):,}.")
    if any("\0" in one for one in asked):
        raise _bad(where, "A text may not hold a NUL character.")
    return asked


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if value is not None and not isinstance(value, str):
        raise _bad(key, f"“{key}” is a text.")
    return value or ""


def _number(asked: Mapping[str, Any], key: str, default: int, most: int, least: int = 0) -> int:
    value = asked.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _bad(key, f"“{key}” is a whole number between {least} and {most:,}.")
    return value


def _bad(key: str, message: str) -> Invalid:
    return Invalid(message, fields={key: message})

