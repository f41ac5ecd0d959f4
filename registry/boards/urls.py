"""Addresses of saved views, below /api/v1/."""

from django.urls import path

from registry.boards import api

VIEWS = "w/<slug:workspace>/views"

urlpatterns = [
    path(VIEWS, api.Views.as_view(), name="api-views"),
    path(f"{VIEWS}/<int:view>", api.OneView.as_view(), name="api-view"),
]
