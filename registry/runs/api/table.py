"""The table of runs over REST. Answers may be large, so they are written by orjson and not by a serializer."""

import itertools
from typing import Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.runs import bulk_actions, columns, export, grouping, table
from registry.workspaces import access

QUESTION = {
    "application/json": {
        "type": "object",
        "properties": {
            "experiments": {"type": "array", "items": {"type": "integer"}, "description": "None: all of the workspace."},
            "filter": {"type": "string", "example": "metrics.auc > 0.9 AND params.depth = '3'"},
            "lifecycle": {"type": "string", "enum": ["active", "archived", "kept", "deleted", "all"]},
            "order": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": {"type": "string"}, "descending": {"type": "boolean"}}},
            },
            "columns": {"type": "array", "items": {"type": "string"}, "example": ["metrics.auc:max", "params.depth"]},
            "group_by": {"type": "array", "items": {"type": "string"}},
            "ids": {"type": "array", "items": {"type": "string"}, "nullable": True},
            "nested": {"type": "string", "enum": ["flat", "roots"]},
            "offset": {"type": "integer"},
            "limit": {"type": "integer"},
        },
    }
}


def as_json(answer: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer), content_type="application/json")


def question_of(request: Request, workspace: str) -> table.Question:
    place = access.open_workspace(request.user, workspace, "runs.view")
    return table.read(place, request.user, body_of(request))


def body_of(request: Request) -> dict[str, Any]:
    if not isinstance(request.data, dict):
        raise Invalid("Send an object: {\"filter\": …, \"columns\": […]}.")
    return request.data


class Query(APIView):
    @extend_schema(operation_id="runs_query", request=QUESTION, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """A page of runs, or of groups of runs: {rows | groups, total, total_is_exact, last_event}."""
        question = question_of(request, workspace)
        return as_json(grouping.page(question) if question.group_by else table.page(question))


class Suggested(APIView):
    @extend_schema(operation_id="runs_columns", request=QUESTION, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Columns that the first hundred of these runs have values for, the telling ones first: {columns}."""
        return as_json({"columns": columns.suggested(question_of(request, workspace))})


class Fields(APIView):
    @extend_schema(
        operation_id="runs_fields",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter("kind", enum=["metric", "param", "tag"]),
            OpenApiParameter("experiments", description="Ids, joined by commas; none for all of the workspace."),
            OpenApiParameter("q", description="Text in the name."),
            OpenApiParameter("cursor", description="What `next` of the page before said."),
        ],
    )
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Names of metrics, params and tags that runs have: {results: [{kind, key}], next}."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = {name: request.query_params.get(name, "") for name in ("kind", "experiments", "q", "cursor")}
        return as_json(columns.names(place, **asked))


class OurOwnFormat(DefaultContentNegotiation):
    """REST framework takes `format` in an address for the name of a renderer."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Export(APIView):
    content_negotiation_class = OurOwnFormat

    @extend_schema(
        operation_id="runs_export",
        request=QUESTION,
        responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("format", enum=list(export.FORMATS))],
    )
    def post(self, request: Request, workspace: str) -> StreamingHttpResponse:
        """All rows that match, streamed; a question as runs/query takes it."""
        format = request.query_params.get("format", "csv")
        question = question_of(request, workspace)
        pieces = export.written(question, format)
        # The first piece tells whether the question can be answered, while there is still a status to say so with.
        first = next(pieces, b"")
        response = StreamingHttpResponse(itertools.chain([first], pieces), content_type=export.FORMATS[format])
        response["Content-Disposition"] = f'attachment; filename="runs.{format}"'
        return response


class Bulk(APIView):
    @extend_schema(operation_id="runs_bulk", request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """One action on many runs: {action, runs: [ids] | query: {as in runs/query}, key, value}. Answers {done, refused,
        changed, before}: what was changed, and for tags the values before, so that it can be taken back."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        body = body_of(request)
        run_ids, query = body.get("runs"), body.get("query")
        if run_ids is not None and (not isinstance(run_ids, list) or any(not isinstance(id, str) for id in run_ids)):
            raise Invalid("“runs” is a list of ids.", fields={"runs": "A list of ids."})
        if any("\0" in id for id in run_ids or ()):
            raise Invalid("An id may not hold a NUL character.", fields={"runs": "NUL"})
        if query is not None and not isinstance(query, dict):
            raise Invalid("“query” is an object, as runs/query takes it.", fields={"query": "An object."})
        words = {name: body.get(name) or "" for name in ("action", "key", "value")}
        if odd := next((name for name, word in words.items() if not isinstance(word, str)), None):
            raise Invalid(f"“{odd}” is a text.", fields={odd: "A text."})
        question = table.read(place, request.user, query) if run_ids is None and query is not None else None
        result = bulk_actions.act(workspace=place, by=request.user, run_ids=run_ids, question=question, **words)
        return as_json(result.told())
