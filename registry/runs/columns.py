"""Which columns there are to choose from: names of metrics, params and tags."""

from collections import Counter
from typing import Any

from registry.errors import Invalid
from registry.runs import table
from registry.runs.models import Experiment, MetricSummary, Param, RunField, Tag
from registry.runs.search import runs
from registry.runs.search.fields import Name
from registry.runs.search.orders import NEWEST
from registry.runs.search.tree import name_text
from registry.workspaces.models import Workspace

PAGE = 200
KINDS = tuple(RunField.Kind.values)
# What a first look at a table shows.
LOOKED_AT = 100
METRICS, PARAMS = 5, 5
MOST_NAMES = 20_000
# Kept by clients for themselves.
RESERVED = "mlflow."


def names(workspace: Workspace, *, kind: str = "", experiments: str = "", q: str = "", cursor: str = "") -> dict[str, Any]:
    """A page of names in the order of the alphabet, each once, however many experiments have it. `cursor` is the last
    name seen."""
    if kind and kind not in KINDS:
        raise Invalid(f"There is no kind {kind[:40]!r}; there are {', '.join(KINDS)}.", fields={"kind": kind[:40]})
    if any("\0" in given for given in (experiments, q, cursor)):
        raise Invalid("A NUL character is in no name.", fields={"q": "NUL"})
    asked = [one for one in experiments.split(",") if one.strip()]
    keys = table.experiments(workspace, [one.strip() for one in asked])
    if keys is None:
        keys = tuple(Experiment.objects.filter(workspace=workspace).values_list("pk", flat=True))
    found: list[tuple[str, str]] = []
    after_kind, _, after_key = cursor.partition(":")
    for one in [kind] if kind else KINDS:
        if cursor and one < after_kind:
            continue
        rows = RunField.objects.filter(experiment__in=keys, kind=one)
        if q:
            rows = rows.filter(key__icontains=q)
        if cursor and one == after_kind:
            rows = rows.filter(key__gt=after_key)
        room = PAGE + 1 - len(found)
        found += [(one, key) for key in rows.order_by("key").values_list("key", flat=True).distinct()[:room]]
        if len(found) > PAGE:
            break
    more = len(found) > PAGE
    found = found[:PAGE]
    return {
        "results": [{"kind": one, "key": key} for one, key in found],
        "next": f"{found[-1][0]}:{found[-1][1]}" if more else None,
    }


def suggested(question: table.Question) -> list[str]:
    """Columns for a table that nobody has arranged: the metrics most runs have, and the params in which they differ."""
    keys, _ = runs.keys(question.scope, question.tree, question.order or (NEWEST,), limit=LOOKED_AT)
    counted = Counter(MetricSummary.objects.filter(run__in=keys).values_list("key", flat=True)[:MOST_NAMES])
    metrics = sorted(counted, key=lambda key: (-counted[key], "/" in key, key))[:METRICS]
    values: dict[str, set[str]] = {}
    having: Counter[str] = Counter()
    for key, value in Param.objects.filter(run__in=keys).values_list("key", "value")[:MOST_NAMES]:
        having[key] += 1
        values.setdefault(key, set()).add(value)
    telling = sorted(having, key=lambda key: (len(values[key]) < 2, -having[key], "/" in key, key))[:PARAMS]
    tags = Tag.objects.filter(run__in=keys).exclude(key__startswith=RESERVED).values_list("key", flat=True)
    tagged = [key for key, _ in Counter(tags[:MOST_NAMES]).most_common(2)]
    return [
        name_text(name)
        for group, chosen in (("metrics", metrics), ("params", telling), ("tags", tagged))
        for name in (Name(group, key) for key in chosen)
    ]
