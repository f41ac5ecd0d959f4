"""Curves of metrics over REST: many numbers, written by orjson and not by a serializer."""

import math
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.runs import curves, numbers
from registry.runs.curves import Curve
from registry.runs.models import Run
from registry.workspaces import access

MOST_RUNS = 2000
MOST_KEYS = 1000
MOST_SERIES = 20_000


class CurvesIn(serializers.Serializer[Any]):
    """`low` and `high` are in units of x: steps, milliseconds since 1970, seconds since the run's first point, values."""

    runs = serializers.ListField(child=serializers.CharField(max_length=64), max_length=MOST_RUNS)
    keys = serializers.ListField(
        child=serializers.CharField(max_length=250, trim_whitespace=False), max_length=MOST_KEYS
    )
    x = serializers.CharField(default="step", max_length=257, trim_whitespace=False)
    low = serializers.FloatField(default=None, allow_null=True)
    high = serializers.FloatField(default=None, allow_null=True)
    points = serializers.IntegerField(default=500, min_value=curves.FEWEST, max_value=curves.MOST)


class Curves(APIView):
    @extend_schema(operation_id="metrics_curves", request=CurvesIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """What charts draw: of each series the extremes of every column, or all of its points where they are few."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = CurvesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        for name in ("low", "high"):
            if given[name] is not None and not math.isfinite(given[name]):
                raise Invalid(f"`{name}` must be a number, or null for no bound.", fields={name: str(given[name])})
        if len(given["runs"]) * len(given["keys"]) > MOST_SERIES:
            raise Invalid(f"One request may ask for {MOST_SERIES:,} series. Ask for fewer runs or metrics at a time.")
        known = {run.run_id: run for run in _runs(place, given["runs"])}
        runs = [known[run_id] for run_id in dict.fromkeys(given["runs"]) if run_id in known]
        found = curves.curves(
            runs, given["keys"], x=given["x"], low=given["low"], high=given["high"], points=given["points"]
        )
        return HttpResponse(orjson.dumps({"curves": [_told(curve) for curve in found]}), content_type="application/json")


def _runs(place: Any, run_ids: list[str]) -> list[Run]:
    return list(Run.objects.filter(workspace=place, run_id__in=run_ids).only("pk", "run_id"))


def _told(curve: Curve) -> dict[str, Any]:
    x, y = curve.x, curve.y
    if curve.not_finite:
        y = [value if value is None else numbers.shown(value) for value in y]  # type: ignore[misc]
    return {
        "run_id": curve.run_id,
        "key": curve.key,
        "x": x,
        "y": y,
        "count": curve.count,
        "shown": len(y),
        "exact": curve.exact,
        "not_finite": curve.not_finite,
    }
