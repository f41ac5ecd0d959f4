"""Addresses of the lineage, below /api/v1/."""

from django.urls import path

from registry.lineage import api

urlpatterns = [path("w/<slug:workspace>/lineage", api.Lineage.as_view())]
