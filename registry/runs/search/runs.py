"""Pages of runs: filtered, in any order, by a token of the last run seen or by an offset.

Runs ordered by a metric are taken from its index until the page is full, and only then those that lack it; so a page
costs what it shows, not what there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.errors import Invalid
from registry.runs.models import MetricSummary, Run
from registry.runs.search import conditions, grammar, order, orders, rare
from registry.runs.search.fields import RUNS, Fields
from registry.runs.search.order import Order
from registry.runs.search.orders import MISSING, NAN, VALUED, Key
from registry.runs.search.scope import Scope
from registry.runs.search.tree import Tree
from registry.runs.selectors import BLOBS

__all__ = ["COUNTED", "Page", "Scope", "count", "keys", "matching", "search"]

COUNTED = 100_000
MOST = 50_000
TRIED = 3_000


@dataclass(frozen=True)
class Page:
    rows: list[Run]
    next_token: str = ""  # empty after the last page


def search(
    scope: Scope,
    filter: str | Tree | None = "",
    order_by: Sequence[str | Order] = (),
    *,
    fields: Fields = RUNS,
    limit: int = 100,
    offset: int = 0,
    after: str = "",
) -> Page:
    """One page, each run with its experiment and who started it. Raises `BadFilter`; `Invalid` for a token that is none."""
    found, next_token = keys(scope, filter, order_by, fields=fields, limit=limit, offset=offset, after=after)
    rows = Run.objects.select_related("experiment", "created_by").defer(*BLOBS).in_bulk(found)
    return Page([rows[key] for key in found if key in rows], next_token)


def keys(
    scope: Scope,
    filter: str | Tree | None = "",
    order_by: Sequence[str | Order] = (),
    *,
    fields: Fields = RUNS,
    limit: int = 100,
    offset: int = 0,
    after: str = "",
) -> tuple[list[int], str]:
    """The primary keys alone, and the token of the next page."""
    if not 0 < limit <= MOST:
        raise Invalid(f"A page has between 1 and {MOST:,} runs.", fields={"limit": limit})
    tree = parsed(filter, fields)
    wanted = [order.parse(o, fields) if isinstance(o, str) else o for o in order_by] or [orders.STARTED]
    return _Search(scope, tree, wanted, fields.strict).page(limit, offset, after)


def parsed(filter: str | Tree | None, fields: Fields = RUNS) -> Tree | None:
    return grammar.parse(filter, fields) if isinstance(filter, str) else filter


def matching(scope: Scope, filter: str | Tree | None = "", *, fields: Fields = RUNS) -> QuerySet[Run]:
    """All runs that match, in no order."""
    tree = parsed(filter, fields)
    found = Run.objects.filter(scope.runs(), conditions.condition(tree, scope.user, strict=fields.strict))
    if (few := rare.few(scope, tree)) is not None:
        found = found.filter(pk__in=few)
    return found.order_by()


def count(
    scope: Scope, filter: str | Tree | None = "", *, fields: Fields = RUNS, most: int = COUNTED
) -> tuple[int, bool]:
    """How many match, and whether that is all of them: beyond `most` nobody goes on counting."""
    found = matching(scope, filter, fields=fields).values("pk")[: most + 1].count()
    return min(found, most), found <= most


@dataclass
class _Search:
    scope: Scope
    tree: Tree | None
    wanted: list[Order]
    strict: bool
    few: list[int] | None = field(init=False)
    looked: bool = False

    def __post_init__(self) -> None:
        self.few = [] if self.scope.ids == () else rare.few(self.scope, self.tree)
        self.first = self.wanted[0]
        names = [o.name for o in self.wanted]
        self.rest = self.wanted[1:] + ([] if orders.STARTED.name in names or self._asks_start(names) else [orders.STARTED])

    @staticmethod
    def _asks_start(names: Sequence[Any]) -> bool:
        return any(name.group == "attributes" and name.key == "start_time" for name in names)

    def page(self, limit: int, offset: int, after: str) -> tuple[list[int], str]:
        phases = self._phases()
        phase, values = orders.read_token(after, len(phases)) if after else (0, None)
        found: list[int] = []
        last: tuple[int, Sequence[Any]] | None = None
        # One more than asked for tells whether there is a next page.
        while phase < len(phases) and len(found) <= limit:
            rank = phases[phase]
            rows = self._rows(rank, limit + 1 - len(found), offset, values)
            if offset and not rows and phase + 1 < len(phases):
                offset -= self._count(rank)
            elif rows:
                offset = 0
            for row in rows:
                if len(found) < limit:
                    last = (phase, row[1:])
                found.append(row[0])
            phase, values = phase + 1, None
        if len(found) <= limit or last is None:
            return found[:limit], ""
        return found[:limit], orders.token(*last)

    def _phases(self) -> list[int]:
        name = self.first.name
        if name.group == "metrics":
            return [VALUED, NAN, MISSING]
        if name.group == "attributes" and name.key in orders.NEVER_NULL:
            return [VALUED]
        return [VALUED, MISSING]

    def _rows(self, rank: int, limit: int, offset: int, values: Sequence[Any] | None) -> list[tuple[Any, ...]]:
        """(run's key, value of each key of the order) of one phase."""
        if self._may_match_few(rank) and not offset:
            rows = self._read(rank, limit, 0, values, self._bounds(values))
            if len(rows) == limit:
                return rows
            # The first thousands hold too few of them: then they may be few altogether, and are quickly found so.
            matching = Run.objects.filter(self.scope.runs(), self._condition()).order_by().values_list("pk", flat=True)
            found = list(matching[: rare.FEW + 1])
            self.few = found if len(found) <= rare.FEW else None
            self.looked = True
        return self._read(rank, limit, offset, values, {})

    def _may_match_few(self, rank: int) -> bool:
        by_index = self.first.name.group == "metrics" and rank == VALUED
        return by_index and self.few is None and self.tree is not None and not self.looked

    def _bounds(self, values: Sequence[Any] | None) -> dict[Scope, float]:
        """Of each piece the value at which `TRIED` of its metric have been passed."""
        found = {}
        for scope in self._scopes(VALUED):
            rows, _ = self._from_summaries(scope, VALUED, filtered=False)
            key = Key("first", self.first.descending)
            if values:
                rows = orders.go_on(rows, [key], values[:1])
            last = rows.order_by(key.sorted()).values_list("first", flat=True)[TRIED : TRIED + 1]
            if passed := list(last):
                found[scope] = passed[0]
        return found

    def _read(
        self, rank: int, limit: int, offset: int, values: Sequence[Any] | None, bounds: dict[Scope, float]
    ) -> list[tuple[Any, ...]]:
        pieces = []
        for scope in self._scopes(rank):
            piece = self._piece(scope, rank, values)
            if scope in bounds:
                piece = piece.filter(**{f"first__{'gte' if self.first.descending else 'lte'}": bounds[scope]})
            pieces.append(piece)
        if len(pieces) == 1:
            return list(pieces[0][offset : offset + limit])
        return _merged([piece[: offset + limit] for piece in pieces], self._keys(rank), limit, offset)

    def _by_numbers(self, order: Order) -> bool:
        return len(orders.keys_of(order, "", strict=self.strict)) > 1

    def _scopes(self, rank: int) -> list[Scope]:
        by_index = self.first.name.group == "metrics" and rank != MISSING
        by_index |= self.scope.experiments is not None and self.first.name.key in ("started", "start_time", "created")
        if self.few is not None or not by_index:
            return [self.scope]
        return self.scope.divided()

    def _keys(self, rank: int) -> list[Key]:
        keys = orders.keys_of(self.first, "first", strict=self.strict) if rank == VALUED else []
        for number, other in enumerate(self.rest):
            keys += [Key(f"rank{number}"), *orders.keys_of(other, f"value{number}", strict=self.strict)]
        return [*keys, Key("tie")]

    def _piece(self, scope: Scope, rank: int, values: Sequence[Any] | None) -> Any:
        """The rows of one phase, in order, as (run's key, values of the keys)."""
        by_metric = self.first.name.group == "metrics" and rank != MISSING and self.few is None
        rows, run = self._from_summaries(scope, rank) if by_metric else self._from_runs(scope, rank)
        keys = self._keys(rank)
        for number, other in enumerate(self.rest):
            rows = orders.with_value(rows, f"value{number}", other.name, run, self.scope.user)
            rows = rows.annotate(**{f"rank{number}": orders.rank_of(other.name, f"value{number}")})
            if self._by_numbers(other):
                rows = orders.numbers_first(rows, f"value{number}")
        prefix = "" if run == "pk" else "run__"
        rows = rows.annotate(tie=orders.F(f"{prefix}run_id"))
        if values is not None:
            rows = orders.go_on(rows, keys, values)
        return rows.order_by(*(key.sorted() for key in keys)).values_list(run, *(key.column for key in keys))

    def _from_summaries(self, scope: Scope, rank: int, *, filtered: bool = True) -> tuple[Any, str]:
        name = self.first.name
        column = conditions.metric_column(name.key, name.part)
        rows = MetricSummary.objects.filter(key=name.key, **{f"{column}__isnull": rank == NAN})
        if scope.experiments is None:
            rows = rows.filter(experiment__workspace=scope.workspace)
        elif len(scope.experiments) == 1:
            rows = rows.filter(experiment=scope.experiments[0])
        else:
            rows = rows.filter(experiment__in=scope.experiments)
        if filtered:
            rows = rows.filter(Exists(Run.objects.filter(scope.runs(), self._condition(), pk=OuterRef("run_id"))))
        return rows.annotate(first=orders.F(column)), "run_id"

    def _from_runs(self, scope: Scope, rank: int) -> tuple[Any, str]:
        rows = Run.objects.filter(scope.runs(), self._condition())
        if self.few is not None:
            rows = rows.filter(pk__in=self.few)
        name = self.first.name
        rows = orders.with_value(rows, "first", name, "pk", self.scope.user)
        if self._by_numbers(self.first):
            rows = orders.numbers_first(rows, "first")
        if self._phases() == [VALUED]:
            return rows, "pk"
        if name.group != "metrics":
            return rows.filter(first__isnull=rank != VALUED), "pk"
        if rank == VALUED:
            return rows.filter(first__isnull=False), "pk"
        return rows.filter(first__isnull=True, first_row__isnull=rank == MISSING), "pk"

    def _condition(self) -> Q:
        return conditions.condition(self.tree, self.scope.user, strict=self.strict)

    def _count(self, rank: int) -> int:
        return sum(self._piece(scope, rank, None).order_by().values("pk").count() for scope in self._scopes(rank))


def _merged(pieces: Sequence[Any], keys: Sequence[Key], limit: int, offset: int) -> list[tuple[Any, ...]]:
    """The first rows of all the pieces together: each is read from its own index up to what could be needed."""
    statements: list[str] = []
    parameters: list[Any] = []
    compiler: Any = None
    for piece in pieces:
        one = piece.query.get_compiler(connection=connection)
        try:
            sql, given = one.as_sql()
        except EmptyResultSet:
            continue
        compiler = one
        statements.append(f"SELECT * FROM ({sql}) AS piece")
        parameters += given
    if compiler is None:
        return []
    order_by = ", ".join(f"{number} {'DESC' if key.descending else 'ASC'}" for number, key in enumerate(keys, start=2))
    joined = " UNION ALL ".join(statements)
    with connection.cursor() as cursor:
        cursor.execute(f"{joined} ORDER BY {order_by} LIMIT %s OFFSET %s", [*parameters, limit, offset])
        # Read as the pieces' own columns would be: SQLite has no times, for one.
        return [tuple(row) for row in compiler.results_iter([cursor.fetchall()], tuple_expected=True)]
