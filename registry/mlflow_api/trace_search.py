"""Searching traces: by attributes, tags, metadata, spans and what was said of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    ExpressionWrapper,
    F,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from registry.mlflow_api import paging
from registry.runs.search import fields, grammar, order, tree, where
from registry.runs.search.errors import BadFilter
from registry.runs.search.fields import Name
from registry.traces import keys
from registry.traces.models import Assessment, Span, Trace, TraceMetadata, TracePrompt, TraceRun, TraceTag
from registry.workspaces.models import Workspace

USUAL, MOST = 100, 500
TEXT = fields.EQUAL | fields.LIKE | fields.LISTS | {"RLIKE"}
PAIRS = fields.EQUAL | fields.LIKE | fields.NULLS | {"RLIKE"}
ASSESSED = PAIRS | fields.SIZE
NUMBER = fields.PROTOCOL_NUMBER
FIELDS = fields.Fields(
    noun="trace",
    attributes=(
        fields.Attribute("request_id", operators=TEXT, aliases=("trace_id",)),
        fields.Attribute("timestamp_ms", fields.NUMBER, aliases=("timestamp",), operators=NUMBER),
        fields.Attribute("execution_time_ms", fields.NUMBER, aliases=("execution_time",), operators=NUMBER),
        fields.Attribute("end_time_ms", fields.NUMBER, aliases=("end_time",), operators=NUMBER),
        fields.Attribute("status", operators=TEXT, aliases=("state",)),
        fields.Attribute("client_request_id", operators=TEXT, order=False),
        fields.Attribute("name", operators=TEXT),
        fields.Attribute("run_id", operators=TEXT),
        fields.Attribute("prompt", operators=fields.EQUAL, lists=False, order=False),
        fields.Attribute("text", operators=fields.LIKE | {"RLIKE"}, lists=False, order=False),
        fields.Attribute("experiment_id", search=False),
    ),
    groups=(
        fields.Group("tags", aliases=("tag",), operators=PAIRS, called="tag"),
        fields.Group("metadata", aliases=("request_metadata",), operators=PAIRS, called="request_metadata"),
        fields.Group("span", operators=TEXT, order=False, called="span"),
        fields.Group("feedback", fields.EITHER, operators=ASSESSED, order=False, called="feedback"),
        fields.Group("expectation", fields.EITHER, operators=ASSESSED, order=False, called="expectation"),
    ),
    words=("attribute", "trace", "attributes"),
    strict=True,
)
COLUMNS = {
    "request_id": "trace_id", "timestamp_ms": "request_time", "execution_time_ms": "duration", "end_time_ms": "ended",
    "status": "state", "client_request_id": "client_request_id", "experiment_id": "experiment_id",
}  # fmt: skip
NUMBERS = ("timestamp_ms", "execution_time_ms", "end_time_ms")
CONTENT = fields.LIKE | {"RLIKE"}
SPAN_COLUMNS = ("name", "type", "status")


def whole(traces: "QuerySet[Trace]") -> "QuerySet[Trace]":
    """With everything that an answer tells of a trace but its spans; six queries, however many traces."""
    return (
        traces.select_related("experiment")
        .annotate(has_spans=Exists(Span.objects.filter(trace=OuterRef("pk"))))
        .prefetch_related(
            Prefetch("tags", TraceTag.objects.order_by("pk")),
            Prefetch("metadata", TraceMetadata.objects.order_by("pk")),
            Prefetch("prompts", TracePrompt.objects.order_by("pk")),
            Prefetch("assessments", Assessment.objects.select_related("trace").order_by("created", "pk")),
        )
    )


def search(
    workspace: Workspace, experiments: Sequence[int], filter: str, order_by: Sequence[str], *, limit: int, token: str
) -> tuple[list[Trace], str]:
    """The page and the token of the next, "" after the last."""
    start = paging.offset(token)
    found = whole(Trace.objects.filter(workspace=workspace, experiment__in=experiments)).annotate(
        ended=ExpressionWrapper(F("request_time") + F("duration"), output_field=BigIntegerField())
    )
    parsed = grammar.parse(filter, FIELDS)
    # What is asked of spans side by side is asked of one and the same span.
    parts = tree.conjuncts(parsed)
    of_spans = [part for part in parts if isinstance(part, tree.Compare) and part.name.group == "span"]
    if of_spans:
        spans = Span.objects.filter(trace=OuterRef("pk"))
        for part in of_spans:
            spans = _with_span(spans, part)
        found = found.filter(Exists(spans))
    others = tree.both(*(part for part in parts if part not in of_spans))
    rows = list(found.filter(where.all_of(others, _condition)).order_by(*_orders(order_by))[start : start + limit + 1])
    return rows[:limit], paging.token(start + limit) if len(rows) > limit else ""


def _condition(asked: tree.Compare) -> Q:
    key = asked.name.key
    match asked.name.group:
        case "tags":
            return where.related(TraceTag, "trace", asked)
        case "metadata":
            return where.related(TraceMetadata, "trace", asked)
        case "feedback" | "expectation":
            return _assessed(asked)
        case "span":
            return Q(Exists(_with_span(Span.objects.filter(trace=OuterRef("pk")), asked)))
    if key == "name":
        return where.related(TraceTag, "trace", replace(asked, name=Name("tags", keys.NAME)))
    if key == "run_id":
        told = where.related(TraceMetadata, "trace", replace(asked, name=Name("metadata", keys.SOURCE_RUN)))
        if asked.operator not in ("=", "IN"):
            return told
        linked = TraceRun.objects.filter(trace=OuterRef("pk"))
        return told | Q(Exists(linked.filter(where.text("run__run_id", asked))))
    if key == "prompt":
        name, _, version = str(asked.value).rpartition("/")
        linked_prompt = Q(Exists(TracePrompt.objects.filter(trace=OuterRef("pk"), name=name, version=version)))
        return linked_prompt if asked.operator == "=" else ~linked_prompt
    if key == "text":
        said = where.text("attributes", asked) | where.text("name", asked)
        return Q(Exists(Span.objects.filter(said, trace=OuterRef("pk"))))
    return (where.number if key in NUMBERS else where.text)(COLUMNS[key], asked)


def _with_span(spans: "QuerySet[Span]", asked: tree.Compare) -> "QuerySet[Span]":
    key = asked.name.key
    if key in SPAN_COLUMNS:
        return spans.filter(where.text(key, asked))
    if key == "content":
        if asked.operator not in CONTENT:
            raise BadFilter.at(asked.at, f"span.content comparator '{asked.operator}' not one of '{set(CONTENT)}'")
        return spans.filter(where.text("attributes", asked) | where.text("name", asked))
    if key.startswith("attributes."):
        # Cast, for what comes out of JSON is compared as JSON otherwise.
        value = Cast(KeyTextTransform(key.removeprefix("attributes."), Cast("attributes", JSONField())), TextField())
        alias = f"asked_{asked.at}"
        return spans.annotate(**{alias: value}).filter(where.text(alias, asked))
    message = f"Invalid span attribute '{key}'. Supported attributes: name, status, type, attributes.<attribute_name>."
    raise BadFilter.at(asked.at, message)


def _assessed(asked: tree.Compare) -> Q:
    rows = Assessment.objects.filter(trace=OuterRef("pk"), kind=asked.name.group, name=asked.name.key)
    if asked.operator in ("IS NULL", "IS NOT NULL"):
        return Q(Exists(rows)) if asked.operator == "IS NOT NULL" else ~Q(Exists(rows))
    if isinstance(asked.value, str) and asked.operator in ("=", "!="):
        # A text stands in quotes there; what is written without them is a number or a truth.
        same = Q(value=asked.value) | Q(value=json.dumps(asked.value, ensure_ascii=False))
        return Q(Exists(rows.filter(same if asked.operator == "=" else ~same)))
    return Q(Exists(rows.filter(where.value_of("value", asked))))


def _orders(order_by: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    seen: set[str] = set()
    for asked in order.parse_all(list(order_by), FIELDS):
        key = asked.name.key
        seen.add(key)
        expression = _value(asked.name)
        found.append(expression.desc(nulls_last=True) if asked.descending else expression.asc(nulls_last=True))
    if "timestamp_ms" not in seen:
        found.append(F("request_time").desc())
    return [*found, F("trace_id").asc()]


def _value(name: Name) -> Any:
    if name.group == "attributes" and name.key in COLUMNS:
        return F(COLUMNS[name.key])
    key = {"name": keys.NAME, "run_id": keys.SOURCE_RUN}.get(name.key, name.key)
    model = TraceMetadata if name.group == "metadata" or name.key == "run_id" else TraceTag
    return Subquery(model._default_manager.filter(trace=OuterRef("pk"), key=key).values("value")[:1])
