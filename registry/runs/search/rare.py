"""Conditions that few runs fulfil: found by an index first, they spare the search the walk through all the others."""

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Func

from registry.runs.models import MetricSummary, Param, Run, Star, Tag
from registry.runs.models.records import VALUE_HEAD
from registry.runs.search import conditions
from registry.runs.search.scope import Scope
from registry.runs.search.tree import Compare, Tree, conjuncts
from registry.runs.states import ACTIVE

FEW = 2000
MOST_ASKED = 4


def few(scope: Scope, tree: Tree | None) -> list[int] | None:
    """The keys of runs among which all that match are, if some condition leaves few; None if none does."""
    asked = 0
    for part in conjuncts(tree):
        if not isinstance(part, Compare) or (candidates := _candidates(scope, part)) is None:
            continue
        found = list(candidates[: FEW + 1])
        if len(found) <= FEW:
            return found
        if (asked := asked + 1) == MOST_ASKED:
            break
    return None


def _candidates(scope: Scope, c: Compare) -> Any:
    """A query of keys of runs that an index answers, or None."""
    group, key = c.name.group, c.name.key
    if group in ("params", "tags") and c.operator == "=" and isinstance(c.value, str) and key != conditions.NAME_TAG:
        return by_value(Param if group == "params" else Tag, key, c.value)
    if group == "metrics" and scope.experiments is not None and c.operator in ("=", "<", "<=", ">", ">="):
        value = conditions.metric_value(conditions.metric_column(key, c.name.part), c)
        rows = MetricSummary.objects.filter(value, experiment__in=scope.experiments, key=key)
        return rows.order_by().values_list("run_id", flat=True)
    if group != "attributes":
        return None
    if key == "run_id" and c.operator in ("=", "IN"):
        return _keys(Run.objects.filter(run_id__in=_listed(c.value)))
    if key == "starred" and (c.value == "true") == (c.operator == "="):
        return Star.objects.filter(user=scope.user).order_by().values_list("run_id", flat=True)
    if key == "status" and c.operator in ("=", "IN"):
        known = conditions.OUR_STATUS | conditions.PROTOCOL_STATUS
        meant = {status for word in _listed(c.value) for status in known.get(word, ())}
        # Of what is over there is much, always.
        return _keys(Run.objects.filter(status__in=meant)) if meant <= ACTIVE else None
    return None


class Head(Func):
    """As the index has it, to the letter: with its length as a parameter no database would recognise it."""

    output_field = CharField()
    template = f"LEFT(%(expressions)s, {VALUE_HEAD})"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, 1, {VALUE_HEAD})", **context)


def by_value(model: Any, key: str, value: str) -> Any:
    """By the index of the key and the beginning of the value."""
    rows = model.objects.alias(head=Head("value")).filter(key=key, head=value[:VALUE_HEAD])
    if len(value) >= VALUE_HEAD:
        rows = rows.filter(value=value)
    return rows.order_by().values_list("run_id", flat=True)


def _keys(runs: Any) -> Any:
    return runs.order_by().values_list("pk", flat=True)


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, tuple) else (value,)


