"""Addresses of runs, below /api/v1/."""

from django.urls import path

from registry.runs.api import outputs, records, runs

RUN = "w/<slug:workspace>/runs/<slug:run_id>"
PORT = f"{RUN}/outputs/<slug:port>"

urlpatterns = [
    path("w/<slug:workspace>/events", records.WorkspaceEvents.as_view()),
    path("w/<slug:workspace>/runs", runs.Runs.as_view(), name="api-runs"),
    path(RUN, runs.OneRun.as_view(), name="api-run"),
    path(f"{RUN}/cancel", runs.CancelRun.as_view()),
    path(f"{RUN}/rerun", runs.RerunRun.as_view()),
    path(f"{RUN}/resume", runs.ResumeRun.as_view()),
    path(f"{RUN}/archive", runs.ArchiveRun.as_view()),
    path(f"{RUN}/logs", records.Logs.as_view()),
    path(f"{RUN}/logs/text", records.LogText.as_view()),
    path(f"{RUN}/events", records.Events.as_view()),
    path(f"{RUN}/params", records.Params.as_view()),
    path(f"{RUN}/metrics", records.Metrics.as_view()),
    path(f"{RUN}/metrics/<path:key>", records.Metric.as_view()),
    path(f"{RUN}/outputs", outputs.Outputs.as_view()),
    path(f"{PORT}/rows", outputs.Rows.as_view()),
    path(f"{PORT}/profile", outputs.Profile.as_view()),
    path(f"{PORT}/evaluation", outputs.Evaluation.as_view()),
    path(f"{PORT}/download", outputs.Download.as_view()),
]
