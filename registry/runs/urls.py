"""Addresses of runs, below /api/v1/."""

from django.urls import path

from registry.runs.api import artifacts, charts, comparing, experiments, notes, outputs, records, runs, table

RUN = "w/<slug:workspace>/runs/<slug:run_id>"
PORT = f"{RUN}/outputs/<slug:port>"

urlpatterns = [
    path("w/<slug:workspace>/events", records.WorkspaceEvents.as_view()),
    path("w/<slug:workspace>/experiments", experiments.Experiments.as_view()),
    path("w/<slug:workspace>/experiments/<int:experiment>", experiments.OneExperiment.as_view()),
    path("w/<slug:workspace>/experiments/<int:experiment>/restore", experiments.RestoreExperiment.as_view()),
    path("w/<slug:workspace>/runs", runs.Runs.as_view(), name="api-runs"),
    path("w/<slug:workspace>/runs/query", table.Query.as_view()),
    path("w/<slug:workspace>/runs/bulk", table.Bulk.as_view()),
    path("w/<slug:workspace>/runs/columns", table.Suggested.as_view()),
    path("w/<slug:workspace>/runs/fields", table.Fields.as_view()),
    path("w/<slug:workspace>/runs/importance", charts.Importance.as_view()),
    path("w/<slug:workspace>/metrics/names", charts.Names.as_view()),
    path("w/<slug:workspace>/runs/compare", comparing.Matrix.as_view(), name="api-runs-compare"),
    path("w/<slug:workspace>/runs/compare/text", comparing.Text.as_view()),
    path("w/<slug:workspace>/runs/compare/files", comparing.Files.as_view()),
    path("w/<slug:workspace>/runs/selections", comparing.Selections.as_view()),
    path("w/<slug:workspace>/runs/selections/<slug:key>", comparing.OneSelection.as_view()),
    path(RUN, notes.EditableRun.as_view(), name="api-run"),
    path(f"{RUN}/about", notes.About.as_view()),
    path(f"{RUN}/nested", notes.Nested.as_view()),
    path(f"{RUN}/tags", notes.Tags.as_view()),
    path(f"{RUN}/star", notes.StarOfMine.as_view()),
    path(f"{RUN}/comments", notes.Comments.as_view()),
    path(f"{RUN}/comments/<int:comment>", notes.OneComment.as_view()),
    path(f"{RUN}/restore", notes.Restore.as_view()),
    path(f"{RUN}/unarchive", notes.Unarchive.as_view()),
    path(f"{RUN}/cancel", runs.CancelRun.as_view()),
    path(f"{RUN}/rerun", runs.RerunRun.as_view()),
    path(f"{RUN}/resume", runs.ResumeRun.as_view()),
    path(f"{RUN}/archive", runs.ArchiveRun.as_view()),
    path(f"{RUN}/artifacts", artifacts.Folder.as_view()),
    path(f"{RUN}/artifacts/summary", artifacts.Summary.as_view()),
    path(f"{RUN}/artifacts/find", artifacts.Found.as_view()),
    path(f"{RUN}/artifacts/preview", artifacts.Preview.as_view()),
    path(f"{RUN}/artifacts/lines", artifacts.Lines.as_view()),
    path(f"{RUN}/artifacts/rows", artifacts.Rows.as_view()),
    path(f"{RUN}/artifacts/zip", artifacts.Zip.as_view()),
    path(f"{RUN}/artifacts/raw/<path:path>", artifacts.Raw.as_view()),
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
