"""Wiring only. Pages under /w/<workspace>/, the API under /api/v1/, MLflow's below /api/2.0/ and /api/3.0/."""

from django.urls import include, path

from studio.pages import reference

urlpatterns = [
    path("api/v1/schema", reference.schema, name="schema"),
    path("api/v1/", include("registry.accounts.urls")),
    path("api/v1/", include("registry.workspaces.urls")),
    path("api/v1/", include("registry.data.urls")),
    path("api/v1/", include("registry.runs.urls")),
    path("api/v1/", include("registry.mlmodels.urls")),
    path("api/v1/", include("registry.traces.urls")),
    path("api/v1/", include("registry.reports.urls")),
    path("api/v1/", include("registry.lineage.urls")),
    path("api/v1/", include("registry.boards.urls")),
    path("api/v1/", include("designer.pipelines.urls")),
    path("api/docs", reference.docs, name="api-docs"),
    path("", include("registry.mlflow_api.urls")),
    path("", include("studio.pages.urls")),
]

handler400 = "studio.http.bad_request"
handler403 = "studio.http.refused"
handler404 = "studio.http.not_found"
handler500 = "studio.http.server_error"
