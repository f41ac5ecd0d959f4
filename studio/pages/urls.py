"""Every page: a person's own, then those of a workspace under /w/<workspace>/."""

from django.urls import include, path

from studio.pages import account, compare, data, designer, home, models, people, reports, run, runs

AREAS = (home, data, designer, compare, runs, run, models, reports, people)

urlpatterns = [
    path("", home.start, name="start"),
    path("new-workspace/", people.new_workspace, name="new-workspace"),
    *account.urlpatterns,
    *reports.shared_urlpatterns,
    path("w/<slug:workspace>/", include([pattern for area in AREAS for pattern in area.urlpatterns])),
]
