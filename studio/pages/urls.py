"""Every page: a person's own, then those of a workspace under /w/<workspace>/."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path

from studio.pages import account, home, people

areas = [home, people]
for name in ("data", "designer", "runs", "models"):
    if find_spec(f"studio.pages.{name}"):
        areas.append(import_module(f"studio.pages.{name}"))

urlpatterns = [
    path("", home.start, name="start"),
    path("new-workspace/", people.new_workspace, name="new-workspace"),
    *account.urlpatterns,
    path("w/<slug:workspace>/", include([pattern for area in areas for pattern in area.urlpatterns])),
]
