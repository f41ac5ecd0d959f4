"""Addresses of reports, below /api/v1/."""

from django.urls import path

from registry.reports import api

REPORTS = "w/<slug:workspace>/reports"
REPORT = f"{REPORTS}/<int:report>"

urlpatterns = [
    path(REPORTS, api.Reports.as_view(), name="api-reports"),
    path(f"{REPORTS}/draw", api.Draw.as_view(), name="api-reports-draw"),
    path(REPORT, api.OneReport.as_view(), name="api-report"),
    path(f"{REPORT}/restore", api.RestoreReport.as_view()),
    path(f"{REPORT}/versions", api.Versions.as_view()),
    path(f"{REPORT}/link", api.Link.as_view()),
]
