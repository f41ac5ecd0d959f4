"""Addresses of traces, below /api/v1/."""

from django.urls import path

from registry.traces import api

TRACES = "w/<slug:workspace>/traces"

urlpatterns = [
    path(TRACES, api.Traces.as_view()),
    path(f"{TRACES}/<str:trace_id>", api.OneTrace.as_view()),
    path(f"{TRACES}/<str:trace_id>/spans", api.Spans.as_view()),
]
