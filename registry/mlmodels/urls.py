"""Addresses of models, below /api/v1/."""

from django.urls import path

from registry.mlmodels import api

MODELS = "w/<slug:workspace>/models"
VERSION = f"{MODELS}/<str:name>/versions/<int:number>"

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
]
