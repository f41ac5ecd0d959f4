"""Wiring only. Pages under /w/<workspace>/, the API under /api/v1/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
