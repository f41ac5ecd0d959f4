"""Wiring only. Pages under /w/<workspace>/, the API under /api/v1/."""

from importlib.util import find_spec

from django.urls import include, path

from studio.pages import reference

apis = [
    "registry.accounts.urls",
    "registry.workspaces.urls",
    "registry.data.urls",
    "registry.runs.urls",
    "registry.mlmodels.urls",
    "designer.pipelines.urls",
]

urlpatterns = [
    path("api/v1/schema", reference.schema, name="schema"),
    path("api/v1/", include([path("", include(module)) for module in apis if find_spec(module)])),
    path("api/docs", reference.docs, name="api-docs"),
    path("", include("studio.pages.urls")),
]

handler400 = "studio.http.bad_request"
handler403 = "studio.http.refused"
handler404 = "studio.http.not_found"
handler500 = "studio.http.server_error"
