"""Addresses of models, below /api/v1/."""

from django.urls import path

from registry.mlmodels import api, artifact_api

MODELS = "w/<slug:workspace>/models"
VERSION = f"{MODELS}/<str:name>/versions/<int:number>"
RUN = "w/<slug:workspace>/runs/<slug:run_id>"
LOGGED = "w/<slug:workspace>/logged-models/<str:model_id>"

urlpatterns = [
    path(MODELS, api.Models.as_view(), name="api-models"),
    path(f"{MODELS}/<str:name>", api.OneModel.as_view(), name="api-model"),
    path(f"{MODELS}/<str:name>/rename", api.Rename.as_view()),
    path(f"{MODELS}/<str:name>/aliases/<str:alias>", api.OneAlias.as_view()),
    path(f"{MODELS}/<str:name>/versions", api.Versions.as_view()),
    path(VERSION, api.OneVersion.as_view(), name="api-model-version"),
    path(f"{VERSION}/download", api.DownloadVersion.as_view(), name="api-model-download"),
    path("w/<slug:workspace>/runs/<slug:run_id>/models", api.ModelsOfRun.as_view()),
    path("w/<slug:workspace>/runs/<slug:run_id>/outputs/<slug:port>/register", api.RegisterOutput.as_view()),
    path(f"{RUN}/logged-models", artifact_api.LoggedOfRun.as_view()),
    path(f"{RUN}/artifacts/model", artifact_api.RunModel.as_view()),
    path(f"{RUN}/artifacts/model/register", artifact_api.RegisterRunModel.as_view()),
    path(f"{LOGGED}/artifacts", artifact_api.LoggedFolder.as_view()),
    path(f"{LOGGED}/artifacts/preview", artifact_api.LoggedPreview.as_view()),
    path(f"{LOGGED}/artifacts/lines", artifact_api.LoggedLines.as_view()),
    path(f"{LOGGED}/artifacts/rows", artifact_api.LoggedRows.as_view()),
    path(f"{LOGGED}/artifacts/zip", artifact_api.LoggedZip.as_view()),
    path(f"{LOGGED}/artifacts/model", artifact_api.LoggedModelSummary.as_view()),
    path(f"{LOGGED}/artifacts/model/register", artifact_api.RegisterLoggedModel.as_view()),
    path(f"{LOGGED}/artifacts/raw/<path:path>", artifact_api.LoggedRaw.as_view()),
]
