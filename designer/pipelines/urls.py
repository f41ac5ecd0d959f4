"""Addresses of the designer's API, below /api/v1/."""

from django.urls import path

from designer.pipelines import api

HOME = "w/<slug:workspace>/pipelines"
ONE = f"{HOME}/<int:id>"

urlpatterns = [
    path("w/<slug:workspace>/catalogue", api.CatalogueView.as_view(), name="api-catalogue"),
    path("w/<slug:workspace>/runs/<str:run_id>/graph", api.RunGraph.as_view(), name="api-run-graph"),
    path("w/<slug:workspace>/runs/compare/graphs", api.GraphsOfTwoRuns.as_view()),
    path("w/<slug:workspace>/runs/compare/scripts", api.ScriptsOfRuns.as_view()),
    path(HOME, api.PipelineList.as_view(), name="api-pipelines"),
    path(f"{HOME}/samples", api.SampleList.as_view(), name="api-samples"),
    path(f"{HOME}/samples/<slug:slug>", api.SampleDetail.as_view(), name="api-sample"),
    path(ONE, api.PipelineDetail.as_view(), name="api-pipeline"),
    path(f"{ONE}/unarchive", api.Unarchive.as_view(), name="api-pipeline-unarchive"),
    path(f"{ONE}/duplicate", api.Duplicate.as_view(), name="api-pipeline-duplicate"),
    path(f"{ONE}/graph", api.GraphOf.as_view(), name="api-pipeline-graph"),
    path(f"{ONE}/check", api.Check.as_view(), name="api-pipeline-check"),
    path(f"{ONE}/runs", api.Runs.as_view(), name="api-pipeline-runs"),
    path(f"{ONE}/state", api.State.as_view(), name="api-pipeline-state"),
    path(f"{ONE}/versions", api.VersionList.as_view(), name="api-pipeline-versions"),
    path(f"{ONE}/versions/<int:revision>", api.VersionDetail.as_view(), name="api-pipeline-version"),
    path(f"{ONE}/versions/<int:revision>/restore", api.RestoreVersion.as_view(), name="api-pipeline-restore"),
]
