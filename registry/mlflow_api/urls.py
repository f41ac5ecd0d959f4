"""Where the protocol is, for Django's own handler. The table of routes is in `routing`."""

from django.urls import path, re_path

from registry.mlflow_api.views import protocol

urlpatterns = [
    re_path(r"^(?:ajax-)?api/\d+\.\d+/?(?:mlflow|mlflow-artifacts)/(?P<rest>.*)$", protocol),
    re_path(r"^w/[-a-zA-Z0-9_]+/(?:ajax-)?api/\d+\.\d+/?(?:mlflow|mlflow-artifacts)/(?P<rest>.*)$", protocol),
    *(
        path(f"{before}{name}", protocol)
        for before in ("", "w/<slug:workspace>/")
        for name in ("version", "health", "v1/traces", "get-artifact", "model-versions/get-artifact")
    ),
]
